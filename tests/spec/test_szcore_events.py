"""The clauses of SzCORE on event tables, each checked on bytes or on the framework's own files."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from ictal.core.events import Annotations, Event
from ictal.io.events_tsv import read_events, write_events

FOUND = Annotations([Event(36.886, 200.324, "sz_foc_ia", 0.5, ("T3", "T5")), Event(1023.45, 24.0)], 3600.0)


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    write_events(tmp_path / "events.tsv", FOUND, start_time=datetime(2000, 1, 1, 0, 0))
    return (tmp_path / "events.tsv").read_bytes().decode("ascii").split("\n")


def test_the_columns_and_their_order(lines: list[str]) -> None:
    assert lines[0] == "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration"


def test_cells_are_separated_by_tabs_and_every_line_ends(lines: list[str]) -> None:
    assert [line.count("\t") for line in lines] == [6, 6, 6, 0]
    assert lines[-1] == ""


def test_numbers_have_two_decimals(lines: list[str]) -> None:
    first = lines[1].split("\t")
    assert (first[0], first[1], first[3], first[6]) == ("36.89", "200.32", "0.50", "3600.00")


def test_what_is_unknown_is_n_a(lines: list[str]) -> None:
    assert lines[2].split("\t")[3:5] == ["n/a", "n/a"]


def test_channels_are_separated_by_commas(lines: list[str]) -> None:
    assert lines[1].split("\t")[4] == "T3,T5"


def test_the_date_is_the_start_of_the_recording_in_every_row(lines: list[str]) -> None:
    assert [line.split("\t")[5] for line in lines[1:3]] == ["2000-01-01 00:00:00"] * 2


def test_a_recording_without_a_seizure_has_exactly_one_background_row(tmp_path: Path) -> None:
    write_events(tmp_path / "events.tsv", Annotations((), 3600.0))
    rows = (tmp_path / "events.tsv").read_text().splitlines()[1:]
    assert rows == ["0.00\t3600.00\tbckg\tn/a\tn/a\tn/a\t3600.00"]
    assert read_events(tmp_path / "events.tsv") == Annotations((), 3600.0)


def test_every_level_of_the_framework_is_read_as_it_is(test_data: Path, tmp_path: Path) -> None:
    levels = json.loads((test_data / "annotations" / "szcore" / "events.json").read_text())["Levels"]
    assert len(levels) == 71
    events = [Event(float(10 * number), 5.0, level) for number, level in enumerate(levels)]
    write_events(tmp_path / "events.tsv", Annotations(events, 1000.0))
    read = read_events(tmp_path / "events.tsv")
    assert [event.event_type for event in read] == list(levels)
    assert [event.event_type for event in read if not event.is_seizure] == ["bckg"]
