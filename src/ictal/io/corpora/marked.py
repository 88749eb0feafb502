"""A recording with annotations from somewhere else."""

from __future__ import annotations

from collections.abc import Sequence

from ictal.core.events import Annotations
from ictal.core.recording import Recording, RecordingView, Signal

_LARGEST_SLIP = 1.0
"""Seconds; annotations are often over whole seconds."""


class MarkedRecording(RecordingView):
    """A recording whose annotations are those given, in place of its own.

    Parameters
    ----------
    inner : Recording
    annotations : Annotations
        In seconds of the recording. Where they are over another length than the signal, by a second or more, a note
        says so; both stay as they are.

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

    def select(self, labels: Sequence[str]) -> MarkedRecording:
        """Return the recording with some channels alone, in this order; the others are not read.

        Raises
        ------
        ParameterError
            If there is no such channel, or none is wanted.
        """
        return MarkedRecording(self.inner.select(labels), self._annotations)

    def own_notes(self) -> tuple[str, ...]:
        marked, held = self._annotations.duration, self.duration
        if abs(marked - held) < _LARGEST_SLIP:
            return ()
        return (f"annotations: are of {marked:g} s, the signal is {held:g} s long",)

    def read_samples(self, first: int, last: int) -> Signal:
        return self.inner.read_samples(first, last)
