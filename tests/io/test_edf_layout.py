"""What the size of a file settles, and what it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ictal.core.errors import RecordingError
from ictal.io.edf_fields import Ledger
from ictal.io.edf_layout import claimed_signal_counts, count_records, count_signals, decode_version

FILE = Path("night.edf")


def texts(ledger: Ledger) -> list[tuple[str, str]]:
    return [(finding.field, finding.text) for finding in ledger.findings]


@pytest.mark.parametrize(
    ("beginning", "sample_bytes"), [(b"0       ", 2), (b"0\0\0\0\0\0\0\0", 2), (b"\xffBIOSEMI", 3)]
)
def test_the_first_bytes_tell_the_format(beginning: bytes, sample_bytes: int) -> None:
    assert decode_version(beginning.ljust(512), FILE) == sample_bytes


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "night.edf: is empty"),
        (b"Dear colleague, " * 40, "night.edf: version: is neither EDF nor BDF"),
        (b"0;1;2;3;4;5;6;7\n" * 40, "night.edf: version: is neither EDF nor BDF"),
        (b"\xff\xfeD\0e\0a\0r\0" * 80, "night.edf: version: is neither EDF nor BDF"),
        (b"\xffBIOSEMJ" * 80, "night.edf: version: is neither EDF nor BDF"),
        (b"0", "night.edf: header: is cut short after 1 bytes"),
        (b"0".ljust(511), "night.edf: header: is cut short after 511 bytes; the shortest has 512"),
    ],
)
def test_other_files_are_refused(content: bytes, problem: str) -> None:
    with pytest.raises(RecordingError) as error:
        decode_version(content, FILE)
    assert str(error.value).startswith(problem)
    assert "colleague" not in str(error.value)


def test_an_honest_header_gives_no_finding(edf: Any) -> None:
    content, ledger = edf.build([edf.ramp("Fp1"), edf.ramp("Fp2")]), Ledger()
    assert count_signals(content, FILE, ledger) == 2
    assert texts(ledger) == []


@pytest.mark.parametrize("lie", ["3", "1", "0", "-1", "abc", "", "9999", "1e3"])
def test_a_lying_number_of_signals_is_settled_by_the_header_bytes(edf: Any, lie: str) -> None:
    content, ledger = edf.build([edf.ramp("Fp1"), edf.ramp("Fp2")], n_signals=lie), Ledger()
    assert count_signals(content, FILE, ledger) == 2
    assert [field for field, _ in texts(ledger)] == ["number of signals"]


@pytest.mark.parametrize("lie", ["256", "1024", "0", "-1", "99999999", "nan", ""])
def test_lying_header_bytes_are_settled_by_the_number_of_signals(edf: Any, lie: str) -> None:
    content, ledger = edf.build([edf.ramp("Fp1"), edf.ramp("Fp2")], header_bytes=lie), Ledger()
    assert count_signals(content, FILE, ledger) == 2
    assert [(field, text.split("; ")[1]) for field, text in texts(ledger)] == [("header bytes", "768 is right")]


@pytest.mark.parametrize("lie", ["0", "-4", "", "10000", "1.5"])
def test_nothing_settles_two_lies(edf: Any, lie: str) -> None:
    content = edf.build([edf.ramp()], n_signals=lie[:4], header_bytes="junk")
    with pytest.raises(RecordingError, match=r"night.edf: (number of signals|header|samples)"):
        count_signals(content, FILE, Ledger())


def test_a_header_cut_short_is_refused(edf: Any) -> None:
    content = edf.build([edf.ramp(label) for label in ("Fp1", "Fp2", "F7")])[:900]
    with pytest.raises(RecordingError, match=r"night\.edf: header: is cut short after 900 bytes; 3 signals need 1024"):
        count_signals(content, FILE, Ledger())


@pytest.mark.parametrize("samples", ["", "x", "-5", "2.5", "nan"])
def test_samples_that_cannot_be_are_refused_by_the_number_of_their_signal(edf: Any, samples: str) -> None:
    content = edf.build([edf.ramp("Fp1"), edf.ramp("Fp2", samples=samples)])
    with pytest.raises(RecordingError, match="samples per data record of signal 2: is not allowed"):
        count_signals(content, FILE, Ledger())


def test_a_file_without_any_sample_is_refused(edf: Any) -> None:
    content = edf.build([edf.ramp("Fp1", samples="0"), edf.ramp("Fp2", samples="0")])
    with pytest.raises(RecordingError, match="not 0 for all signals"):
        count_signals(content, FILE, Ledger())


def test_how_much_is_read_is_bounded(edf: Any) -> None:
    content = edf.build([edf.ramp()], n_signals="9999", header_bytes="99999999")
    assert claimed_signal_counts(content) == [9999]


@pytest.mark.parametrize(
    ("said", "data_bytes", "held", "findings"),
    [
        ("4", 800, 4, []),
        ("-1", 800, 4, ["says -1; the file holds 4 whole ones, which are read"]),
        ("99999999", 800, 4, ["says 99999999; the file holds 4 whole ones, which are read"]),
        ("3", 800, 4, ["says 3; the file holds 4 whole ones, which are read"]),
        ("", 800, 4, ["says no number; the file holds 4 whole ones, which are read"]),
        ("4", 856, 4, ["bytes after the last one are ignored: 56"]),
        (
            "5",
            856,
            4,
            ["says 5; the file holds 4 whole ones, which are read", "the last one is left out; it has 56 of 200 bytes"],
        ),
    ],
)
def test_the_size_of_the_file_counts_the_records(
    edf: Any, said: str, data_bytes: int, held: int, findings: list[str]
) -> None:
    ledger = Ledger()
    assert count_records(edf.build([edf.ramp()], n_records=said), data_bytes, 200, FILE, ledger) == held
    assert texts(ledger) == [("data records", text) for text in findings]


@pytest.mark.parametrize("data_bytes", [199, 0, -300])
def test_a_file_without_a_whole_record_is_refused(edf: Any, data_bytes: int) -> None:
    with pytest.raises(
        RecordingError, match=f"data records: the file ends after {max(data_bytes, 0)} of the 200 bytes"
    ):
        count_records(edf.build([edf.ramp()]), data_bytes, 200, FILE, Ledger())
