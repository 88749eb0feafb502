"""A recording with annotations from somewhere else."""

from __future__ import annotations

from ictal.core.events import Annotations
from ictal.core.recording import Recording, RecordingView, Signal


class MarkedRecording(RecordingView):
    """A recording whose annotations are those given, in place of its own.

    Parameters
    ----------
    inner : Recording
    annotations : Annotations
        Over the recording's time axis.

    Examples
    --------
    >>> import numpy as np
    >>> from ictal.core.events import Event
    >>> plain = Recording.from_array(np.zeros((1, 8)), 4.0)
    >>> MarkedRecording(plain, Annotations([Event(0.5, 1.0)], 2.0)).annotations[0].onset
    0.5
    """

    def __init__(self, inner: Recording, annotations: Annotations) -> None:
        super().__init__(inner)
        self._annotations = annotations

    @property
    def annotations(self) -> Annotations:  # type: ignore[override]
        """What was marked."""
        return self._annotations

    def read_samples(self, first: int, last: int) -> Signal:
        return self.inner.read_samples(first, last)
