"""Stretches of time as ``(start, stop)`` pairs in seconds: half-open, sorted, disjoint."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[float, float]


def merge_spans(spans: Iterable[Span], gap: float = 0.0) -> tuple[Span, ...]:
    """Sort spans, drop the empty ones and join those that are at most `gap` seconds apart.

    Examples
    --------
    >>> merge_spans([(5.0, 6.0), (0.0, 2.0), (1.0, 3.0)])
    ((0.0, 3.0), (5.0, 6.0))
    """
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if stop <= start:
            continue
        if merged and start - merged[-1][1] <= gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return tuple(merged)


def complement_spans(spans: Iterable[Span], start: float, stop: float) -> tuple[Span, ...]:
    """Return what of ``[start, stop)`` no span covers.

    Examples
    --------
    >>> complement_spans([(2.0, 3.0)], 0.0, 10.0)
    ((0.0, 2.0), (3.0, 10.0))
    """
    free: list[Span] = []
    position = start
    for first, last in merge_spans(spans):
        if first > position:
            free.append((position, min(first, stop)))
        position = max(position, last)
        if position >= stop:
            break
    if position < stop:
        free.append((position, stop))
    return tuple(span for span in free if span[1] > span[0])


def intersect_spans(spans: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """Return the time that both lists cover.

    Examples
    --------
    >>> intersect_spans([(0.0, 4.0)], [(1.0, 2.0), (3.0, 9.0)])
    ((1.0, 2.0), (3.0, 4.0))
    """
    left, right = merge_spans(spans), merge_spans(others)
    shared: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, stop = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < stop:
            shared.append((start, stop))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(shared)


def total_time(spans: Iterable[Span]) -> float:
    """Return the seconds that the spans cover together, overlaps counted once.

    Examples
    --------
    >>> total_time([(0.0, 2.0), (1.0, 3.0)])
    3.0
    """
    return sum(stop - start for start, stop in merge_spans(spans))
