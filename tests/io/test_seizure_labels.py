"""Seizures found by the texts of annotations: equal, by pattern, and from start to stop."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.errors import IctalWarning, ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.seizure_labels import seizure_events


def marked(*marks: tuple[float, float, str]) -> Recording:
    events = Annotations([Event(onset, duration, text) for onset, duration, text in marks], 100.0)
    return Recording.from_array(np.zeros((1, 100)), 1.0, annotations=events)


NIGHT = marked((5, 20, "Seizure"), (40, 10, "SEIZURE L temporal "), (60, 0, "Eyes closed"), (70, 5, "sz_foc_ia"))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["seizure"], [Event(5, 20)]),
        (["seizure*"], [Event(5, 20), Event(40, 10)]),
        (["*temporal", "SEIZURE"], [Event(5, 20), Event(40, 10)]),
        (["seizure", "Seizure*"], [Event(5, 20), Event(40, 10)]),
        (["sz*"], [Event(70, 5, "sz_foc_ia")]),
        (["eyes closed"], [Event(60, 0)]),
        (["spike"], []),
        ([], []),
    ],
)
def test_texts_that_mean_a_seizure(labels: list[str], expected: list[Event]) -> None:
    assert seizure_events(NIGHT, labels) == Annotations(expected, 100.0)


def test_a_text_with_signs_of_patterns_is_found_as_it_is() -> None:
    rec = marked((1, 2, "sz [left]"), (5, 1, "sz: start"), (9, 1, "what?"))
    assert seizure_events(rec, ["SZ [left]"]).events == (Event(1, 2),)
    assert seizure_events(rec, ["sz: start"]).events == (Event(5, 1),)
    assert seizure_events(rec, ["what?"]).events == (Event(9, 1),)


def test_start_and_stop_marks_make_one_seizure() -> None:
    rec = marked((10, 0, "SZ onset"), (35, 0, "sz end"), (50, 0, "sz onset"), (50.5, 0, "beep"), (80, 0, "sz end 2"))
    assert seizure_events(rec, ["sz onset:sz end*"]).events == (Event(10, 25), Event(50, 30))


def test_marks_without_a_partner_are_left_out_and_said() -> None:
    rec = marked((1, 0, "off"), (10, 0, "on"), (20, 0, "on"), (30, 0, "off"), (90, 0, "on"))
    with pytest.warns(IctalWarning) as said:
        found = seizure_events(rec, ["on:off"])
    assert found.events == (Event(20, 10),)
    assert [str(one.message) for one in said] == [
        "annotations of 'on:off': the stop at 1 s has no start; it is left out",
        "annotations of 'on:off': the start at 10 s has no stop; it is left out",
        "annotations of 'on:off': the start at 90 s has no stop; it is left out",
    ]


@pytest.mark.parametrize("label", ["", " ", ":", "on:", ":off"])
def test_an_empty_label_is_refused(label: str) -> None:
    with pytest.raises(ParameterError, match=r"seizure label: .* is not allowed; give TEXT or START:STOP"):
        seizure_events(NIGHT, [label])
