"""Power on a logarithmic scale."""

from __future__ import annotations

from array_api_compat import array_namespace

from ictal.features.stft import Array

QUIETEST = 1e-10
"""What librosa takes for silence."""


def power_to_decibels(
    power: Array, *, reference: float | Array = 1.0, floor: float = QUIETEST, span: float | None = None
) -> Array:
    """Return ten times the decimal logarithm of power over a reference.

    Parameters
    ----------
    power : array
        Of any shape, none negative.
    reference : float or array
        What 0 dB is; ``power.max()`` for decibels under the maximum.
    floor : float
        Power and reference are at least this.
    span : float, optional
        Decibels under the maximum of the whole array below which nothing goes.

    Returns
    -------
    array
        Of the same shape.

    References
    ----------
    Equal to ``librosa.power_to_db`` with `amin` and `top_db`.

    Examples
    --------
    >>> import numpy as np
    >>> power_to_decibels(np.array([0.0, 1.0, 100.0]), span=40.0)
    array([-20.,   0.,  20.])
    """
    xp = array_namespace(power)
    zero = xp.asarray(reference, dtype=power.dtype, device=power.device)
    levels = 10.0 * (xp.log10(xp.clip(power, min=floor)) - xp.log10(xp.clip(zero, min=floor)))
    return levels if span is None else xp.maximum(levels, xp.max(levels) - span)
