from __future__ import annotations

import pytest
from tests.explain.networks import ReadsOneWave, make_burst, make_stretch

from ictal.core.errors import ParameterError
from ictal.explain.methods import explain, list_fitting
from ictal.models.tcn import TCN, TCNConfig


def test_a_method_that_does_not_fit_names_those_that_do() -> None:
    network = TCN(TCNConfig(n_channels=4))
    with pytest.raises(
        ParameterError, match=r"'attention-rollout' does not fit TCN: it has no attention; allowed are saliency, "
    ):
        explain("attention-rollout", network, make_stretch(make_burst(4.0, 7.0)))


def test_an_unknown_method_names_the_near_ones() -> None:
    with pytest.raises(ParameterError, match="saliency"):
        explain("salience", ReadsOneWave(), make_stretch(make_burst(4.0, 7.0)))


def test_occlusion_fits_every_network() -> None:
    assert "occlusion" in list_fitting(ReadsOneWave())


@pytest.mark.parametrize("method", ["saliency", "smoothgrad", "integrated-gradients", "occlusion"])
def test_methods_say_their_names(method: str) -> None:
    stretch = make_stretch(make_burst(4.0, 7.0))
    assert explain(method, ReadsOneWave(), stretch).method == method
