from __future__ import annotations

from tests.explain.networks import ReadsOneWave, make_burst, make_stretch

from ictal.explain.event_score import EventScore
from ictal.explain.gradients import has_gradient, saliency
from ictal.explain.method import Method


def test_a_method_is_what_it_suits_and_how_it_answers() -> None:
    suits, explain = Method(has_gradient, saliency)
    network, stretch = ReadsOneWave(), make_stretch(make_burst(4.0, 7.0))
    assert suits(network)
    assert explain(EventScore(network, stretch), stretch, 0).method == "saliency"
