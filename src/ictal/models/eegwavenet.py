"""EEGWaveNet: a pyramid of halvings in time, read at five scales.

Every stage halves the time axis of each channel by itself; the outputs of stages 2 to 6 each feed a branch of two
convolutions over all channels, and the mean of a branch over the window is its 32 features. A stage never looks across
the border of its pairs, so windows whose starts differ by a multiple of 64 samples share every map: a long signal is
run through once, and each window is a mean over a slice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.models.network import SignalConfig, require_whole_samples

N_STAGES = 6
STRIDE: int = 2**N_STAGES
"""Samples between two columns of the coarsest map; windows share maps where their starts differ by a multiple of it."""

BRANCH_WIDTH = 32
BRANCH_KERNEL = 4
BRANCH_LOSS = 2 * (BRANCH_KERNEL - 1)
"""Columns that the two convolutions of a branch take off its map."""

SHORTEST = STRIDE * (BRANCH_LOSS + 1)
"""Samples that leave one column on the coarsest map."""

_PUBLISHED_KEY = re.compile(r"(temp_conv|chpool|classifier)\.?(\d+)\.(.+)")


class EEGWaveNetConfig(SignalConfig):
    """What EEGWaveNet is built from.

    Attributes
    ----------
    n_channels, n_classes : int
        Channels of the signal and columns of the logits.
    sampling_rate : float
        Hz.
    window, hop : float
        Seconds that one frame looks at, and seconds between the starts of two frames; both whole numbers of samples,
        the window at least 448.

    Examples
    --------
    >>> config = EEGWaveNetConfig(n_channels=18)
    >>> config.window_samples, config.hop_samples
    (1024, 256)
    """

    hop: float = Field(default=1.0, gt=0.0)

    @property
    def hop_samples(self) -> int:
        """The hop in samples."""
        return round(self.hop * self.sampling_rate)

    @model_validator(mode="after")
    def _hop_is_whole_samples(self) -> Self:
        require_whole_samples("hop", self.hop, self.sampling_rate)
        if self.window_samples < SHORTEST:
            raise ValueError(f"window {self.window} s is {self.window_samples} samples; it must be at least {SHORTEST}")
        return self


class EEGWaveNet(nn.Module):
    """The EEGWaveNet classifier, window by window or densely over a long signal.

    Parameters
    ----------
    config : EEGWaveNetConfig
        Sizes, rate, window and hop.

    Attributes
    ----------
    n_classes : int
        Columns of the logits.
    sampling_rate : float
        Hz of the signal.
    frame_rate : float
        Frames per second.
    receptive_field : float
        Seconds that one frame looks at.
    dense : bool
        Whether it answers several windows at once: where window and hop are multiples of 64 samples.

    References
    ----------
    Thuwajit et al., EEGWaveNet: Multiscale CNN-Based Spatiotemporal Feature Extraction for EEG Seizure Detection,
    IEEE Trans. Industrial Informatics 2022. The published network ends in a log-softmax; this one returns logits.

    Examples
    --------
    >>> model = EEGWaveNet(EEGWaveNetConfig(n_channels=18)).eval()
    >>> model(torch.zeros(1, 18, 1024)).shape, model(torch.zeros(1, 18, 2560)).shape
    (torch.Size([1, 1, 2]), torch.Size([1, 7, 2]))
    """

    kind: ClassVar[Literal["waveform"]] = "waveform"
    Config: ClassVar[type[EEGWaveNetConfig]] = EEGWaveNetConfig

    def __init__(self, config: EEGWaveNetConfig) -> None:
        super().__init__()
        self.config = config
        self.n_classes = config.n_classes
        self.sampling_rate = config.sampling_rate
        self.frame_rate = 1.0 / config.hop
        self.receptive_field = config.window
        self.dense = config.window_samples % STRIDE == 0 and config.hop_samples % STRIDE == 0
        # Convolutions over pictures of height one: ONNX Runtime has its fast layout for two dimensions only, and runs
        # this graph in less than half the time of the same graph in one dimension.
        self.stages = nn.ModuleList(
            nn.Conv2d(config.n_channels, config.n_channels, (1, 2), stride=(1, 2), groups=config.n_channels)
            for _ in range(N_STAGES)
        )
        self.branches = nn.ModuleList(_make_branch(config.n_channels) for _ in range(N_STAGES - 1))
        self.classifier = nn.Sequential(
            nn.Linear(BRANCH_WIDTH * (N_STAGES - 1), 64),
            nn.LeakyReLU(0.01),
            nn.Linear(64, 32),
            nn.Sigmoid(),
            nn.Linear(32, config.n_classes),
        )

    def forward(self, signal: Tensor) -> Tensor:
        """Return the logits of every window.

        Parameters
        ----------
        signal : Tensor, shape (B, C, T)
            A signal shorter than the window, down to 448 samples, is one frame of its own length. In a longer one frame
            ``i`` is the window that starts at ``i * hop``; samples after the last whole window are not used.

        Returns
        -------
        Tensor, shape (B, n_frames, n_classes)

        Raises
        ------
        ParameterError
            If the signal is too short, has another number of channels, or holds more than one window where window and
            hop are not multiples of 64 samples.
        """
        logits: Tensor = self.classifier(self.extract_features(signal))
        return logits

    def extract_features(self, signal: Tensor) -> Tensor:
        """Return the branch means of every window, shape (B, n_frames, 160), from a signal of shape (B, C, T)."""
        self._check_signal(signal)
        n_samples, hop = signal.shape[2], self.config.hop_samples
        window = n_samples if n_samples < self.config.window_samples else self.config.window_samples
        if not self.dense:
            signal = signal[..., :window]
        maps = signal.unsqueeze(2)
        features = []
        for stage, halve in enumerate(self.stages, start=1):
            maps = halve(maps)
            if stage > 1:
                branch = self.branches[stage - 2](maps)
                columns, step = (window >> stage) - BRANCH_LOSS, max(hop >> stage, 1)
                features.append(nn.functional.avg_pool2d(branch, (1, columns), (1, step)))
        return torch.cat(features, dim=1).squeeze(2).transpose(1, 2)

    def _check_signal(self, signal: Tensor) -> None:
        if signal.ndim != 3 or signal.shape[1] != self.config.n_channels:
            raise ParameterError(
                f"signal: shape {tuple(signal.shape)} came; allowed is (batch, {self.config.n_channels}, samples)."
            )
        n_samples, window, hop = signal.shape[2], self.config.window_samples, self.config.hop_samples
        if n_samples < SHORTEST:
            raise ParameterError(f"signal: {n_samples} samples came; the shortest that is allowed is {SHORTEST}.")
        if not self.dense and n_samples >= window + hop:
            raise ParameterError(
                f"signal: {n_samples} samples came, more than one window of {window} at a hop of {hop}; "
                f"allowed only where both are multiples of {STRIDE}. Give one window at a time."
            )


def load_published(state_dict: Mapping[str, Tensor]) -> EEGWaveNet:
    """Return the network that a checkpoint of the original authors holds, in evaluation mode.

    Parameters
    ----------
    state_dict : mapping of str to Tensor
        The published keys (``temp_conv1.weight``, ``chpool1.0.weight``, ``classifier.0.weight``, …). Counters of
        batches may be missing.

    Returns
    -------
    EEGWaveNet
        With the channels and classes of the checkpoint, in its precision, at 256 Hz, a window of 4 s and a hop of 1 s.

    Raises
    ------
    ParameterError
        If a key or a shape is not that of the published network.
    """
    for key in ("temp_conv1.weight", "classifier.4.weight"):
        if key not in state_dict:
            raise ParameterError(f"state dict: key {key!r} is missing.")
    first, last = state_dict["temp_conv1.weight"], state_dict["classifier.4.weight"]
    model = EEGWaveNet(EEGWaveNetConfig(n_channels=len(first), n_classes=len(last))).to(first.dtype)
    ours = {
        _rename_published(key): value.unsqueeze(2) if value.ndim == 3 else value for key, value in state_dict.items()
    }
    try:
        model.load_state_dict(ours)
    except RuntimeError as error:
        raise ParameterError(f"state dict: {' '.join(str(error).split())}") from error
    return model.eval()


def _rename_published(key: str) -> str:
    found = _PUBLISHED_KEY.fullmatch(key)
    if found is None:
        raise ParameterError(
            f"state dict: key {key!r} is not allowed; allowed are temp_conv1 to temp_conv6, chpool1 to chpool5 and "
            "classifier, each followed by a layer's own name."
        )
    part, number, rest = found.groups()
    if part == "classifier":
        return f"classifier.{number}.{rest}"
    return f"{'stages' if part == 'temp_conv' else 'branches'}.{int(number) - 1}.{rest}"


def _make_branch(n_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(n_channels, BRANCH_WIDTH, (1, BRANCH_KERNEL)),
        nn.BatchNorm2d(BRANCH_WIDTH),
        nn.LeakyReLU(0.01),
        nn.Conv2d(BRANCH_WIDTH, BRANCH_WIDTH, (1, BRANCH_KERNEL)),
        nn.BatchNorm2d(BRANCH_WIDTH),
        nn.LeakyReLU(0.01),
    )
