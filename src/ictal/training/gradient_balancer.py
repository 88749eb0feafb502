"""Several losses of one output, each with its share of the gradient whatever its own scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from ictal.core.errors import ParameterError


class GradientBalancer:
    """Combine the gradients of several losses so that each has the norm that its weight says.

    A loss counts by its gradient with respect to the output, divided by the running mean of that gradient's norm; so
    its weight is a share of the whole, and need not follow what unit it has or how small it has become.

    Parameters
    ----------
    weights : mapping of str to float
        What each loss counts, against the sum of those that are given in a step; one of 0 is left out.
    decay : float
        Of the running mean of the norms.
    norm : float
        Of the combined gradient, for each example.

    References
    ----------
    Défossez et al., High fidelity neural audio compression, TMLR 2023, section 3.4.

    Examples
    --------
    >>> balancer = GradientBalancer({"near": 3.0, "far": 1.0})
    >>> output = torch.zeros(1, 2, requires_grad=True)
    >>> balancer.combine({"near": 1e-4 * output[0, 0], "far": 1e4 * output[0, 1]}, output)
    tensor([[0.7500, 0.2500]])
    """

    def __init__(self, weights: Mapping[str, float], *, decay: float = 0.999, norm: float = 1.0) -> None:
        wrong = [name for name, weight in weights.items() if not 0.0 <= weight < float("inf")]
        if wrong or not any(weights.values()):
            came = ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
            raise ParameterError(f"weights: {came} came; each must be 0 or more, and one above 0.")
        self.weights = dict(weights)
        self.decay = decay
        self.norm = norm
        self._sums: dict[str, float] = {}
        self._counts: dict[str, float] = {}

    def combine(self, losses: Mapping[str, Tensor], output: Tensor) -> Tensor:
        """Return the gradient that the output is to be given; what lies behind the output is not touched.

        Parameters
        ----------
        losses : mapping of str to Tensor
            Scalars by names of the weights.
        output : Tensor, shape (N, ...)
            What they are losses of.

        Returns
        -------
        Tensor, shape (N, ...)
        """
        counted = {name: loss for name, loss in losses.items() if self.weights[name] > 0.0}
        total = sum(self.weights[name] for name in counted)
        combined = torch.zeros_like(output)
        for name, loss in counted.items():
            (gradient,) = torch.autograd.grad(loss, output, retain_graph=True)
            usual = self._follow(name, float(gradient.flatten(1).norm(dim=1).mean()))
            if usual > 0.0:
                combined += gradient * (self.norm * self.weights[name] / total / usual)
        return combined

    def _follow(self, name: str, norm: float) -> float:
        """Return the running mean of the norm of a loss; the first ones count as many as there are."""
        self._sums[name] = self.decay * self._sums.get(name, 0.0) + norm
        self._counts[name] = self.decay * self._counts.get(name, 0.0) + 1.0
        return self._sums[name] / self._counts[name]

    def encode(self) -> dict[str, Any]:
        """Return what it has seen, as plain values."""
        return {"sums": dict(self._sums), "counts": dict(self._counts)}

    def restore(self, seen: Mapping[str, Any]) -> None:
        """Go on from what :meth:`encode` returned."""
        self._sums, self._counts = dict(seen["sums"]), dict(seen["counts"])
