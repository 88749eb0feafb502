"""The lists of files as the owners' servers give them, and what is refused in them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ictal.core.errors import ParameterError
from ictal.io.corpora.corpus import CORPORA
from ictal.io.corpora.sources import (
    AGREEMENTS,
    SOURCES,
    describe_licence,
    find_source,
    list_bucket,
    list_physionet,
    list_zenodo,
)
from ictal.io.remote_file import DownloadError, RemoteFile, safe_target

SUM = "ab" * 32
MD5 = "cd" * 16


def page(*entries: tuple[str, str, str], token: str = "") -> str:
    contents = "".join(
        f'<Contents><Key>{key}</Key><Size>{size}</Size><ETag>"{tag}"</ETag></Contents>' for key, size, tag in entries
    )
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"
    end = more if token else "<IsTruncated>false</IsTruncated>"
    return f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{contents}{end}</ListBucketResult>'


def pages(*texts: str) -> tuple[Callable[[str], str], list[str]]:
    left, asked = list(texts), []

    def read_text(address: str) -> str:
        asked.append(address)
        return left.pop(0) if len(left) > 1 else left[0]

    return read_text, asked


def test_every_source_is_a_corpus_that_is_read_here() -> None:
    assert set(SOURCES) | set(AGREEMENTS) <= set(CORPORA)
    assert not set(SOURCES) & set(AGREEMENTS)
    for name, source in SOURCES.items():
        assert source.base.startswith("https://")
        assert describe_licence(name).count(": ") >= 2


@pytest.mark.parametrize(("name", "says"), [("tusz", "rsync"), ("seizeit1", "10.48804/P5Q0OJ")])
def test_agreements_say_how_to_get_them(name: str, says: str) -> None:
    with pytest.raises(DownloadError, match=says):
        find_source(name)


def test_an_unknown_corpus_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match=r"'chb-mit', 'siena', 'helsinki', 'seizeit2'.*Did you mean 'chb-mit'"):
        find_source("chbmit")


def test_the_official_list_of_chb_mit(test_data: Path) -> None:
    folder = test_data / "annotations" / "chbmit"
    source = find_source("chb-mit")
    files = list(list_physionet(lambda address: (folder / "SHA256SUMS.txt").read_text(), source.base))
    by_path = {file.path: file for file in files}
    assert len(files) == len(by_path) == 857
    assert sum(path.endswith(".edf") for path in by_path) == 686
    for line in (folder / "edf_sizes.tsv").read_text().splitlines():
        path, _, checksum = line.split("\t")
        assert by_path[path].checksum == f"sha256:{checksum}"
    assert by_path["chb02/chb02_16+.edf"].address.endswith("/chbmit/1.0.0/chb02/chb02_16%2B.edf")
    assert all(safe_target(folder, path) for path in by_path)
    subjects = Counter(source.subject_of(path) for path in by_path)
    assert len(subjects) == 25 and subjects["chb17"] == 21 + 3 + 1
    assert {path for path in by_path if not source.subject_of(path)} == {
        "ANNOTATORS",
        "RECORDS",
        "RECORDS-WITH-SEIZURES",
        "SHA256SUMS.txt",
        "SUBJECT-INFO",
        "shoeb-icml-2010.pdf",
    }


def test_sums_of_gnu_and_of_windows_are_read() -> None:
    text = f"{SUM}  ./PN00/PN00-1.edf\r\n{SUM.upper()} *RECORDS\r\n\r\n"
    assert list(list_physionet(lambda address: text, "https://x/1.0.0"))[:2] == [
        RemoteFile("PN00/PN00-1.edf", "https://x/1.0.0/PN00/PN00-1.edf", None, f"sha256:{SUM}"),
        RemoteFile("RECORDS", "https://x/1.0.0/RECORDS", None, f"sha256:{SUM}"),
    ]


@pytest.mark.parametrize("text", ["<html>Log in</html>", f"{SUM}", f"{SUM[:-1]} RECORDS"])
def test_what_is_no_list_of_sums_names_its_line(text: str) -> None:
    with pytest.raises(DownloadError, match=r"SHA256SUMS.txt: line 1: is not a check-sum and a path"):
        list(list_physionet(lambda address: text, "https://x/"))


def test_a_record_of_zenodo() -> None:
    entry = {"key": "eeg1.edf", "size": 7, "checksum": f"md5:{MD5}", "links": {"self": "https://elsewhere"}}
    read_text, asked = pages(json.dumps({"id": 4940267, "files": [entry]}))
    base = SOURCES["helsinki"].base
    assert list(list_zenodo(read_text, base)) == [
        RemoteFile("eeg1.edf", f"{base}/files/eeg1.edf/content", 7, f"md5:{MD5}")
    ]
    assert asked == [base]
    assert SOURCES["helsinki"].subject_of("eeg1.edf") == "eeg1"
    assert SOURCES["helsinki"].subject_of("annotations_2017_B.csv") == ""


@pytest.mark.parametrize(
    "record",
    ["<html>", "[]", "{}", '{"files": [{"key": "a"}]}', '{"files": [{"key": "a", "size": 1, "checksum": "md5:1"}]}'],
)
def test_what_is_no_record_is_refused(record: str) -> None:
    with pytest.raises(DownloadError, match="is not a record of Zenodo"):
        list(list_zenodo(lambda address: record, "https://x"))


def test_a_bucket_is_read_page_by_page() -> None:
    read_text, asked = pages(
        page(("ds1/README", "3", MD5), ("ds1/sub-001/", "0", MD5), token="a b="),
        page(("ds1/sub-001/ses-01/eeg/x+y.edf", "9", f"{MD5}-2")),
    )
    assert list(list_bucket(read_text, "https://h/b.org/ds1/")) == [
        RemoteFile("README", "https://h/b.org/ds1/README", 3, f"md5:{MD5}"),
        RemoteFile("sub-001/ses-01/eeg/x+y.edf", "https://h/b.org/ds1/sub-001/ses-01/eeg/x%2By.edf", 9, ""),
    ]
    assert asked == [
        "https://h/b.org?list-type=2&prefix=ds1%2F",
        "https://h/b.org?list-type=2&prefix=ds1%2F&continuation-token=a+b%3D",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<html>", "is not a list of files"),
        ("<Error/>", "is not a list of files but 'Error'"),
        (page(("other/README", "3", MD5)), "is not a file below it"),
        (page(("ds1/README", "-3", MD5)), "is not a file below it"),
        (page(token="a"), "without an end"),
    ],
)
def test_what_is_no_list_of_a_bucket_is_refused(text: str, says: str) -> None:
    with pytest.raises(DownloadError, match=says):
        list(list_bucket(lambda address: text, "https://h/b.org/ds1/"))


def test_of_seizeit2_what_is_read_here_is_wanted(test_data: Path) -> None:
    wants = SOURCES["seizeit2"].wants
    folder = test_data / "annotations" / "seizeit2"
    real = [path.relative_to(folder).as_posix() for path in folder.rglob("*_events.tsv")]
    assert len(real) == 2850 and all(map(wants, real))
    assert wants("participants.tsv")
    assert not wants("sub-001/ses-01/ecg/sub-001_ses-01_task-szMonitoring_run-01_ecg.edf")
