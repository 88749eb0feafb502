"""Where the public corpora are, and how the lists of their files are read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

from ictal.core.errors import check_option, located
from ictal.io.corpora.corpus import CORPORA, CorpusFormat
from ictal.io.remote_file import DownloadError, RemoteFile

ReadText = Callable[[str], str]
"""The address of a short text → the text."""

CHECKSUMS = "SHA256SUMS.txt"


@dataclass(frozen=True, slots=True)
class CorpusSource:
    """Where a corpus is.

    Parameters
    ----------
    base : str
        Its address.
    list_files : callable
        How to read texts, and the base → every file.
    subject : str
        A regular expression; its group is the subject that a path belongs to. What it does not match is for all.
    wanted : str
        A regular expression of the paths that ictal reads; the others stay where they are.
    """

    base: str
    list_files: Callable[[ReadText, str], Iterator[RemoteFile]]
    subject: str
    wanted: str = ""

    def subject_of(self, path: str) -> str:
        """Return the subject that a file belongs to; empty: it is for all."""
        match = re.match(self.subject, path)
        return "" if match is None else match[1]

    def wants(self, path: str) -> bool:
        """Return whether a file is one that ictal reads."""
        return re.match(self.wanted, path) is not None


def list_physionet(read_text: ReadText, base: str) -> Iterator[RemoteFile]:
    """Yield the files of a database of PhysioNet with their SHA-256 from its list, and the list itself.

    Raises
    ------
    DownloadError
        If the list cannot be had or understood.
    """
    address = f"{base.rstrip('/')}/"
    for number, line in enumerate(read_text(address + CHECKSUMS).splitlines(), start=1):
        if not line.strip():
            continue
        match = re.fullmatch(r"([0-9a-fA-F]{64}) [ *]?(\S.*?)\s*", line)
        if match is None:
            raise DownloadError(located("is not a check-sum and a path", file=CHECKSUMS, field=f"line {number}"))
        path = match[2].removeprefix("./")
        yield RemoteFile(path, address + quote(path), checksum=f"sha256:{match[1].lower()}")
    yield RemoteFile(CHECKSUMS, address + CHECKSUMS)


def list_zenodo(read_text: ReadText, base: str) -> Iterator[RemoteFile]:
    """Yield the files of a record of Zenodo with their sizes and MD5.

    Raises
    ------
    DownloadError
        If the record cannot be had or understood.

    References
    ----------
    https://developers.zenodo.org/#records
    """
    text = read_text(base.rstrip("/"))
    try:
        entries = json.loads(text)["files"]
        for entry in entries:
            path, checksum = str(entry["key"]), str(entry["checksum"]).lower()
            if re.fullmatch(r"md5:[0-9a-f]{32}", checksum) is None:
                raise ValueError(f"{checksum!r} is not an MD5")
            address = f"{base.rstrip('/')}/files/{quote(path, safe='')}/content"
            yield RemoteFile(path, address, int(entry["size"]), checksum)
    except (ValueError, TypeError, KeyError) as error:
        raise DownloadError(located(f"is not a record of Zenodo: {type(error).__name__}: {error}", file=base)) from None


def list_bucket(read_text: ReadText, base: str) -> Iterator[RemoteFile]:
    """Yield the files below an address in a public bucket of S3 with their sizes, and MD5 where there is one.

    What can be read by everybody is not encrypted by a key, so that the tag of a file is its MD5, unless it was sent
    in several parts: then there is a dash in the tag.

    Parameters
    ----------
    read_text : callable
    base : str
        ``"https://host/bucket/folder/"``.

    Raises
    ------
    DownloadError
        If the list cannot be had or understood.

    References
    ----------
    Amazon S3 API Reference, ListObjectsV2 and Object (ETag).
    """
    parts = urlsplit(base)
    bucket, _, prefix = parts.path.strip("/").partition("/")
    root, prefix = f"{parts.scheme}://{parts.netloc}/{bucket}", f"{prefix}/"
    question, seen = {"list-type": "2", "prefix": prefix}, {""}
    while True:
        page = read_page(read_text(f"{root}?{urlencode(question)}"), base)
        for entry in page.iterfind("{*}Contents"):
            key, tag = entry.findtext("{*}Key", ""), entry.findtext("{*}ETag", "").strip('"').lower()
            size = entry.findtext("{*}Size", "")
            if not key.startswith(prefix) or re.fullmatch(r"[0-9]{1,18}", size) is None:
                raise DownloadError(located(f"{key!r} of {size!r} bytes is not a file below it", file=base))
            if not key.endswith("/"):
                checksum = f"md5:{tag}" if re.fullmatch(r"[0-9a-f]{32}", tag) else ""
                yield RemoteFile(key.removeprefix(prefix), f"{root}/{quote(key)}", int(size), checksum)
        if page.findtext("{*}IsTruncated") != "true":
            return
        token = page.findtext("{*}NextContinuationToken", "")
        if token in seen:
            raise DownloadError(located("the list of files goes on without an end", file=base))
        seen.add(token)
        question["continuation-token"] = token


def read_page(text: str, base: str) -> ElementTree.Element:
    """Return one page of the list of a bucket."""
    try:
        page = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise DownloadError(located(f"is not a list of files: {error}", file=base)) from None
    if not page.tag.endswith("ListBucketResult"):
        raise DownloadError(located(f"is not a list of files but {page.tag!r}", file=base))
    return page


SOURCES: Mapping[str, CorpusSource] = {
    "chb-mit": CorpusSource("https://physionet.org/files/chbmit/1.0.0/", list_physionet, r"(chb\d+)/"),
    "siena": CorpusSource("https://physionet.org/files/siena-scalp-eeg/1.0.0/", list_physionet, r"(PN\d+)/"),
    "helsinki": CorpusSource("https://zenodo.org/api/records/4940267", list_zenodo, r"(eeg\d+)\.edf$"),
    "seizeit2": CorpusSource(
        "https://s3.amazonaws.com/openneuro.org/ds005873/",
        list_bucket,
        r"(sub-\d+)/",
        # ECG, EMG and movement are in folders of their own.
        wanted=r"[^/]+$|sub-\d+/ses-\d+/eeg/",
    ),
}
"""The corpora that everybody may download."""

AGREEMENTS: Mapping[str, str] = {
    "tusz": "is given after a signed agreement: ask for it at https://isip.piconepress.com/projects/nedc/html/tuh_eeg/ "
    "with the form there; its owner then sends the key for rsync from www.isip.piconepress.com.",
    "seizeit1": "is given on request: ask for access at https://doi.org/10.48804/P5Q0OJ (KU Leuven RDR) with an "
    "account there, and download it in the browser or with the key of that account.",
}
"""How to get those that are given under an agreement."""


def find_source(name: str) -> CorpusSource:
    """Return where a corpus is.

    Raises
    ------
    ParameterError
        If nobody here knows such a corpus.
    DownloadError
        If its owner gives it under an agreement only; the message says how to get it.
    """
    check_option("corpus", name, [*SOURCES, *AGREEMENTS])
    if name in AGREEMENTS:
        corpus: CorpusFormat = CORPORA.load(name)
        raise DownloadError(f"{corpus.title} {AGREEMENTS[name]}")
    return SOURCES[name]


def describe_licence(name: str) -> str:
    """Return the line to read before a corpus is downloaded: its title, licence and what to cite."""
    corpus: CorpusFormat = CORPORA.load(name)
    return f"{corpus.title}: {corpus.licence}. Cite: {corpus.citation}"
