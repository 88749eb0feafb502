"""Plus and minus exchanged."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ictal.data.augmentation.augmentation import Augmentation
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch


class Polarity(Augmentation):
    """All channels turned upside down: which end of a dipole faces the skull is a matter of the fold it lies in.

    Examples
    --------
    >>> Polarity().probability
    0.5
    """

    augmentation: Literal["polarity"] = "polarity"

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows, upside down."""
        del draws
        return replace(batch, signal=-batch.signal)
