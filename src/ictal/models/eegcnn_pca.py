"""EEGCNN-PCA: three convolutions along the principal components of a window."""

from __future__ import annotations

from typing import ClassVar, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor

from ictal.models.eegcnn1d import make_blocks, make_classifier, require_halvings
from ictal.models.network import TableConfig, TableNetwork

WIDTHS = (16, 32, 64)


class EEGCNNPCAConfig(TableConfig):
    """What EEGCNN-PCA is built from.

    Attributes
    ----------
    n_features, n_classes : int
        Numbers of a window, 1024 in the study and at least 8, and columns of the logits.
    dropout : float
        How likely one of the numbers between the dense layers is left out.

    Examples
    --------
    >>> EEGCNNPCAConfig(n_features=1024).dropout
    0.5
    """

    dropout: float = Field(default=0.5, ge=0.0, lt=1.0)

    @model_validator(mode="after")
    def _features_outlast_the_halvings(self) -> Self:
        require_halvings(f"n_features {self.n_features}", self.n_features, len(WIDTHS))
        return self


class EEGCNNPCA(TableNetwork):
    """The convolutional network of the mouse study on principal components, in their order.

    Its first logit is 0, as that of :class:`ictal.models.eegcnn1d.EEGCNN1D`.

    Parameters
    ----------
    config : EEGCNNPCAConfig
        Sizes.

    References
    ----------
    The public code of the study of 30-second windows of mice with tuberous sclerosis complex: 1,061,825 parameters for
    1024 components.

    Examples
    --------
    >>> model = EEGCNNPCA(EEGCNNPCAConfig(n_features=1024)).eval()
    >>> model(torch.zeros(1, 1024)).shape, sum(weights.numel() for weights in model.parameters())
    (torch.Size([1, 1, 2]), 1061825)
    """

    Config: ClassVar[type[EEGCNNPCAConfig]] = EEGCNNPCAConfig

    def __init__(self, config: EEGCNNPCAConfig) -> None:
        super().__init__(config)
        columns = config.n_features >> len(WIDTHS)
        self.blocks = make_blocks(1, WIDTHS)
        self.classifier = make_classifier(WIDTHS[-1] * columns, config.n_classes, config.dropout)

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) of numbers (B, n_features)."""
        logits: Tensor = self.classifier(torch.flatten(self.blocks(examples[:, None, None]), 1))
        return logits
