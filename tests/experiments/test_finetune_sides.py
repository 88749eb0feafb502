"""What a review teaches, down to the windows that are cut from it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.core.spans import Span, intersect_spans
from ictal.data.leakage import LeakageError
from ictal.data.loader import BatchSet
from ictal.detection.detector import Detector
from ictal.detection.library import load_bundled
from ictal.experiments.finetune_sides import Amount, choose_of_review, read_heard, whole_later
from ictal.experiments.patient import gather_windows
from ictal.experiments.reviewed import HeardRecording
from ictal.experiments.said import Said
from ictal.io.discover import find_recordings
from ictal.io.edf_write import write_edf
from ictal.training.restore import restore_task

SECONDS = 60.0
HALFWAY = Said((Event(8.0, 12.0),), (Event(30.0, 8.0),), (Event(45.0, 10.0),))
DONE = Said((Event(8.0, 12.0),), (Event(30.0, 8.0),))


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load_bundled("eegwavenet-untrained")


def hear(folder: Path, said: dict[str, Said]) -> list[HeardRecording]:
    for number, name in enumerate(said):
        path = folder / f"{name}.edf"
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(number).normal(0.0, 20.0, (19, round(256 * SECONDS)))
        write_edf(path, Recording.from_array(noise, 256.0, SCALP_19))
    return [HeardRecording(one, what) for one, what in zip(find_recordings([folder]), said.values(), strict=True)]


def spans_of(windows: BatchSet) -> list[tuple[str, Span, int]]:
    """Return the recording, the time and the label of each window."""
    table = windows.windows
    rows = zip(table.recording, table.times, table.window_labels, strict=True)
    found = []
    for number, start, label in rows:
        name, _, begin = table.recordings[number].name.partition("@")
        found.append((name, (float(begin) + start, float(begin) + start + 4.0), int(label)))
    return found


def test_windows_are_of_decided_time_and_called_what_the_reader_said(tmp_path: Path, detector: Detector) -> None:
    heard = hear(tmp_path, {"a": HALFWAY, "b": DONE, "c": Said(undecided=(Event(5.0, 5.0),))})
    sides = choose_of_review(heard, (), Amount(1.0, 4.0), partial(read_heard, detector=detector))
    windows = spans_of(gather_windows(sides.patient, sides.used, restore_task(detector)))
    in_a = [(span, label) for name, span, label in windows if name == "a"]
    assert in_a[0] == ((8.0, 12.0), 1) and in_a[-1] == ((34.0, 38.0), 0)
    assert all(label == 1 for span, label in in_a if intersect_spans([span], [(8.0, 20.0)]))
    assert not any(intersect_spans([span], [(20.0, 30.0), (38.0, SECONDS)]) for span, _ in in_a)
    in_b = [span for name, span, _ in windows if name == "b"]
    assert in_b[0] == (0.0, 4.0) and in_b[-1][1] <= 20.0
    assert [(one.recording, one.start, one.stop) for one in sides.left] == [("b", 24.0, SECONDS)]
    lesson = sides.lesson
    assert lesson is not None and (lesson.accepted, lesson.rejected, lesson.n_patients) == (2, 1, 1)
    assert [note.partition(":")[0] for note in lesson.notes] == ["a", "c"]
    assert [one.prepared.name for one in sides.known] == ["a", "b"]


def test_of_several_patients_some_are_held_out(tmp_path: Path, detector: Detector) -> None:
    heard = hear(tmp_path, {f"sub-{number}/eeg/night": DONE for number in range(1, 5)})
    choose = partial(choose_of_review, amount=Amount(0.01, 4.0), reading=partial(read_heard, detector=detector))
    sides = choose(heard, ())
    assert {one.recording[:5] for one in sides.used} == {"sub-1", "sub-2", "sub-3"}
    assert [(one.recording, one.duration) for one in sides.left] == [("sub-4/eeg/night", SECONDS)]
    assert [one.prepared.name[:5] for one in sides.later] == ["sub-4"]
    lesson = sides.lesson
    assert lesson is not None and (lesson.n_patients, lesson.held_out) == (3, ("sub-4",))
    assert (lesson.accepted, lesson.rejected) == (3, 3)
    with pytest.raises(ParameterError, match="sub-1 and sub-2 came; with fewer than 3 patients"):
        choose(heard[:2], ())
    with pytest.raises(ParameterError, match="later recordings came with decisions on 4 patients"):
        choose(heard, sides.later)


def test_later_recordings_judge_all_decisions(tmp_path: Path, detector: Detector) -> None:
    heard = hear(tmp_path, {"a": HALFWAY, "b": DONE})
    reading = partial(read_heard, detector=detector)
    later = [reading(heard[1])]
    sides = choose_of_review(heard[:1], later, Amount(1.0, 4.0), reading)
    assert [(one.start, one.stop) for one in sides.used] == [(8.0, 20.0), (30.0, 38.0)]
    assert [(one.recording, one.duration) for one in sides.left] == [("b", SECONDS)]
    with pytest.raises(LeakageError, match="recording 'b' is one that is adapted on"):
        whole_later(later, later)


def test_seizures_are_where_the_reader_put_their_edges(tmp_path: Path, detector: Detector) -> None:
    (heard,) = hear(tmp_path, {"a": DONE})
    assert read_heard(heard, detector).reference == Annotations([Event(8.0, 12.0)], SECONDS)
