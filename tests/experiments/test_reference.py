"""What a reader marked: in a table beside the recording, or in the recording itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.core.errors import IctalWarning, ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.experiments.reference import read_reference

TABLE = "onset\tduration\teventType\n12\t20\tsz_foc_ia\n50\t5\teyes open\n"


@pytest.fixture
def marked() -> Recording:
    events = [
        Event(10.0, 20.0, "Anfall"),
        Event(40.0, 0.0, "start"),
        Event(55.0, 0.0, "stop"),
        Event(5.0, 1.0, "cough"),
    ]
    return Recording.from_array([0.0] * 60, 1.0, annotations=Annotations(events, 60.0))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "night_events.tsv"
    path.write_text(TABLE)
    return path


def test_only_the_seizures_of_a_table_count(marked: Recording, table: Path) -> None:
    reference = read_reference(marked, table)
    assert reference is not None
    assert [(event.span, event.event_type) for event in reference] == [((12.0, 32.0), "sz_foc_ia")]
    assert reference.duration == 60.0, "the recording says how long it is, not its last event"


def test_labels_find_seizures_in_the_recording_itself(marked: Recording) -> None:
    reference = read_reference(marked, labels=["anfall", "start:stop"])
    assert reference is not None
    assert [event.span for event in reference] == [(10.0, 30.0), (40.0, 55.0)]
    assert all(event.is_seizure for event in reference)


def test_nothing_asked_is_no_reference(marked: Recording) -> None:
    assert read_reference(marked) is None


def test_a_label_that_nothing_has_is_told(marked: Recording) -> None:
    """An empty reference makes every event a false alarm; a slip of the finger shall not."""
    with pytest.warns(IctalWarning, match="^annotations: none says 'seizure'; the report is compared with no seizure"):
        reference = read_reference(marked, labels=["seizure"])
    assert reference is not None and len(reference) == 0


def test_two_references_are_refused(marked: Recording, table: Path) -> None:
    with pytest.raises(ParameterError, match="an events table or seizure labels, not both"):
        read_reference(marked, table, ["anfall"])


def test_a_table_that_is_not_there_is_refused(marked: Recording, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"gone\.tsv: there is no such file"):
        read_reference(marked, tmp_path / "gone.tsv")
