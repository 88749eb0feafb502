"""A classifier on the encoder of BrainCodec: what each channel says, fused over channels, one answer a second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.models.braincodec import BrainCodecConfig, standardise
from ictal.models.codec_file import load_codec
from ictal.models.network import SignalConfig, SignalNetwork
from ictal.models.seanet import Encoder

POOL = 2


class BrainCodecClassifierConfig(SignalConfig):
    """What the classifier is built from.

    Attributes
    ----------
    n_channels, n_classes : int
        Channels of the signal and columns of the logits.
    sampling_rate : float
        Hz; encoders are trained at 512.
    window : float
        Seconds that are looked at, a whole number of label frames, and an even number of the encoder's frames.
    frame : float
        Seconds of a label.
    ratios, width, widest, dimension
        Of the encoder, as in :class:`ictal.models.braincodec.BrainCodecConfig`.
    hidden : int
        Width of the two dense layers.
    standardised : bool
        Whether each channel of a window is brought to mean 0 and deviation 1, as encoders are trained. Otherwise the
        network sees how large the signal is, and the chain in front of it has to bring it to about that size.
    pretrained : str, optional
        A bundled encoder to begin with; see :func:`ictal.models.codec_file.load_codec`. From scratch where not given.
    frozen : bool
        Whether the encoder is left as it is while the rest is trained.

    Examples
    --------
    >>> BrainCodecClassifierConfig(n_channels=18).n_frames
    4
    """

    sampling_rate: float = Field(default=512.0, gt=0.0)
    frame: float = Field(default=1.0, gt=0.0)
    ratios: tuple[int, ...] = (2, 2, 2, 2)
    width: int = 16
    widest: int = 256
    dimension: int = Field(default=64, gt=0)
    hidden: int = Field(default=128, gt=0)
    standardised: bool = True
    pretrained: str | None = None
    frozen: bool = False

    @property
    def codec(self) -> BrainCodecConfig:
        """What the encoder is built from."""
        return BrainCodecConfig(
            sampling_rate=self.sampling_rate,
            window=self.window,
            ratios=self.ratios,
            width=self.width,
            widest=self.widest,
            dimension=self.dimension,
        )

    @property
    def n_frames(self) -> int:
        """Labels of a window."""
        return round(self.window / self.frame)

    @model_validator(mode="after")
    def _frames_fit(self) -> Self:
        if abs(self.window / self.frame - self.n_frames) > 1e-6 or self.n_frames < 1:
            raise ValueError(f"window {self.window:g} s must be a whole number of frames of {self.frame:g} s")
        if self.codec.n_frames % POOL:
            raise ValueError(
                f"window {self.window:g} s is {self.codec.n_frames} frames of the encoder; their number must be even"
            )
        return self


class BrainCodecClassifier(SignalNetwork):
    """The classifier: an encoder for each channel by itself, one convolution over channels, three dense layers.

    Parameters
    ----------
    config : BrainCodecClassifierConfig
        Sizes, rate, window and frame; where the encoder begins and whether it is trained.

    Attributes
    ----------
    frame_rate, receptive_field : float
        Labels per second, and the seconds that each of them looks at: the whole window.

    References
    ----------
    Carzaniga et al., The case for cleaner biosignals: high-fidelity neural compression for EEG/iEEG transfer, ICLR
    2025: the encoder. Goh et al., Spatio-spectral representation learning for electroencephalographic gait-pattern
    classification, IEEE Trans. Neural Syst. Rehabil. Eng. 2018: the fusion over channels. The public classifier takes
    the axes of channels and numbers one for the other in front of the fusion, and answers one number for four labels;
    here the axes are kept and each second has its logits. That the signal is standardised inside is ours.

    Examples
    --------
    >>> import torch
    >>> model = BrainCodecClassifier(BrainCodecClassifierConfig(n_channels=18)).eval()
    >>> model(50 * torch.randn(2, 18, 2048)).shape
    torch.Size([2, 4, 2])
    """

    kind: ClassVar[Literal["frames"]] = "frames"
    Config: ClassVar[type[BrainCodecClassifierConfig]] = BrainCodecClassifierConfig
    config: BrainCodecClassifierConfig

    def __init__(self, config: BrainCodecClassifierConfig) -> None:
        super().__init__(config)
        self.config = config
        self.frame_rate = 1.0 / config.frame
        self.encoder = Encoder(config.codec)
        self.fusion = nn.Conv2d(config.dimension, config.dimension, (config.n_channels, 1))
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.MaxPool1d(POOL),
            nn.Linear(config.dimension * config.codec.n_frames // POOL, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, config.n_frames * config.n_classes),
        )
        if config.pretrained is not None:
            self.load_encoder(load_codec(config.pretrained).encoder.state_dict())
        self.encoder.requires_grad_(not config.frozen)

    def load_encoder(self, state_dict: Mapping[str, Tensor]) -> None:
        """Take the weights of an encoder, such as that of a codec with the same ratios.

        Parameters
        ----------
        state_dict : mapping of str to Tensor
            Of an :class:`ictal.models.braincodec.Encoder`.

        Raises
        ------
        ParameterError
            If a key or a shape is not that of the encoder.
        """
        try:
            self.encoder.load_state_dict(dict(state_dict))
        except RuntimeError as error:
            raise ParameterError(f"state dict: {' '.join(str(error).split())}") from error

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits: (B, C, T) → (B, n_frames, n_classes)."""
        logits: Tensor = self.classifier(self.fuse(self.encode(examples)))
        return logits.view(-1, self.config.n_frames, self.n_classes)

    def encode(self, signal: Tensor) -> Tensor:
        """Return what each channel says: (B, C, T) → (B, C, dimension, steps)."""
        seen = standardise(signal).signal if self.config.standardised else signal
        latent: Tensor = self.encoder(seen.flatten(0, 1).unsqueeze(1))
        return latent.view(-1, self.config.n_channels, *latent.shape[1:])

    def fuse(self, latent: Tensor) -> Tensor:
        """Return what all channels say together: (B, C, dimension, steps) → (B, dimension, steps)."""
        fused: Tensor = self.fusion(latent.transpose(1, 2))
        return fused.squeeze(2)
