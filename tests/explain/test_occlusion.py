from __future__ import annotations

import numpy as np
import pytest
from tests.explain.networks import LEAD, ReadsOneWave, make_burst, make_stretch

from ictal.explain import occlusion
from ictal.explain.event_score import EventScore
from ictal.explain.occlusion import make_answer, occlude


def test_what_is_read_is_what_is_missed() -> None:
    stretch = make_stretch(make_burst(4.0, 7.0))
    found = occlude(EventScore(ReadsOneWave(), stretch), stretch)
    assert found.of_leads[LEAD] == pytest.approx(1.0)
    assert found.of_bands["alpha"] > 0.9
    assert found.of_times[(found.times >= 63.0) & (found.times < 68.0)].sum() > 0.9


def test_signals_in_parts_are_answered_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stretch = make_stretch(make_burst(4.0, 7.0))
    answer = make_answer(EventScore(ReadsOneWave(), stretch))
    signals = np.stack([stretch.signal, 0.5 * stretch.signal, 0 * stretch.signal])
    at_once = answer(signals)
    assert at_once[0] > at_once[1] > at_once[2]
    monkeypatch.setattr(occlusion, "MOST_VALUES", 1)
    np.testing.assert_allclose(answer(signals), at_once, rtol=1e-6)
