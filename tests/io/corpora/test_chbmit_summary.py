"""The summaries of CHB-MIT: the grammar, what is odd in the real ones, and what could be."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.montage import MONTAGES, ElectrodeGraph
from ictal.io.corpora.chbmit_summary import ListedFile, parse_summary
from ictal.io.corpora.lines import read_lines

HEAD = """\
Data Sampling Rate: 256 Hz
*************************

Channels in EDF Files:
**********************
Channel 1: FP1-F7
Channel 2: F7-T7

"""


def parse(text: str) -> ListedFile:
    (file,), remarks = parse_summary((HEAD + text).splitlines())
    assert remarks == ()
    return file


def kinds(text: str) -> list[str]:
    return [remark.kind for remark in parse_summary((HEAD + text).splitlines())[1]]


@pytest.fixture(scope="module")
def real(test_data: Path) -> dict[str, ListedFile]:
    folder = test_data / "annotations" / "chbmit"
    parsed = [parse_summary(read_lines(path)) for path in sorted(folder.glob("chb*/chb*-summary.txt"))]
    assert [(each.kind, each.subject_of) for _, remarks in parsed for each in remarks] == [("wrong-number", "chb09_08")]
    return {file.name: file for files, _ in parsed for file in files}


@pytest.mark.parametrize("label", ["Seizure Start Time: ", "Seizure 1 Start Time: ", "Seizure 1 Start Time:   "])
def test_one_file(label: str) -> None:
    end = label.replace("Start", "End")
    text = "File Name: chb01_03.edf\nFile Start Time: 13:43:04\nFile End Time: 14:43:04\n"
    file = parse(f"{text}Number of Seizures in File: 1\n{label}2996 seconds\n{end}3036 seconds\n")
    assert file == ListedFile("chb01_03", ("FP1-F7", "F7-T7"), 256, 49384, 52984, ((2996.0, 3036.0),))


@pytest.mark.parametrize(
    ("start", "stop", "seconds"),
    [("23:44:29", "24:44:29", 3600), ("22:02:15", "26:02:15", 14400), ("23:46:06", "3:46:06", 14400)],
)
def test_files_over_midnight(start: str, stop: str, seconds: int) -> None:
    text = f"File Name: a.edf\nFile Start Time: {start}\nFile End Time: {stop}\nNumber of Seizures in File: 0\n"
    assert parse(text).duration == seconds


def test_no_clock_times() -> None:
    file = parse("File Name: chb24_01.edf\nNumber of Seizures in File: 0\n")
    assert (file.start, file.stop, file.duration) == (None, None, None)


def test_channels_hold_until_they_change() -> None:
    change = "Channels changed:\n*****\nChannel 1: C3-P3\nChannel 2: -\nChannel 3: -\n"
    text = "File Name: a.edf\nNumber of Seizures in File: 0\n"
    files, _ = parse_summary((HEAD + text + change + text.replace("a.", "b.") + text.replace("a.", "c.")).splitlines())
    assert [file.channels for file in files] == [("FP1-F7", "F7-T7"), *[("C3-P3", "-", "-")] * 2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Number of Seizures in File: 2\nSeizure Start Time: 5 seconds\nSeizure End Time: 9 seconds\n", ["conflict"]),
        ("Number of Seizures in File: 1\nSeizure Start Time: 5 seconds\n", ["conflict"]),
        ("Number of Seizures in File: 1\nSeizure Start Time: 9 seconds\nSeizure End Time: 9 seconds\n", ["conflict"]),
        ("Number of Seizures in File: 0\nSeizure at noon\n", ["unread-line"]),
        ("Number of Seizures in File: none\n", ["unread-line"]),
    ],
)
def test_what_cannot_be_is_remarked(text: str, said: list[str]) -> None:
    assert kinds(f"File Name: a.edf\n{text}") == said


def test_a_remark_does_not_show_what_the_line_says() -> None:
    _, remarks = parse_summary([*HEAD.splitlines(), "File Name: a.edf", "Haagse Harry, born 1951"])
    assert "Harry" not in remarks[0].text
    assert "line 10" in remarks[0].text


@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 700)), max_size=4),
            st.booleans(),
            st.integers(1, 4),
            st.integers(0, 2),
        ),
        max_size=5,
    )
)
def test_whatever_numbers_and_blanks(written: list[tuple[list[tuple[int, int]], bool, int, int]]) -> None:
    text, expected = HEAD, []
    for index, (seizures, numbered, blanks, empty_lines) in enumerate(written):
        text += "\n" * empty_lines + f"File Name: f{index}.edf\nNumber of Seizures in File: {len(seizures)}\n"
        for place, (onset, length) in enumerate(seizures, start=1):
            number = f"{place} " if numbered else ""
            for side, second in (("Start", onset), ("End", onset + length)):
                text += f"Seizure {number}{side} Time:{' ' * blanks}{second} seconds\n"
        expected.append((f"f{index}", tuple((float(a), float(a + b)) for a, b in seizures)))
    files, remarks = parse_summary(text.splitlines())
    assert [(file.name, file.seizures) for file in files] == expected
    assert remarks == ()


def test_664_files_have_clock_times(real: dict[str, ListedFile]) -> None:
    assert len(real) == 676
    timed = [file for file in real.values() if file.duration is not None]
    assert len(timed) == 664
    late = [file for file in timed if file.stop is not None and file.stop >= 24 * 3600]
    assert len(late) == 44
    assert max(file.stop or 0 for file in late) == 27 * 3600 + 46 * 60 + 6
    assert all(0 < (file.duration or 0) < 5 * 3600 for file in timed)
    assert not any(file.duration for file in real.values() if file.name.startswith("chb24"))


def test_unnumbered_and_mixed_seizures(real: dict[str, ListedFile]) -> None:
    """Cases 1, 2, 3, 5 and 24 number no seizure, chb04 half of them."""
    counts = Counter(name[:5] for name, file in real.items() for _ in file.seizures)
    assert [counts[case] for case in ("chb01", "chb02", "chb03", "chb04", "chb05", "chb24")] == [7, 3, 7, 4, 5, 16]
    assert len(real["chb24_01"].seizures) == 2
    assert len(real["chb24_04"].seizures) == 3


def test_a_wrong_number_at_the_end(real: dict[str, ListedFile]) -> None:
    assert real["chb09_08"].seizures[-1] == (9196.0, 9267.0)


def test_blanks_in_the_times_of_chb12_and_chb20(real: dict[str, ListedFile]) -> None:
    assert sum(len(file.seizures) for name, file in real.items() if name.startswith("chb12")) == 40
    assert any(stop == 3009.0 for file in real.values() for _, stop in file.seizures)


def test_names_with_a_plus_and_with_letters(real: dict[str, ListedFile]) -> None:
    names = list(real)
    assert names.index("chb02_16+") == names.index("chb02_16") + 1
    assert real["chb02_16"].duration == 959
    assert {name[5] for name in names if name.startswith("chb17")} == {"a", "b", "c"}


def test_numbers_of_signals(real: dict[str, ListedFile]) -> None:
    counts = Counter(len(file.channels) for file in real.values())
    assert counts == {23: 266, 28: 275, 24: 54, 38: 39, 22: 26, 29: 14, 25: 1, 31: 1}  # and ten of 23 in no summary
    assert (len(real["chb15_01"].channels), len(real["chb15_02"].channels)) == (31, 38)
    assert len(real["chb13_04"].channels) == 25


def test_dummies_and_repeated_labels(real: dict[str, ListedFile]) -> None:
    assert real["chb18_01"].channels.count("-") == 4
    assert real["chb18_02"].channels.count(".") == 5
    assert real["chb01_01"].channels.count("T8-P8") == 2
    assert "01" in real["chb12_28"].channels
    assert "EKG1-CHIN" in real["chb12_29"].channels


def test_the_double_banana_is_in_every_file(real: dict[str, ListedFile]) -> None:
    """By subtraction in chb12_27, 28 and 29, where the channels share a reference."""
    for channels in {file.channels for file in real.values()}:
        graph = ElectrodeGraph(channels)
        assert all(graph.lead(lead) is not None for lead in MONTAGES["double-banana"].leads)
