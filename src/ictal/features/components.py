"""Principal components of whole windows, fitted elsewhere and frozen here."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

import torch
from numpy.typing import ArrayLike
from pydantic import Field, model_validator
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.features.front import Front, FrontConfig


class ComponentsConfig(FrontConfig):
    """How many components.

    Attributes
    ----------
    n_channels, sampling_rate, window
        See :class:`ictal.features.front.FrontConfig`.
    n_components : int
        At most the samples of all channels of a window; no more than windows of training can be fitted.

    Examples
    --------
    >>> ComponentsConfig(n_channels=1, sampling_rate=128.0, window=30.0).n_components
    1024
    """

    n_components: int = Field(default=1024, gt=0)

    @property
    def n_values(self) -> int:
        """The samples of all channels of a window."""
        return self.n_channels * self.window_samples

    @model_validator(mode="after")
    def _no_more_than_values(self) -> Self:
        if self.n_components > self.n_values:
            raise ValueError(
                f"n_components {self.n_components} came; a window of {self.n_channels} channels and "
                f"{self.window_samples} samples has at most {self.n_values}"
            )
        return self


class Components(Front):
    """Scaling and principal components as one linear map, which is fitted to the windows of training and never trained.

    Parameters
    ----------
    config : ComponentsConfig

    Attributes
    ----------
    offset, gain : Tensor, shape (C * T,)
        Of the samples of a window, channel after channel.
    components : Tensor, shape (n_components, C * T)

    Examples
    --------
    >>> front = Components(ComponentsConfig(n_channels=1, sampling_rate=2.0, window=1.0, n_components=1))
    >>> front.load(offset=[1.0, 1.0], gain=[2.0, 4.0], components=[[0.6, 0.8]])
    >>> front(torch.tensor([[[2.0, 2.0]]]))
    tensor([[4.4000]])
    """

    kind: ClassVar[Literal["table"]] = "table"
    Config: ClassVar[type[ComponentsConfig]] = ComponentsConfig
    config: ComponentsConfig
    offset: Tensor
    gain: Tensor
    components: Tensor

    def __init__(self, config: ComponentsConfig) -> None:
        super().__init__(config, (config.n_components,))
        self.register_buffer("offset", torch.full((config.n_values,), torch.nan))
        self.register_buffer("gain", torch.full((config.n_values,), torch.nan))
        self.register_buffer("components", torch.full((config.n_components, config.n_values), torch.nan))
        self.is_loaded = False
        self.register_load_state_dict_post_hook(_notice_what_came)  # type: ignore[no-untyped-call]

    def load(self, offset: ArrayLike, gain: ArrayLike, components: ArrayLike) -> None:
        """Take what was fitted, for example the parts of a :class:`ictal.data.tabular.LinearMap`.

        Parameters
        ----------
        offset, gain : array_like, shape (C * T,)
            What is taken away from the samples, and what they are multiplied with then.
        components : array_like, shape (n_components, C * T)

        Raises
        ------
        ParameterError
            If a shape is another, or a value is not finite.
        """
        came = {
            name: torch.as_tensor(values)
            for name, values in {"offset": offset, "gain": gain, "components": components}.items()
        }
        for name, values in came.items():
            allowed = tuple(self.get_buffer(name).shape)
            if tuple(values.shape) != allowed:
                raise ParameterError(f"{name}: shape {tuple(values.shape)} came; allowed is {allowed}.")
            if not values.isfinite().all():
                raise ParameterError(f"{name}: values that are not finite came; none is allowed.")
        self.load_state_dict(came)

    def extract(self, signal: Tensor) -> Tensor:
        """Return the components, shape (B, n_components), of windows (B, C, T).

        Raises
        ------
        ParameterError
            If nothing was loaded yet.
        """
        if not self.is_loaded:
            raise ParameterError("components: they are not fitted yet; load them first.")
        scaled = (signal.flatten(1) - self.offset) * self.gain
        return nn.functional.linear(scaled, self.components)


def _notice_what_came(front: nn.Module, _: object) -> None:
    """Tell from weights that were loaded from a file whether they were fitted."""
    if isinstance(front, Components):
        front.is_loaded = all(bool(buffer.isfinite().all()) for buffer in front.buffers())
