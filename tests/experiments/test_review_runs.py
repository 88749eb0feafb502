"""Runs from a review: they write what ``ictal detect`` writes, one at a time, and tell what they found so far."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import IctalError, OutputError, ParameterError
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.detection import sweep
from ictal.detection.library import BUNDLED, load_bundled
from ictal.experiments.detect import detect_paths
from ictal.experiments.review_runs import MEANINGLESS, STOPPED, Run, Runnable, RunQueue, encode_run, list_runnable
from ictal.io.discover import FoundRecording, find_recordings
from ictal.io.edf_write import write_edf

RESULTS = ("_detection.json", "_events.tsv", "_scores.npz")


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[RunQueue]:
    queue = RunQueue(tmp_path / "detected", list_runnable())
    yield queue
    queue.close()


@pytest.fixture
def long(tmp_path: Path) -> FoundRecording:
    """Ten minutes of noise that swells from 100 to 130 s, and so often that it is told in many blocks."""
    rng = np.random.default_rng(0)
    height = np.ones(600)
    height[100:130] = 8.0
    signal = 20.0 * np.repeat(height, 128) * rng.normal(0.0, 1.0, 600 * 128)
    folder = tmp_path / "cages" / "third"
    folder.mkdir(parents=True)
    write_edf(folder / "long.edf", Recording.from_array(signal[None], 128.0, ["cortex"]))
    (found,) = find_recordings([tmp_path / "cages"])
    return found


def test_results_are_those_of_ictal_detect(runs: RunQueue, both: Path, tmp_path: Path) -> None:
    list(detect_paths([both], output=tmp_path / "asked", detector="line-length"))
    recordings = find_recordings([both])
    for found in recordings:
        assert runs.start(found, "line-length").state == "waiting"
    runs.finish()
    for run, found in zip(runs.runs, recordings, strict=True):
        assert (run.state, run.share, run.problem, run.recording) == ("done", 1.0, None, found.stem)
        for ending in RESULTS:
            written = found.output(tmp_path / "detected", ending)
            assert written.read_bytes() == found.output(tmp_path / "asked", ending).read_bytes()
    assert [len(run.events) for run in runs.runs] == [0, 1]
    record = json.loads(recordings[1].output(tmp_path / "detected", "_detection.json").read_text())
    assert record["complete"] is True


def test_another_detector_takes_the_place_of_the_first(runs: RunQueue, both: Path, tmp_path: Path) -> None:
    found = find_recordings([both / "b.edf"])[0]
    tables = []
    for name in ("line-length", "spike-rate", "line-length"):
        runs.start(found, name)
        runs.finish()
        tables.append(found.output(tmp_path / "detected", "_events.tsv").read_bytes())
    assert [run.state for run in runs.runs] == ["done"] * 3
    assert tables[0] == tables[2] != tables[1]


def test_events_are_told_before_the_end_and_written_after_it(
    long: FoundRecording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "BLOCK_SECONDS", 20.0)
    watched = Watched(tmp_path / "detected", list_runnable(), long)
    watched.start(long, "line-length")
    watched.finish()
    watched.close()
    states = [run.state for run, _ in watched.seen]
    assert states == sorted(states, key=["running", "done"].index)
    shares = [run.share for run, _ in watched.seen]
    assert shares == sorted(shares)
    running = [(run, written) for run, written in watched.seen if run.share < 0.99]
    assert not any(written for _, written in running)
    assert [len(run.events) for run, _ in running if run.share < 0.15] == [0] * sum(s < 0.15 for s in shares)
    assert all(len(run.events) == 1 for run, _ in running if run.share > 0.4)
    (early,), (last,) = next(run.events for run, _ in running if run.events), watched.runs[0].events
    assert (early.span, early.channels) == (last.span, ())
    assert last.channels == ("cortex",)


class Watched(RunQueue):
    """A queue that remembers each state of its runs, and whether the results lay there."""

    def __init__(self, detected: Path, runnable: tuple[Runnable, ...], found: FoundRecording) -> None:
        super().__init__(detected, runnable)
        self._table = found.output(detected, "_events.tsv")
        self.seen: list[tuple[Run, bool]] = []

    def _change(self, number: int, **changes: object) -> None:
        super()._change(number, **changes)
        self.seen.append((self.runs[number], self._table.exists()))


def test_a_damaged_file_fails_in_one_line_and_the_next_one_runs(runs: RunQueue, both: Path, tmp_path: Path) -> None:
    (both / "a.edf").write_bytes((both / "a.edf").read_bytes()[:5000])
    damaged, sound = find_recordings([both])
    for found in (damaged, sound):
        runs.start(found, "line-length")
    runs.finish()
    failed, done = runs.runs
    assert (failed.state, failed.events, done.state) == ("failed", (), "done")
    assert failed.problem
    assert "\n" not in failed.problem
    assert str(tmp_path) not in failed.problem
    assert not damaged.output(tmp_path / "detected", "_events.tsv").exists()


def test_what_cannot_be_analysed_says_why(runs: RunQueue, long: FoundRecording) -> None:
    runs.start(long, "eegwavenet-scalp")
    runs.finish()
    runs.start(long, "eegwavenet-scalp", {"cortex": "F7-T7"})
    runs.finish()
    problems = [str(run.problem) for run in runs.runs]
    assert {run.state for run in runs.runs} == {"failed"}
    assert problems[0].startswith("channels: no lead of double-banana can be made from 'cortex'")
    assert problems[-1].startswith("channels: only 1 of the 18 leads")


@pytest.mark.parametrize("name", ["line_length", "../line-length", "", MEANINGLESS, "/etc/passwd"])
def test_only_what_was_named_may_run(runs: RunQueue, long: FoundRecording, name: str) -> None:
    with pytest.raises(ParameterError, match=r"detector: .* is not allowed; allowed are 'eegwavenet-scalp'"):
        runs.start(long, name)
    assert runs.runs == ()


def test_a_run_that_is_not_over_is_not_begun_twice(runs: RunQueue, long: FoundRecording) -> None:
    for name in ("spike-rate", "line-length", "line-length"):
        runs.start(long, name)
    assert len(runs.runs) == 2
    runs.finish()
    runs.start(long, "line-length")
    assert len(runs.runs) == 3


def test_closing_stops_what_runs_and_begins_nothing_more(
    long: FoundRecording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "BLOCK_SECONDS", 60.0)
    queue = Held(tmp_path / "detected", list_runnable())
    for name in ("eegwavenet-rodent", "line-length"):
        queue.start(long, name)
    assert queue.told.wait(30.0)
    queue.close()
    assert [(run.state, run.problem) for run in queue.runs] == [("failed", STOPPED)] * 2
    assert not any(long.output(tmp_path / "detected", ending).exists() for ending in RESULTS)
    with pytest.raises(OutputError, match="closed"):
        queue.start(long, "line-length")
    queue.close()


class Held(RunQueue):
    """A queue whose runs wait, once they have told something, until it is closed."""

    def __init__(self, detected: Path, runnable: tuple[Runnable, ...]) -> None:
        super().__init__(detected, runnable)
        self.told = threading.Event()

    def _tell(self, number: int, events: Annotations) -> None:
        super()._tell(number, events)
        self.told.set()
        while not self._is_closed:
            time.sleep(0.001)


def test_a_file_that_was_named_may_run_under_its_own_name(long: FoundRecording, tmp_path: Path) -> None:
    changed = load_bundled("line-length").with_settings({"postprocessing.threshold": "0.9", "name": "our-mice"})
    (tmp_path / "mice.ictal").write_bytes(changed.encode())
    (tmp_path / "same.ictal").write_bytes(load_bundled("line-length").encode())
    runnable = list_runnable([tmp_path / "mice.ictal", str(tmp_path / "same.ictal"), "spike-rate", MEANINGLESS])
    assert [one.name for one in runnable] == [*BUNDLED, "our-mice", "line-length (same.ictal)"]
    queue = RunQueue(tmp_path / "detected", runnable)
    queue.start(long, "our-mice")
    queue.finish()
    queue.close()
    assert queue.runs[0].state == "done"
    record = json.loads(long.output(tmp_path / "detected", "_detection.json").read_text())
    assert record["run"]["detector"].startswith("our-mice ")


def test_what_is_named_and_is_no_detector_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.ictal").write_text("dear reader")
    for named in ("no-such-detector", tmp_path / "letter.ictal"):
        with pytest.raises(IctalError, match=Path(named).name):
            list_runnable([named])


def test_a_run_has_the_shape_that_the_page_expects(runs: RunQueue, both: Path) -> None:
    runs.start(find_recordings([both / "b.edf"])[0], "line-length")
    runs.finish()
    values = json.loads(json.dumps(encode_run(runs.runs[0]), allow_nan=False))
    assert set(values) == {"recording", "detector", "share", "state", "problem", "events"}
    assert set(values["events"][0]) == {"onset", "duration", "type", "confidence", "channels"}
