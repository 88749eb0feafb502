"""The EEG of the worst events: what is read for it, what stands beside it, and how large it is."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.reports.pages import Page
from tests.reports.run_folders import SECONDS, make_crossval

from ictal.core.events import Event
from ictal.evaluation.stored import EvaluatedRecording, read_evaluation
from ictal.evaluation.worst import FALSE_ALARM, MISS, WorstEvent, find_worst
from ictal.plots import style
from ictal.reports.run_report import write_run_report
from ictal.reports.worst import (
    Eeg,
    WorstSection,
    describe_worst,
    find_driving,
    name_recording,
    picture_worst,
    show_worst,
)

ONSETS = {
    "anna": (300.0, 600.0, 2000.0, 2400.0, 3000.0),
    "bert": (300.0, 2000.0),
    "carl": (),
    "dora": (900.0, 1500.0, 3000.0),
    "emil": (1200.0,),
}
LEVELS = {"anna": 0.01, "bert": 0.02, "carl": 0.9, "dora": 0.99, "emil": 0.02}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worst")
    make_crossval(folder, ONSETS, LEVELS)
    return folder


@pytest.fixture
def night(lazy_noise: Callable[..., Any]) -> Any:
    return lazy_noise(SECONDS)


def show(folder: Path, eeg: Eeg | None, **options: Any) -> WorstSection:
    misses, alarms = find_worst(read_evaluation(folder))
    return show_worst(misses, alarms, lambda one: eeg, lambda one: f"loso-{one.subject}", **options)


@pytest.fixture(scope="module")
def section(folder: Path, lazy_noise: Callable[..., Any]) -> WorstSection:
    return show(folder, Eeg(lazy_noise(SECONDS), interpolated=("Fz-Cz",)), note="The EEG is noise.")


@pytest.fixture(scope="module")
def page(folder: Path, section: WorstSection) -> Page:
    return Page(write_run_report(folder, folder / "with.html", section).read_text(encoding="utf-8"))


def test_no_list_is_filled_by_one_subject_and_all_are_counted(page: Page) -> None:
    rows = page.rows("6 of 8 misses of 3 subjects")
    assert [row[:3] for row in rows[:3]] == [[f"Miss {number}", "anna", "anna-1"] for number in (1, 2, 3)]
    assert rows[0][3:] == ["0:05:00", "40 s", "0.01", "loso-anna"]
    assert [row[1] for row in rows[3:]] == ["bert", "bert", "emil"]
    alarms = page.rows("6 of ")
    assert {row[1] for row in alarms} <= set(ONSETS)
    words = " ".join(text for _, text in page.all("section") if "Misses" in text)
    assert "No list has more than 3 of one subject" in words
    assert "The EEG is noise." in words


def test_every_event_of_the_tables_has_its_picture_in_words_too(page: Page, section: WorstSection) -> None:
    entries = [entry for one in section.lists for entry in one.entries]
    anchors = {found["id"] for found, _ in page.all("div") if "id" in found}
    assert {entry.anchor for entry in entries} == anchors
    assert {found["href"][1:] for found, _ in page.all("a") if found["href"].startswith("#worst-")} == anchors
    captions = [text for _, text in page.all("figcaption")]
    assert next(caption for caption in captions if caption.startswith("Miss 1")) == (
        "Miss 1: anna, recording anna-1, at 0:05:00 for 40 s; the probability is at most 0.01; fold loso-anna. "
        "Shown: 0:04:50 to 0:05:20."
    )
    assert any("confidence 0.99" in caption for caption in captions)


def test_half_a_minute_around_the_beginning_is_read_and_no_more(folder: Path, night: Any) -> None:
    misses, alarms = find_worst(read_evaluation(folder), n_worst=2)
    show_worst(misses, alarms, lambda one: Eeg(night), lambda one: "")
    assert len(night.reads) == 4
    assert all(stop - start <= 30.0 + 1e-6 for start, stop in night.reads)
    assert night.reads[0] == (290.0, 320.0)


def test_twenty_pictures_are_far_below_fifteen_megabytes(folder: Path, section: WorstSection) -> None:
    sizes = [len(entry.picture.source) for one in section.lists for entry in one.entries if entry.picture is not None]
    assert len(sizes) == 12
    assert max(sizes) * 20 < 7e6, "noise in every lead is the worst that there is"


def test_without_signal_the_events_are_listed_and_the_page_says_what_to_do(folder: Path) -> None:
    section = show(folder, None, note="Give --data FOLDER.")
    page = Page(write_run_report(folder, folder / "without.html", section).read_text(encoding="utf-8"))
    assert len(page.rows("6 of 8 misses")) == 6
    assert page.rows("6 of 8 misses")[0][0] == "Miss 1"
    assert not any(found["href"].startswith("#worst-") for found, _ in page.all("a"))
    assert not any("png" in found["src"] for found, _ in page.all("img"))
    assert any("Give --data FOLDER." in text for _, text in page.all("p"))


def test_a_run_without_errors_says_so(tmp_path: Path, night: Any) -> None:
    make_crossval(tmp_path, {"anna": (600.0,), "bert": (900.0,)}, {})
    misses, alarms = find_worst(read_evaluation(tmp_path), n_worst=0)
    section = show_worst(misses, alarms, lambda one: Eeg(night), lambda one: "")
    page = Page(write_run_report(tmp_path, worst=section).read_text(encoding="utf-8"))
    assert [text for _, text in page.all("p")].count("None.") == 2
    assert night.reads == []


def test_a_training_has_no_column_of_folds(folder: Path) -> None:
    misses, alarms = find_worst(read_evaluation(folder))
    section = show_worst(misses, alarms, lambda one: None, lambda one: "")
    page = Page(write_run_report(folder, folder / "single.html", section).read_text(encoding="utf-8"))
    assert page.rows("6 of 8 misses")[0] == ["Miss 1", "anna", "anna-1", "0:05:00", "40 s", "0.01"]


def test_markup_in_names_is_text(folder: Path, night: Any) -> None:
    evil = replace(read_evaluation(folder)[0], subject="<b>x</b>", name="<i>y</i>")
    misses, alarms = find_worst([evil], n_worst=1)
    section = show_worst(misses, alarms, lambda one: Eeg(night), lambda one: "<u>f</u>")
    page = Page(write_run_report(folder, folder / "evil.html", section).read_text(encoding="utf-8"))
    assert page.all("b", "i", "u") == []
    assert "<b>x</b>" in page.rows("1 of 5 misses")[0][1]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("clinic/2019/Doe_20190302_night", "Doe_(date)_night"),
        ("eeg-2019.03.02", "eeg-(date)"),
        ("chb01_03", "chb01_03"),
        ("sub-20_run-19990", "sub-20_run-19990"),
    ],
)
def test_dates_and_folders_are_not_told(folder: Path, name: str, shown: str) -> None:
    assert name_recording(replace(read_evaluation(folder)[0], name=name)) == shown


def test_an_event_at_an_end_is_shown_as_far_as_there_is_signal(folder: Path, lazy_noise: Callable[..., Any]) -> None:
    anna = read_evaluation(folder)[0]
    short = lazy_noise(310.0)
    miss = WorstEvent(MISS, anna, Event(300.0, 40.0), 0.1)
    picture = picture_worst(miss, "Miss 1", Eeg(short))
    assert picture is not None
    assert short.reads == [(290.0, 310.0)]
    assert picture_worst(miss, "Miss 1", Eeg(lazy_noise(200.0))) is None


def test_pictures_are_of_the_full_width_and_say_what_they_show(folder: Path, night: Any) -> None:
    anna = read_evaluation(folder)[0]
    picture = picture_worst(
        WorstEvent(FALSE_ALARM, anna, Event(700.0, 5.0, confidence=0.5), 0.6), "False alarm 1", Eeg(night)
    )
    assert picture is not None
    assert picture.width == round(style.PAGE_WIDTH / 25.4 * 96)
    assert re.match(r"EEG of false alarm 1, 18 leads, 0:11:30 to 0:11:55", picture.alt)
    assert base64.b64decode(picture.source.partition(",")[2])[:4] == b"\x89PNG"


def test_what_was_not_analysed_is_told(folder: Path) -> None:
    anna: EvaluatedRecording = read_evaluation(folder)[0]
    told = describe_worst(
        WorstEvent(MISS, anna, Event(0.0, 9.0, channels=("T3-Avg", "P3-Avg")), float("nan")), "Miss 2"
    )
    assert told == "Miss 2: anna, recording anna-1, at 0:00:00 for 9.0 s; nothing of it was analysed; marked on T7, P3."


def test_leads_of_animals_drive_under_their_own_names() -> None:
    assert find_driving(["left cortex"], ["left cortex", "right cortex"]) == ("left cortex",)
    assert find_driving([], ["Fp1-F3"]) == ()
