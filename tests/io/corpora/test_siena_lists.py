"""The free text of clinicians in Siena, oddity by oddity as it was printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.io.corpora.lines import read_lines
from ictal.io.corpora.siena_lists import (
    ListedSeizure,
    find_file_name,
    parse_seizure_list,
    place_seizure,
    read_clock,
)


def clock(text: str) -> int:
    hours, minutes, seconds = map(int, text.split("."))
    return hours * 3600 + minutes * 60 + seconds


def parse(text: str) -> tuple[tuple[ListedSeizure, ...], list[str]]:
    seizures, remarks = parse_seizure_list(text.splitlines(), "list")
    return seizures, [remark.kind for remark in remarks]


TIMES = "Seizure start time: 07.00.00\nSeizure end time: 07.01.00\n"


def test_a_real_list(test_data: Path) -> None:
    folder = test_data / "annotations" / "siena"
    seizures, remarks = parse_seizure_list(read_lines(folder / "PN00" / "Seizures-list-PN00.txt"), "PN00")
    assert remarks == ()
    assert [each.file for each in seizures] == [f"PN00-{number}.edf" for number in range(1, 6)]
    registration = (clock("22.22.04"), clock("22.57.27"))
    assert seizures[-1] == ListedSeizure(5, "PN00-5.edf", clock("22.37.08"), clock("22.38.15"), registration)


@pytest.mark.parametrize(
    "title", ["Seizure n 1", "Seizure n 2 ", "Seizure n 1:", "Seizure n 1 (in sleep):", "SEIZURE N°1", "Seizure n. 1"]
)
def test_titles(title: str) -> None:
    seizures, odd = parse(f"PN16 \n\n{title}\nFile name: PN16-1.edf \n{TIMES}")
    assert [each.file for each in seizures] == ["PN16-1.edf"]
    assert odd == []


@pytest.mark.parametrize(
    "lines",
    [
        "Seizure start time: 07.00.00\nSeizure end time: 07.01.00",
        "Start time: 07:00:00\nEnd time: 07.01.00",
        "Seizure start time:07.00.00 \nSeizure end time:07:01.00  ",
    ],
)
def test_ways_to_write_a_time(lines: str) -> None:
    """None is taken for that of the registration, which says "start time" too."""
    registration = "Registration start time:  05.00.00\nRegistration end time:08.00.00\n"
    seizures, odd = parse(f"Seizure n 1\nFile name: PN00-1.edf\n{registration}{lines}\n")
    times = [clock(text) for text in ("07.00.00", "07.01.00", "05.00.00", "08.00.00")]
    assert [*(seizures[0].start, seizures[0].stop), *seizures[0].registration] == times
    assert odd == []


def test_file_and_registration_once_before_all_seizures() -> None:
    """As in PN01."""
    head = "PN01\nFile name: PN01.edf\nRegistration start time: 19.00.44\nRegistration end time: 08.29.41\n"
    first = "Seizure n 1\nStart time: 21:51:02\nEnd time: 21.51.56\n"
    second = "Seizure n 2\nStart time: 07.53.17\nEnd time: 07.54.31\n"
    seizures, odd = parse(head + first + second)
    assert [(each.number, each.file, each.start) for each in seizures] == [
        (1, "PN01.edf", clock("21.51.02")),
        (2, "PN01.edf", clock("07.53.17")),
    ]
    assert {each.registration for each in seizures} == {(clock("19.00.44"), clock("08.29.41"))}
    assert odd == []


def test_a_file_that_comes_again_keeps_its_registration_and_another_does_not() -> None:
    """As in PN12."""
    first = "Seizure n 1\nFile name: PN12-1.2.edf\nRegistration start time: 06.00.00\n" + TIMES
    again = "Seizure n 2\nFile name: PN12-1.2.edf  \n" + TIMES
    other = "Seizure n 3\nFile name: PN12-3.edf\n" + TIMES
    seizures, _ = parse(first + again + other)
    assert [each.registration[0] for each in seizures] == [21600, 21600, None]


@pytest.mark.parametrize(
    ("text", "time", "said"),
    [
        ("16:13.23 ", "16.13.23", ""),
        ("1 6.49.25", "16.49.25", "a blank"),
        ("11.41.04 opure 11.40.43", "11.40.43", "the last"),
        ("15.43.53 (CLINICAL ONSET); 15.43.59 (ELECTRIC ONSET)", "15.43.59", "electric"),
        ("15.43.59 (ELECTRIC ONSET); 15.43.53 (CLINICAL ONSET)", "15.43.59", "electric"),
        ("15.18.26 (CLINICAL ONSET)", "15.18.26", "clinical"),
        ("7.05.09", "07.05.09", ""),
    ],
)
def test_times_of_day(text: str, time: str, said: str) -> None:
    seconds, oddity = read_clock(text)
    assert seconds == clock(time)
    assert said in oddity
    assert bool(said) == bool(oddity)


@pytest.mark.parametrize("text", ["", "later", "25.00.00", "10.61.00", "10.00.99", "10.00", "110.00.001"])
def test_no_time_of_day(text: str) -> None:
    assert read_clock(text) == (None, "")


@given(st.times(), st.sampled_from([".", ":"]), st.sampled_from([".", ":"]))
def test_any_time_of_day(moment: object, first: str, second: str) -> None:
    hours, minutes, seconds = map(int, str(moment)[:8].split(":"))
    text = f"{hours:02}{first}{minutes:02}{second}{seconds:02}"
    assert read_clock(text) == (hours * 3600 + minutes * 60 + seconds, "")


def test_what_cannot_be_understood_is_remarked() -> None:
    assert parse("Seizure n 1\nFile name: a.edf\nSeizure start time: 07.00.00\n") == ((), ["no-time"])
    assert parse("Seizure n 1\nSeizure start time: soon\nSeizure end time: 7.00.00\n") == (
        (),
        ["unread-line", "no-time"],
    )
    seizures, odd = parse("Seizure n 1\nthe patient was asleep\n" + TIMES)
    assert (len(seizures), odd) == (1, ["unread-line"])


def test_a_remark_does_not_show_what_the_line_says() -> None:
    _, remarks = parse_seizure_list(["Seizure n 1", "Signora Rossi"], "list")
    assert not any("Rossi" in remark.text for remark in remarks)


@pytest.mark.parametrize(
    ("written", "number", "known", "name"),
    [
        ("PN06-3.edf", 3, (), "PN06-3"),
        ("PNO6-1.edf", 1, (), "PN06-1"),
        ("PN11-.edf", 1, (), "PN11-1"),
        ("PN01.edf", 2, (), "PN01-1"),
        ("", 2, (), "PN01-1"),
        ("", 2, ("PN01-7",), "PN01-7"),
        ("PN10-4.5.6.edf", 5, ("PN10-1", "PN10-4.5.6"), "PN10-4.5.6"),
    ],
)
def test_file_names(written: str, number: int, known: tuple[str, ...], name: str) -> None:
    assert find_file_name(written, name[:4], number, known) == name


@pytest.mark.parametrize(
    ("times", "begins", "seconds", "placed"),
    [
        (("19.58.36", "19.59.46"), "19.39.33", 2625, (1143, 70)),
        (("07.53.17", "07.54.31"), "19.00.44", 48557, (46353, 74)),
        (("23.59.50", "00.00.20"), "23.00.00", 7200, (3590, 30)),
        (("21.10.05", "21.10.46"), "19.17.45", 41995, (6740, 41)),
    ],
)
def test_times_past_midnight(times: tuple[str, str], begins: str, seconds: int, placed: tuple[int, int]) -> None:
    seizure = ListedSeizure(1, "a", *map(clock, times))
    assert place_seizure(seizure, clock(begins), seconds) == (*placed, "")


def test_an_end_in_the_wrong_hour() -> None:
    """As in PN00-3; an end that is beyond the file in its own hour too stays as it is."""
    seizure = ListedSeizure(3, "PN00-3.edf", clock("18.28.29"), clock("19.29.29"))
    assert place_seizure(seizure, clock("18.15.44"), 2509)[:2] == (765, 60)
    assert place_seizure(seizure, clock("18.15.44"), 800) == (765, 3660, "")


@given(st.integers(0, 86399), st.integers(0, 80000), st.integers(1, 1800), st.integers(0, 4000))
def test_onset_and_length_are_those_of_the_file(begins: int, onset: int, length: int, rest: int) -> None:
    seizure = ListedSeizure(1, "a", (begins + onset) % 86400, (begins + onset + length) % 86400)
    assert place_seizure(seizure, begins, onset + length + rest) == (onset, length, "")
