"""A subject is a value: it can be compared, changed by copy and written down."""

from __future__ import annotations

import dataclasses
import json

from ictal.simulation.populations import draw_subject


def test_a_subject_can_be_written_down() -> None:
    described = json.loads(json.dumps(dataclasses.asdict(draw_subject(0))))
    assert set(described) == {"population", "rhythms", "sleep", "habits", "epilepsy"}
    assert all(described[part] for part in described)


def test_a_copy_with_a_change_is_someone_else() -> None:
    subject = draw_subject(0)
    other = dataclasses.replace(subject, rhythms=dataclasses.replace(subject.rhythms, alpha_frequency=8.6))
    assert other != subject
    assert other.sleep == subject.sleep
