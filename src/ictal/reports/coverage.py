"""What of a recording was analysed, and what was not."""

from __future__ import annotations

from dataclasses import dataclass

from ictal.core.spans import Span, merge_spans, total_time
from ictal.detection.result import Detection
from ictal.plots.strips import unanalysed_spans


@dataclass(frozen=True)
class ArtefactShare:
    """One kind of artefact.

    Attributes
    ----------
    kind : str
        ``flat``, ``clipped``, ``disconnected`` …
    channels : tuple of str
        Those that have it, most affected first.
    seconds, share : float
        Time with the artefact in at least one channel, and its share of the recording.
    """

    kind: str
    channels: tuple[str, ...]
    seconds: float
    share: float


@dataclass(frozen=True)
class Coverage:
    """How much was looked at.

    Attributes
    ----------
    unanalysed : tuple of (start, stop)
        Stretches in seconds without an analysed frame, gaps among them.
    analysed : float
        Seconds.
    share : float
        Of the recording, 0 to 1.
    gap_time : float
        Seconds without signal.
    artefacts : tuple of ArtefactShare
        Most frequent first.
    """

    unanalysed: tuple[Span, ...]
    analysed: float
    share: float
    gap_time: float
    artefacts: tuple[ArtefactShare, ...]


def measure_coverage(detection: Detection) -> Coverage:
    """Measure what a detection looked at."""
    duration = detection.duration
    unanalysed = merge_spans([*unanalysed_spans(detection.scores, duration), *detection.gaps])
    analysed = duration - total_time(unanalysed)
    kinds = sorted({artefact.kind for artefact in detection.artefacts})
    shares = [_measure_kind(kind, detection) for kind in kinds]
    return Coverage(
        unanalysed=unanalysed,
        analysed=analysed,
        share=analysed / duration if duration > 0 else 0.0,
        gap_time=total_time(detection.gaps),
        artefacts=tuple(sorted(shares, key=lambda share: -share.seconds)),
    )


def _measure_kind(kind: str, detection: Detection) -> ArtefactShare:
    marks = [artefact for artefact in detection.artefacts if artefact.kind == kind]
    by_channel: dict[str, list[Span]] = {}
    for mark in marks:
        by_channel.setdefault(mark.channel, []).append((mark.start, mark.stop))
    seconds = total_time((mark.start, mark.stop) for mark in marks)
    return ArtefactShare(
        kind=kind,
        channels=tuple(sorted(by_channel, key=lambda channel: -total_time(by_channel[channel]))),
        seconds=seconds,
        share=seconds / detection.duration if detection.duration > 0 else 0.0,
    )
