"""EEGLSTM: a recurrent network that reads the numbers of a window in steps."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field
from torch import Tensor, nn

from ictal.models.network import TableConfig, TableNetwork


class EEGLSTMConfig(TableConfig):
    """What EEGLSTM is built from.

    Attributes
    ----------
    n_features, n_classes : int
        Numbers of a window, 1024 in the study, and columns of the logits.
    step_features : int
        Numbers of a step, or all where there are fewer; zeros fill the last step up. With all in one step, as in the
        study, the recurrent weights say nothing.
    hidden : int
        Numbers that are remembered.
    dropout : float
        How likely one of them is left out at the end.

    Examples
    --------
    >>> EEGLSTMConfig(n_features=1024).n_steps, EEGLSTMConfig(n_features=1024, step_features=1024).n_steps
    (16, 1)
    """

    step_features: int = Field(default=64, gt=0)
    hidden: int = Field(default=64, gt=0)
    dropout: float = Field(default=0.3, ge=0.0, lt=1.0)

    @property
    def n_steps(self) -> int:
        """Steps that the numbers are read in."""
        return -(-self.n_features // self.step_features)


class EEGLSTM(TableNetwork):
    """The recurrent network of the mouse study on principal components.

    Its first logit is 0, as that of :class:`ictal.models.eegcnn1d.EEGCNN1D`.

    Parameters
    ----------
    config : EEGLSTMConfig
        Sizes and steps.

    References
    ----------
    The public code of the study of 30-second windows of mice with tuberous sclerosis complex: 279,105 parameters for
    1024 components in one step. Reading them in several steps is ours.

    Examples
    --------
    >>> import torch
    >>> model = EEGLSTM(EEGLSTMConfig(n_features=1024, step_features=1024)).eval()
    >>> model(torch.zeros(1, 1024)).shape, sum(weights.numel() for weights in model.parameters())
    (torch.Size([1, 1, 2]), 279105)
    """

    Config: ClassVar[type[EEGLSTMConfig]] = EEGLSTMConfig

    def __init__(self, config: EEGLSTMConfig) -> None:
        super().__init__(config)
        size = min(config.step_features, config.n_features)
        self.cut = Steps(config.n_features, size)
        self.lstm = nn.LSTM(size, config.hidden, batch_first=True)
        self.classifier = nn.Sequential(
            nn.Dropout(config.dropout), nn.Linear(config.hidden, config.n_classes - 1), nn.ConstantPad1d((1, 0), 0.0)
        )

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) of numbers (B, n_features)."""
        remembered, _ = self.lstm(self.cut(examples))
        logits: Tensor = self.classifier(remembered[:, -1])
        return logits


class Steps(nn.Module):
    """Numbers cut into steps of equal length, the last one filled up with zeros.

    Parameters
    ----------
    n_features, size : int
        Numbers, and how many of them make a step.

    Examples
    --------
    >>> import torch
    >>> Steps(5, size=3)(torch.tensor([[1.0, 2.0, 3.0, 4.0, 5.0]])).tolist()
    [[[1.0, 2.0, 3.0], [4.0, 5.0, 0.0]]]
    """

    def __init__(self, n_features: int, size: int) -> None:
        super().__init__()
        self.size = size
        self.fill = -n_features % size

    def forward(self, examples: Tensor) -> Tensor:
        """Return steps (B, n_steps, size) of numbers (B, n_features)."""
        return nn.functional.pad(examples, (0, self.fill)).reshape(examples.shape[0], -1, self.size)
