"""How far readers agree: on events, on seconds and on edges, and where they do not."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.review.decision import encode_event
from ictal.review.items import Item
from ictal.review.kappa import Kappa, cohen_kappa, fleiss_kappa, pooled_kappa, positive_agreement
from ictal.review.things import Answer, Thing, gather_things

SAID: dict[Answer, str] = {"seizure": "yes", "no seizure": "no", "undecided": "?"}
"""Answer → how a table tells it."""


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How far two readers agree.

    Parameters
    ----------
    first, second : str
        Their names.
    both, first_alone, second_alone, neither : int
        How many things both, one or none of them call a seizure; those that one has not decided are left out.
    events, seconds : Kappa
        Cohen's kappa of the things, and of all seconds of all recordings.
    positive : float or None
        The share of common ones in the things that either calls a seizure.
    onset_difference, end_difference : float or None
        Median distance in seconds where both call it a seizure.
    """

    first: str
    second: str
    both: int
    first_alone: int
    second_alone: int
    neither: int
    events: Kappa
    seconds: Kappa
    positive: float | None
    onset_difference: float | None
    end_difference: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that readers do not agree on.

    Parameters
    ----------
    recording : str
        The place of the recording's results.
    item : str
        The name of what was proposed; of the first event where readers made it.
    event : Event
        As it was proposed, or as the first reader made it.
    answers : mapping of str to str
        Reader → ``seizure``, ``no seizure`` or ``undecided``.
    """

    recording: str
    item: str
    event: Event
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far all readers agree.

    Parameters
    ----------
    readers : tuple of str
    n_things, n_seconds : int
        How many things and seconds there are to agree on.
    undecided : mapping of str to int
        Reader → how many things are not decided.
    pairs : tuple of PairAgreement
        Each pair of readers.
    all_readers : Kappa or None
        Fleiss' kappa of the things that all have decided; ``None`` for fewer than three readers.
    differences : tuple of Difference
        By recording and time.
    """

    readers: tuple[str, ...]
    n_things: int
    n_seconds: int
    undecided: Mapping[str, int]
    pairs: tuple[PairAgreement, ...]
    all_readers: Kappa | None
    differences: tuple[Difference, ...]


def agree(readers: Mapping[str, Sequence[Item]], durations: Mapping[str, float]) -> Agreement:
    """Compare what readers made of the same proposals.

    The things to agree on are all that was proposed and every seizure that a reader added, as
    :func:`ictal.review.things.gather_things` puts them together. The hours in which nobody saw anything are none.

    Parameters
    ----------
    readers : mapping of str to sequence of Item
        Reader → all items as the reader left them; two readers or more.
    durations : mapping of str to float
        Recording → seconds; of all recordings that were reviewed, those without items too.

    Returns
    -------
    Agreement
        Seconds are those of SzCORE: seizure where more than half of one is; the undecided ones of a pair are left out.

    Raises
    ------
    ParameterError
        If there are fewer than two readers.

    References
    ----------
    See :mod:`ictal.review.kappa`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from ictal.review.items import propose
    >>> proposed = propose("night", "line-length", [Event(10.0, 30.0), Event(90.0, 20.0), Event(200.0, 5.0)])
    >>> anna = [replace(item, verdict=said) for item, said in zip(proposed, ("accepted", "accepted", "rejected"))]
    >>> ben = [replace(item, verdict=said) for item, said in zip(proposed, ("accepted", "rejected", "rejected"))]
    >>> agreement = agree({"anna": anna, "ben": ben}, {"night": 600.0})
    >>> round(agreement.pairs[0].events.value, 2), round(agreement.pairs[0].seconds.value, 2)
    (0.4, 0.73)
    >>> agreement.differences[0].answers
    {'anna': 'seizure', 'ben': 'no seizure'}
    """
    if len(readers) < 2:
        raise ParameterError(f"readers: {len(readers)} came; agreement needs two or more.")
    names = tuple(readers)
    things = gather_things(readers)
    answers = [{name: thing.answer(name) for name in names} for thing in things]
    seconds = {name: _mark_seconds(items, durations) for name, items in readers.items()}
    return Agreement(
        readers=names,
        n_things=len(things),
        n_seconds=sum(len(marks) for marks in seconds[names[0]]),
        undecided={name: sum(said[name] == "undecided" for said in answers) for name in names},
        pairs=tuple(_compare_pair(*pair, things, answers, seconds) for pair in itertools.combinations(names, 2)),
        all_readers=_compare_all(answers) if len(names) > 2 else None,
        differences=tuple(
            Difference(thing.recording, thing.name, thing.event, said)
            for thing, said in zip(things, answers, strict=True)
            if {"seizure", "no seizure"} <= set(said.values())
        ),
    )


def encode_agreement(agreement: Agreement, name_recording: Callable[[str], str] = str) -> dict[str, Any]:
    """Return the agreement as plain values, ready for JSON.

    Parameters
    ----------
    agreement : Agreement
        From :func:`agree`.
    name_recording : callable, optional
        What a recording is called; its place, where it is not given.

    Examples
    --------
    >>> encode_agreement(agree({"anna": [], "ben": []}, {}))["pairs"][0]["events"]["reason"]
    'there is nothing to agree on'
    """
    return {
        "readers": list(agreement.readers),
        "n_things": agreement.n_things,
        "n_seconds": agreement.n_seconds,
        "undecided": dict(agreement.undecided),
        "pairs": [asdict(pair) for pair in agreement.pairs],
        "all_readers": None if agreement.all_readers is None else asdict(agreement.all_readers),
        "differences": [
            {
                "recording": name_recording(one.recording),
                "item": one.item,
                "event": encode_event(one.event),
                "answers": dict(one.answers),
            }
            for one in agreement.differences
        ],
    }


def tell_agreement(agreement: Agreement, name_recording: Callable[[str], str] = str) -> str:
    """Return the agreement as text of several lines.

    Parameters
    ----------
    agreement, name_recording
        See :func:`encode_agreement`.

    Examples
    --------
    >>> print(tell_agreement(agree({"anna": [], "ben": []}, {"night": 7200.0})))
    2 readers, 0 things to agree on, 2.00 h
    <BLANKLINE>
    readers     both  one alone  neither  kappa of events  kappa of seconds  positive  onset  end
    anna – ben     0      0 + 0        0              n/a               n/a       n/a    n/a  n/a
    <BLANKLINE>
    kappa of events: there is nothing to agree on
    kappa of seconds: the readers say the same of everything, so that chance explains all agreement
    """
    parts = [_tell_extent(agreement), *_tell_pairs(agreement)]
    if agreement.all_readers is not None:
        parts += ["", f"Fleiss' kappa of all readers: {_tell_kappa(agreement.all_readers)}"]
    notes = dict.fromkeys(_tell_notes(agreement))
    parts += ["", *notes] if notes else []
    if agreement.differences:
        parts += ["", f"they differ on {len(agreement.differences)}:"]
        rows = [("recording", "from", "to", "type", *agreement.readers)]
        rows += [_tell_difference(one, agreement.readers, name_recording) for one in agreement.differences]
        parts += _align(rows, n_left=1)
    return "\n".join(parts)


def _tell_extent(agreement: Agreement) -> str:
    undecided = [f"{name} has not decided {number}" for name, number in agreement.undecided.items() if number]
    extent = f"{len(agreement.readers)} readers, {agreement.n_things} things to agree on"
    return "; ".join([f"{extent}, {agreement.n_seconds / 3600:.2f} h", *undecided])


def _tell_pairs(agreement: Agreement) -> list[str]:
    heads = (
        "readers",
        "both",
        "one alone",
        "neither",
        "kappa of events",
        "kappa of seconds",
        "positive",
        "onset",
        "end",
    )
    rows = [heads]
    for pair in agreement.pairs:
        rows.append(
            (
                f"{pair.first} – {pair.second}",
                str(pair.both),
                f"{pair.first_alone} + {pair.second_alone}",
                str(pair.neither),
                _tell_kappa(pair.events),
                _tell_kappa(pair.seconds),
                _tell_number(pair.positive, ".2f"),
                _tell_number(pair.onset_difference, ".1f", " s"),
                _tell_number(pair.end_difference, ".1f", " s"),
            )
        )
    return ["", *_align(rows, n_left=1)]


def _tell_notes(agreement: Agreement) -> Iterator[str]:
    for pair in agreement.pairs:
        for name, kappa in (("events", pair.events), ("seconds", pair.seconds)):
            why = kappa.reason or f"95 % interval, {kappa.method}"
            yield f"kappa of {name}: {why}"
    if agreement.all_readers is not None and agreement.all_readers.reason:
        yield f"Fleiss' kappa: {agreement.all_readers.reason}"


def _tell_difference(one: Difference, readers: Sequence[str], name_recording: Callable[[str], str]) -> tuple[str, ...]:
    times = (f"{one.event.onset:.2f} s", f"{one.event.stop:.2f} s")
    return (name_recording(one.recording), *times, one.event.event_type, *(SAID[one.answers[name]] for name in readers))


def _tell_kappa(kappa: Kappa) -> str:
    if kappa.value is None or kappa.low is None or kappa.high is None:
        return _tell_number(kappa.value, ".2f")
    return f"{kappa.value:.2f} ({kappa.low:.2f} to {kappa.high:.2f})"


def _tell_number(value: float | None, form: str, unit: str = "") -> str:
    return "n/a" if value is None else f"{value:{form}}{unit}"


def _align(rows: Sequence[tuple[str, ...]], n_left: int) -> list[str]:
    """Return rows as lines of columns; all but the first `n_left` are set to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if number < n_left else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _compare_all(answers: Sequence[Mapping[str, Answer]]) -> Kappa:
    decided = [Counter(said.values()) for said in answers if "undecided" not in said.values()]
    return fleiss_kappa([[said["seizure"], said["no seizure"]] for said in decided])


def _mark_seconds(items: Sequence[Item], durations: Mapping[str, float]) -> list[NDArray[np.int8]]:
    """Return for each recording what the reader says of each second: 1 seizure, 0 none, -1 undecided."""
    marks = []
    for recording, duration in durations.items():
        here = [item for item in items if item.recording == recording]
        seizures = [item.event for item in here if item.verdict == "accepted" and item.event.is_seizure]
        undecided = [item.event for item in here if not item.is_decided]
        mark = np.where(Annotations(undecided, duration).mask(1.0), -1, 0)
        marks.append(np.where(Annotations(seizures, duration).mask(1.0), 1, mark).astype(np.int8))
    return marks


def _compare_pair(
    first: str,
    second: str,
    things: Sequence[Thing],
    answers: Sequence[Mapping[str, Answer]],
    seconds: Mapping[str, Sequence[NDArray[np.int8]]],
) -> PairAgreement:
    table = Counter((said[first], said[second]) for said in answers)
    both, neither = table["seizure", "seizure"], table["no seizure", "no seizure"]
    alone = table["seizure", "no seizure"], table["no seizure", "seizure"]
    shared = [
        (thing.span(first), thing.span(second))
        for thing, said in zip(things, answers, strict=True)
        if said[first] == said[second] == "seizure"
    ]
    marks = zip(seconds[first], seconds[second], strict=True)
    return PairAgreement(
        first,
        second,
        both,
        *alone,
        neither,
        events=cohen_kappa(both, *alone, neither),
        seconds=pooled_kappa([_cross_seconds(*pair) for pair in marks]),
        positive=positive_agreement(both, *alone),
        onset_difference=_median([abs(one[0] - other[0]) for one, other in shared]),
        end_difference=_median([abs(one[1] - other[1]) for one, other in shared]),
    )


def _cross_seconds(first: NDArray[np.int8], second: NDArray[np.int8]) -> list[int]:
    cells = ((1, 1), (1, 0), (0, 1), (0, 0))
    return [int(np.count_nonzero((first == one) & (second == other))) for one, other in cells]


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None
