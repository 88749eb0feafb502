"""Methods that follow the gradient: saliency, SmoothGrad, integrated gradients, of the signal and of pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ictal.core.attribution import Attribution
from ictal.detection.stretch import Stretch
from ictal.explain.event_score import EventScore, split_front
from ictal.explain.method import Method
from ictal.explain.picture_axes import carry_back
from ictal.explain.spectrum import COLUMN, share_among_waves, size_of_waves

STEPS, PICTURE_STEPS = 16, 50
"""Of integrated gradients: their sum is held to the difference of the scores by tests; with pictures it needs more."""

DRAWS = 16
"""Noisy copies of SmoothGrad."""

NOISE = 0.1
"""Standard deviation of the noise of SmoothGrad, as a share of that of what it is added to."""

MOST_VALUES = 2**22
"""Values of the input that are run at once."""

Forward = Callable[[Tensor], Tensor]
Explain = Callable[[EventScore, Stretch, int], Attribution]


class PictureScore(nn.Module):
    """The part of an event score that stands behind the pictures: one term of the mean for each window."""

    def __init__(self, score: EventScore, model: nn.Module) -> None:
        super().__init__()
        self.score = score
        self.model = model

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the terms, shape (n,), of pictures (n, C, F, T'), one for each window."""
        return self.score.judge(self.model(pictures)) / self.score.n_windows


def saliency(score: EventScore, stretch: Stretch, seed: int = 0) -> Attribution:
    """Return the size of the gradient: what, if changed a little, would change the score most.

    Of a network of the signal it is the gradient of the waves of each second; of a network of pictures that of their
    pixels, carried back.

    Parameters
    ----------
    score : EventScore
    stretch : Stretch
    seed : int
        Not used.

    References
    ----------
    Simonyan, Vedaldi and Zisserman, Deep inside convolutional networks, ICLR workshop 2014.
    """
    return _sizes(score, stretch, _follow_gradient, "saliency")


def smoothgrad(score: EventScore, stretch: Stretch, seed: int = 0) -> Attribution:
    """Return the size of the mean gradient over noisy copies; parameters as of :func:`saliency`.

    References
    ----------
    Smilkov et al., SmoothGrad: removing noise by adding noise, 2017.
    """

    def follow(forward: Forward, inputs: Tensor) -> Tensor:
        from captum.attr import NoiseTunnel, Saliency

        tunnel = NoiseTunnel(Saliency(forward))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            found: Tensor = tunnel.attribute(
                inputs,
                nt_type="smoothgrad",
                nt_samples=DRAWS,
                nt_samples_batch_size=_at_once(inputs, DRAWS),
                stdevs=NOISE * float(inputs.std()),
                abs=False,
            )
        return found

    return _sizes(score, stretch, follow, "smoothgrad")


def integrated_gradients(score: EventScore, stretch: Stretch, seed: int = 0) -> Attribution:
    """Return what each part adds to the score on the way from nothing to the stretch; see :func:`saliency`.

    Nothing is silence for a network of the signal, and a picture in the mean of its own pixels, lead by lead, for one
    of pictures. The sum over all parts is the score of the stretch less that of nothing.

    References
    ----------
    Sundararajan, Taly and Yan, Axiomatic attribution for deep networks, ICML 2017.
    """
    front, model = split_front(score.network)
    signal = _to_tensor(stretch)
    if _reads_pictures(front):
        pictures = _make_pictures(front, score, signal)
        nothing = pictures.mean(dim=(2, 3), keepdim=True).expand_as(pictures)
        changes = (pictures - nothing) * _integrate(PictureScore(score, model), pictures, nothing, PICTURE_STEPS)
        return carry_back(front, changes, stretch, "integrated-gradients")
    mean = _integrate(score, signal, torch.zeros_like(signal), STEPS)
    values, hertz = share_among_waves(stretch.signal, mean[0].numpy(), stretch.sampling_rate)
    return _attribute(values, hertz, stretch, "integrated-gradients")


def say_why_no_gradient(network: nn.Module) -> str | None:
    """Return why the answer of a network has no gradient; ``None`` where it follows its input smoothly.

    Examples
    --------
    >>> from ictal.models.tcn import TCN, TCNConfig
    >>> say_why_no_gradient(TCN(TCNConfig(n_channels=1))) is None
    True
    """
    is_fitted = getattr(split_front(network)[1], "kind", "waveform") == "estimator"
    return "its answer changes in steps" if is_fitted else None


SALIENCY = Method(say_why_no_gradient, saliency)
SMOOTHGRAD = Method(say_why_no_gradient, smoothgrad)
INTEGRATED_GRADIENTS = Method(say_why_no_gradient, integrated_gradients)


def _sizes(score: EventScore, stretch: Stretch, follow: Callable[[Forward, Tensor], Tensor], name: str) -> Attribution:
    front, model = split_front(score.network)
    signal = _to_tensor(stretch)
    if _reads_pictures(front):
        found = follow(PictureScore(score, model), _make_pictures(front, score, signal))
        return carry_back(front, found.abs(), stretch, name)
    values, hertz = size_of_waves(follow(score, signal)[0].numpy(), stretch.sampling_rate)
    return _attribute(values, hertz, stretch, name)


def _follow_gradient(forward: Forward, inputs: Tensor) -> Tensor:
    from captum.attr import Saliency

    found: Tensor = Saliency(forward).attribute(inputs.requires_grad_(), abs=False)
    return found


def _integrate(forward: Forward, inputs: Tensor, nothing: Tensor, n_steps: int) -> Tensor:
    """Return the mean gradient on the way."""
    from captum.attr import IntegratedGradients

    method = IntegratedGradients(forward, multiply_by_inputs=False)
    size = _at_once(inputs, n_steps) * len(inputs)
    found: Tensor = method.attribute(inputs, nothing, n_steps=n_steps, method="gausslegendre", internal_batch_size=size)
    return found.detach().float()


def _at_once(inputs: Tensor, most: int) -> int:
    """Return how many copies of the inputs are run at once."""
    return max(min(MOST_VALUES // inputs.numel(), most), 1)


def _reads_pictures(front: Any) -> bool:
    return getattr(front, "kind", None) == "picture"


def _make_pictures(front: Any, score: EventScore, signal: Tensor) -> Tensor:
    with torch.no_grad():
        pictures: Tensor = front(score.cut(signal).flatten(0, 1))
    return pictures


def _to_tensor(stretch: Stretch) -> Tensor:
    return torch.as_tensor(stretch.signal)[None]


def _attribute(values: np.ndarray[Any, Any], hertz: np.ndarray[Any, Any], stretch: Stretch, name: str) -> Attribution:
    return Attribution(values, stretch.start, COLUMN, stretch.leads, tuple(hertz.tolist()), name)
