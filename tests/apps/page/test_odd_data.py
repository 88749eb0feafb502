"""What is damaged, odd, named after a patient, or as long as a day with a thousand events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pytest
from tests.apps.page.browsing import Desk, Desks, Server, serve

from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording, Signal
from ictal.io.edf_write import Identity, write_edf
from ictal.io.events_tsv import read_events, write_events
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.seizure import Seizure

PATIENT = ("haagse", "harry", "mrn12345", "1951", "2002", "02-mar")
"""What of the patient stands in names of files and folders, in headers and annotations."""

ODD_TABLE = "\t".join(["onset", "duration", "eventType", "confidence"]) + "\n5.0\t4.0\tsz\t0.7\nsoon\t4.0\tsz\t0.6\n"
DAY = 86400.0
N_EVENTS = 1000


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A patient's recording without candidates, one that is cut short, and one with an odd table beside it."""
    root = tmp_path_factory.mktemp("ward")
    folder = root / "data" / "Haagse_Harry_1951"
    folder.mkdir(parents=True)
    named = folder / "Haagse_Harry.edf"
    write_edf(
        named,
        simulate_recording(120.0, seed=2, seizures=[Seizure(60.0, 30.0, focus="T8")], difficulty=0.0),
        Annotations([Event(5.0, 0.0, "Haagse Harry is awake")], 120.0),
        start_time=datetime(2002, 3, 2, 21, 30, 15),
        identity=Identity("MRN12345 F 02-MAY-1951 Haagse_Harry", "Startdate 02-MAR-2002 EMG561 BK/JOP Sony"),
    )
    (folder / "Haagse_Harry_2.edf").write_bytes(named.read_bytes()[:700])
    odd = root / "data" / "sub-03_task-rest_eeg.edf"
    write_edf(odd, simulate_recording(20.0, seed=3, seizures=0))
    (root / "data" / "sub-03_task-rest_events.tsv").write_text(ODD_TABLE)
    arguments = [root / "data", "--results", root / "results"]
    with serve(arguments, root / "review", ["anna", "ben", "carl"]) as server:
        yield server


class LazyNoise(Recording):
    """Four channels of noise that is made when it is read."""

    channels = ("Fp1", "F3", "C3", "O1")
    sampling_rate = 64.0
    n_samples = round(DAY * sampling_rate)

    def read_samples(self, first: int, last: int) -> Signal:
        noise = np.random.default_rng(first).standard_normal((len(self.channels), last - first), dtype=np.float32)
        return 20 * noise


@pytest.fixture(scope="module")
def long_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A day of recording with a thousand candidates."""
    root = tmp_path_factory.mktemp("day")
    write_edf(root / "sub-04_task-day_eeg.edf", LazyNoise())
    onsets = np.linspace(60.0, DAY - 60.0, N_EVENTS).round(1)
    events = [Event(onset, 5.0, confidence=0.5 + number / 2500) for number, onset in enumerate(onsets)]
    write_events(root / "sub-04_task-day_events.tsv", Annotations(events, DAY))
    with serve(
        [root / "sub-04_task-day_eeg.edf", "--results", root / "none"], root / "review", ["anna", "ben"]
    ) as server:
        yield server


def open_notes(desk: Desk) -> str:
    """Return what the page says of recordings that are damaged or odd."""
    desk.page.click("#open-notes")
    said = desk.text("#notes-body")
    assert desk.find_barriers() == []
    desk.press("Escape")
    return said


def test_damage_and_oddities_are_told_and_stop_nothing(desks: Desks, ward: Server) -> None:
    desk = desks.open(ward)
    assert desk.text("#open-notes") == "1 problem"
    assert "1 recording cannot be read" in desk.said
    assert desk.find_cut() == desk.find_overlapping() == [], "there is room for the button, too"
    said = open_notes(desk)
    assert "recording 2 cannot be read" in said and "header" in said
    assert "line 3: onset: 'soon' is not allowed" in said
    assert [words for words in desk.options("#recording").values() if "cannot be read" in words] == [
        "recording 2 · cannot be read"
    ]
    (row,) = (row for row in desk.rows() if "sub-03" in row)
    assert "confidence 0.70" in row
    desk.page.locator("#rows .row", has_text="sub-03").click()
    desk.press("a")
    desk.wait_saved()
    assert [event.onset for event in ward.accepted(desk.reader, "sub-03_task-rest")] == [5.0]
    beside = ward.folder.path.parent / "data" / "sub-03_task-rest_events.tsv"
    assert beside.read_text() == ODD_TABLE, "the table of others stays as it was"


def test_a_detector_runs_from_the_page_and_the_patient_stays_unnamed(desks: Desks, ward: Server) -> None:
    desk = desks.open(ward)
    seen: list[str] = []
    desk.page.on("response", lambda answer: seen.append(f"{answer.url} {answer.headers}"))
    with desk.turning():
        desk.page.select_option("#recording", label="recording 1 · 2 min")
    assert desk.clock == "21:30:15", "the time of day may be told"
    desk.page.focus("#eeg")
    desk.press("d")
    desk.page.check("input[name=detector][value=line-length]")
    desk.page.click("#runs-start")
    desk.until(lambda: "done" in desk.text("#runs-list"), "the run is done")
    desk.press("Escape")
    candidates = desk.until(lambda: [row for row in desk.rows() if "recording 1" in row], "candidates appear")
    assert any(row.startswith("Undecided, seizure, 21:31:") for row in candidates)
    (table,) = ward.folder.detected.rglob("Haagse_Harry_events.tsv")
    assert len([event for event in read_events(table) if event.is_seizure]) == len(candidates)

    desk.page.locator("#rows .row", has_text="recording 1").first.click()
    desk.until(lambda: desk.page.locator("#why").is_visible(), "reasons")
    desk.press("a")
    desk.wait_saved()
    desk.until(lambda: "Accepted" in "".join(desk.rows()), "it is accepted")
    open_notes(desk)
    desk.page.click("#open-export")
    with desk.page.expect_download() as download:
        desk.page.click("#export-start")
    everything = [desk.page.title(), desk.page.content(), desk.said, download.value.suggested_filename]
    everything += [*desk.requests, *seen, *desk.complaints]
    for word in PATIENT:
        assert word not in "\n".join(everything).lower()
    asked = desk.page.evaluate(
        """async () => {
          const headers = {Authorization: `Bearer ${sessionStorage.getItem("ictal-token")}`};
          const ask = async (path) => (await fetch(path, {headers})).text();
          return [await ask("/api/session"), await ask("/api/items"), await ask("/api/runs")].join();
        }"""
    )
    assert "recording 1" in asked and not [word for word in PATIENT if word in asked.lower()]


def test_a_day_opens_and_its_thousand_events_scroll(desks: Desks, long_day: Server) -> None:
    desk = desks.open(long_day)
    assert desk.text("#decided") == f"0 of {N_EVENTS} decided"
    n_rows = desk.page.locator("#rows .row").count()
    assert 5 < n_rows < 60, "only rows that are seen exist"
    desk.page.locator("#list").evaluate("one => one.scrollTo(0, one.scrollHeight)")
    desk.until(lambda: "23:59:00" in desk.rows()[-1], "the last of them")
    assert desk.page.locator("#rows .row").count() < 60
    desk.page.locator(f"#rows .row[data-at='{N_EVENTS - 1}']").click()
    desk.until(lambda: "23:59:00" in desk.chosen, "it is chosen")
    assert desk.find_barriers() == []

    desk.page.focus("#eeg")
    for key, clock in (("Home", "00:00:00"), ("End", "23:59:50")):
        with desk.turning():
            desk.press(key)
        assert desk.clock == clock
    desk.press("g")
    desk.page.fill("#time", "12:34:56")
    with desk.turning():
        desk.press("Enter")
    assert desk.clock == "12:34:52"
    desk.until(lambda: desk.page.evaluate("() => performance.getEntriesByName('ictal-night').length"), "the night")
    desk.press("k")
    desk.until(lambda: "00:01:00" in desk.chosen, "the least certain, at the other end of the day")
    desk.until(lambda: desk.page.locator("#rows .row[aria-selected=true]").is_visible(), "the list follows")
