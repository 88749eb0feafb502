from __future__ import annotations

from tests.explain.networks import ReadsOneWave, make_burst, make_stretch

from ictal.explain.event_score import EventScore
from ictal.explain.gradients import saliency, say_why_no_gradient
from ictal.explain.method import Method


def test_a_method_is_what_it_suits_and_how_it_answers() -> None:
    method = Method(say_why_no_gradient, saliency)
    network, stretch = ReadsOneWave(), make_stretch(make_burst(4.0, 7.0))
    assert method.suits(network)
    assert method.explain(EventScore(network, stretch), stretch, 0).method == "saliency"
    network.kind = "estimator"
    assert not method.suits(network)
    assert method.refuse(network) == "its answer changes in steps"
