from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.apps.server.privacy import Privacy, name_recordings
from ictal.io.discover import FoundRecording

HARRY = FoundRecording(Path("ward/Haagse/Harry.edf"), Path("Haagse"), "Harry")
BIDS = FoundRecording(Path("ward/sub-01_task-sz_eeg.edf"), Path(), "sub-01_task-sz")
TITLES = name_recordings([HARRY, BIDS], show_identity=False)


@pytest.mark.parametrize(
    "text",
    [
        "ward/Haagse/Harry.edf: header: is 0 bytes long",
        f"{Path('ward/Haagse/Harry.edf').absolute()}: cannot be opened",
        "Haagse/Harry: the table cannot be written",
        "results/Haagse/Harry_events.tsv: is damaged",
        "Harry.edf: no such file",
        "/srv/eeg/Haagse/Harry_events.tsv: No space left",
        "cannot read 'C:\\ward\\Haagse\\Harry.edf'",
        "ward/Haagse: is gone",
    ],
)
def test_no_path_of_a_patient_is_left(text: str) -> None:
    cleaned = Privacy(TITLES, {Path("results"): "the results"}).clean(text)
    assert "Harry" not in cleaned and "Haagse" not in cleaned and "ward" not in cleaned
    assert cleaned.split(":")[-1].strip() in text.replace("'", "") or "…" in cleaned


def test_our_own_folders_are_named() -> None:
    privacy = Privacy(TITLES, {Path("/srv/Haagse Harry/review"): "the review"})
    text = "/srv/Haagse Harry/review/readers/anna/events/Haagse/Harry_events.tsv: No space left"
    assert privacy.clean(text) == "the review/readers/anna/events/recording 1_events.tsv: No space left"


def test_the_rest_of_a_message_stays() -> None:
    privacy = Privacy(TITLES)
    assert (
        privacy.clean("ward/Haagse/Harry.edf: field 3: 1/2 µV,\n and/or 3 s")
        == "recording 1: field 3: 1/2 µV, and/or 3 s"
    )
    assert privacy.clean("sub-01_task-sz: 12 of 30 leads") == "sub-01_task-sz: 12 of 30 leads"
    assert privacy.clean("line 3: onset: 'soon' is not allowed") == "line 3: onset: 'soon' is not allowed"


def test_who_may_see_all_sees_it() -> None:
    privacy = Privacy(TITLES, show_identity=True)
    assert privacy.clean("ward/Haagse/Harry.edf: is\n damaged") == "ward/Haagse/Harry.edf: is damaged"
    assert privacy.clock(datetime(2002, 3, 2, 21, 30, 15)) == "2002-03-02 21:30:15"


def test_the_clock_has_no_date() -> None:
    assert Privacy({}).clock(datetime(2002, 3, 2, 1, 2, 3)) == "01:02:03"
    assert Privacy({}).clock(None) is None


def test_titles() -> None:
    assert list(TITLES.values()) == ["recording 1", "sub-01_task-sz"]
    assert list(name_recordings([HARRY, BIDS], show_identity=True).values()) == ["Harry", "sub-01_task-sz"]
    for stem in ("sub-01_Harry Haagse", "Harry_sub-01", "sub-", "sub-01 Harry"):
        assert list(name_recordings([FoundRecording(Path("a.edf"), Path(), stem)], show_identity=False).values()) == [
            "recording 1"
        ]


def test_animals_of_a_file_share_its_number() -> None:
    found = [BIDS.pick_animal("m1", ["EEG1"]), HARRY.pick_animal("m1", ["EEG1"]), HARRY.pick_animal("m2", ["EEG2"])]
    titles = name_recordings(found, show_identity=False)
    assert list(titles.values()) == ["sub-01_task-sz_m1", "recording 2 · m1", "recording 2 · m2"]
    privacy = Privacy(titles, {Path("results"): "the results"})
    assert privacy.clean("ward/Haagse/Harry.edf: is damaged") == "recording 2: is damaged"
    assert privacy.clean("Haagse/Harry_m1: no space") == "recording 2 · m1: no space"
    assert privacy.clean("results/Haagse/Harry_m2_events.tsv: no") == "the results/recording 2 · m2_events.tsv: no"
    assert privacy.clean("sub-01_task-sz_m1 and ward/sub-01_task-sz_eeg.edf") == "sub-01_task-sz_m1 and sub-01_task-sz"


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_name_never_stays_in_a_text(before: str, after: str) -> None:
    assert "ward/Haagse/Harry.edf" not in Privacy(TITLES).clean(f"{before} ward/Haagse/Harry.edf {after}")
