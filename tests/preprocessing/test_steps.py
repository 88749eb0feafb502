"""The table names its classes as they name themselves."""

from __future__ import annotations

import pytest

from ictal.preprocessing.step import Step
from ictal.preprocessing.steps import STEPS


@pytest.mark.parametrize("name", STEPS)
def test_line_leads_to_a_step_of_that_name(name: str) -> None:
    model = STEPS.load(name)
    assert issubclass(model, Step)
    assert model.model_fields["step"].default == name
