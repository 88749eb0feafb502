"""The number that is explained: how clearly a network says seizure in the frames of an event."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch


class EventScore(nn.Module):
    """A network asked about one stretch: the mean log-odds of a class over the frames that are asked about.

    The log-odds, not the probability: where a network is sure, its probability hardly changes whatever is taken away.

    Parameters
    ----------
    network : Module
        From windows (B, C, T) to logits (B, n_frames, n_classes), in evaluation mode; its weights are not changed, and
        need no gradient.
    stretch : Stretch
        Says how windows lie in the signals that will come; they may be others of its length.
    target : int, optional
        The class that is asked about; all but the first together, where not given.

    Examples
    --------
    >>> import numpy as np
    >>> from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
    >>> network = EEGWaveNet(EEGWaveNetConfig(n_channels=2)).eval()
    >>> signal = np.zeros((2, 2048), np.float32)
    >>> stretch = Stretch(signal, 256.0, 0.0, ("F7-T7", "T7-P7"), 1024, 256, 1, slice(0, 5), (1.5, 6.5))
    >>> EventScore(network, stretch)(torch.randn(3, 2, 2048)).shape
    torch.Size([3])
    """

    def __init__(self, network: nn.Module, stretch: Stretch, target: int | None = None) -> None:
        super().__init__()
        n_classes = int(network.n_classes)  # type: ignore[arg-type]
        if target is not None and not 0 <= target < n_classes:
            raise ParameterError(f"target: class {target!r} is not allowed; the network knows 0 to {n_classes - 1}.")
        self.network = network.eval().requires_grad_(requires_grad=False)
        self.target = target
        self.window, self.hop, self.asked = stretch.window, stretch.hop, stretch.asked
        self.n_windows, self.one_frame = stretch.n_windows, stretch.n_frames == 1
        self.whole = bool(getattr(network, "dense", False)) and self.one_frame

    def forward(self, signal: Tensor) -> Tensor:
        """Return the score of each signal, shape (B,), from signals of shape (B, C, S)."""
        if self.whole or not self.one_frame:
            return self.judge(self.network(signal)[:, self.asked])
        logits = self.network(self.cut(signal).flatten(0, 1))
        return self.judge(logits.reshape(len(signal), self.n_windows, -1)[:, self.asked])

    def cut(self, signal: Tensor) -> Tensor:
        """Return the windows, shape (B, n_windows, C, T), of signals (B, C, S)."""
        return signal.unfold(2, self.window, self.hop).movedim(2, 1)

    def judge(self, logits: Tensor) -> Tensor:
        """Return the mean log-odds, shape (B,), of logits (B, n_frames, n_classes)."""
        classes = torch.arange(logits.shape[2], device=logits.device)
        asked = classes > 0 if self.target is None else classes == self.target
        log_odds = logits[..., asked].logsumexp(dim=2) - logits[..., ~asked].logsumexp(dim=2)
        return log_odds.mean(dim=1)


def split_front(network: nn.Module) -> tuple[Any, nn.Module]:
    """Return the features that a network stands behind, ``None`` where it reads the signal itself, and the network.

    Examples
    --------
    >>> from ictal.models.tcn import TCN, TCNConfig
    >>> split_front(TCN(TCNConfig(n_channels=1)))[0] is None
    True
    """
    front = getattr(network, "front", None)
    return front, network if front is None else network.model  # type: ignore[return-value]
