"""What is known of one prepared recording before any of its samples is read."""

from __future__ import annotations

from dataclasses import dataclass

from ictal.core.events import Annotations
from ictal.core.spans import Span


@dataclass(frozen=True, slots=True)
class PreparedRecording:
    """One recording after the chain of preprocessing, as a store holds it.

    Parameters
    ----------
    name : str
        Unique in the store.
    subject : str
        The person or animal; no subject stands on both sides of a split.
    session : str
    split : str
        The owner's official split, or ``""``.
    channels : tuple of str
        The rows of its signal.
    sampling_rate : float
        Hz, after the chain.
    n_samples : int
    annotations : Annotations
        In seconds of this recording.
    gaps : tuple of (start, stop)
        Seconds without signal; no window is cut there.

    Examples
    --------
    >>> PreparedRecording("a", "anna", "1", "", ("C3",), 256.0, 512, Annotations((), 2.0)).duration
    2.0
    """

    name: str
    subject: str
    session: str
    split: str
    channels: tuple[str, ...]
    sampling_rate: float
    n_samples: int
    annotations: Annotations
    gaps: tuple[Span, ...] = ()

    @property
    def duration(self) -> float:
        """Seconds, gaps included."""
        return self.n_samples / self.sampling_rate
