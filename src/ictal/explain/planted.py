"""Where a simulated seizure is: which leads see it, from when to when, in which band.

The phantom's record of a recording says how it was made, so its seizures are had again from their seed, and what the
electrodes see of one is made without anything else. What comes with a seizure and is not its discharge, such as tense
muscles, a weakened background and the slowing behind it, is not counted as its place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.channels import parse_labels
from ictal.core.electrodes import SCALP_19
from ictal.core.errors import IctalError, ParameterError, RecordingError
from ictal.core.spans import Span, intersect_spans
from ictal.explain.truth import Planted
from ictal.simulation.rodent_seizures import AnimalSeizure, place_spike_trains
from ictal.simulation.seizure import Seizure, place_seizures
from ictal.simulation.seizures import discharge
from ictal.simulation.subject import Epilepsy, Habits, Rhythms, Sleep, Subject

Values = NDArray[np.float64]

SEEN = 0.5
"""A lead takes part if its root mean square is at least this share of that of the lead that sees most."""

MIDDLE = (0.1, 0.9)
"""The band of a discharge lies between the frequencies below which these shares of its power are."""

RATE = 256.0


def read_seizures(record: Path | str) -> tuple[Seizure | AnimalSeizure, ...]:
    """Return the seizures of a simulated recording, from the phantom's record (``_desc-truth_phantom.json``).

    Parameters
    ----------
    record : path

    Raises
    ------
    RecordingError
        If it is no such record.
    """
    path = Path(record)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        count, duration, seed = content["n_seizures"], content["duration"], content["seed"]
        if "subject" not in content:
            return place_spike_trains(count, duration, np.random.default_rng([seed, 2]))
        return place_seizures(count, duration, _read_subject(content["subject"]), seed)
    except (OSError, ValueError, KeyError, TypeError, IctalError):
        raise RecordingError("is no record of how `ictal simulate` made a recording", file=path) from None


def describe_planted(seizure: Seizure | AnimalSeizure, leads: tuple[str, ...], asked: Span) -> Planted:
    """Return where a simulated seizure is within the seconds that are asked about.

    Parameters
    ----------
    seizure : Seizure or AnimalSeizure
    leads : tuple of str
        ``F7-T7``, or an electrode against any reference. Those that see at least half of what the best one sees of the
        discharge take part; where leads name no electrodes, none is told from the others.
    asked : (start, stop)
        Seconds of the recording. Of the seizure that part counts for leads and band.

    Raises
    ------
    ParameterError
        If the seizure is not in these seconds.

    Examples
    --------
    >>> seizure = Seizure(20.0, 60.0, focus="T7", crossing=1.0)
    >>> early = describe_planted(seizure, ("F7-T7", "T7-P7", "T8-P8"), (20.0, 30.0))
    >>> early.leads, 3.0 < early.band[0] < early.band[1] < 12.0
    (('F7-T7', 'T7-P7'), True)
    """
    inside = intersect_spans([seizure.span], [asked])
    if not inside:
        raise ParameterError(f"asked: {asked[0]:g} to {asked[1]:g} s is outside the seizure at {seizure.onset:g} s.")
    seen, named = _see(seizure, leads)
    first, last = (round((second - seizure.onset) * RATE) for second in inside[0])
    waves = seen[:, first:last]
    height = np.sqrt((waves**2).mean(axis=1))
    takes_part = height >= SEEN * height.max()
    chosen = tuple(lead for lead, part in zip(leads, takes_part, strict=True) if part) if named else ()
    return Planted(chosen, seizure.span, _band(waves[takes_part]))


def _see(seizure: Seizure | AnimalSeizure, leads: tuple[str, ...]) -> tuple[Values, bool]:
    """Return what leads see of a discharge, shape (n_leads, n_samples), and whether they are known from each other."""
    if not isinstance(seizure, Seizure):
        course = seizure.course(RATE, np.random.default_rng(0))
        return np.tile(course, (len(leads), 1)), False
    electrodes = discharge(seizure, 1.0, RATE, [0])
    electrodes = electrodes - electrodes.mean(axis=0)
    derivations = parse_labels(leads)
    weights = np.zeros((len(leads), len(SCALP_19)))
    for row, derivation in enumerate(derivations):
        if derivation is None or derivation.anode not in SCALP_19:
            return np.tile(electrodes[np.abs(electrodes).max(axis=1).argmax()], (len(leads), 1)), False
        weights[row, SCALP_19.index(derivation.anode)] = 1.0
        if derivation.cathode in SCALP_19:
            weights[row, SCALP_19.index(derivation.cathode)] = -1.0
    return weights @ electrodes, True


def _band(waves: Values) -> tuple[float, float]:
    """Return between which frequencies the middle of the power of some rows lies."""
    n_samples = waves.shape[1]
    size = max(n_samples, round(4 * RATE))
    power = (np.abs(np.fft.rfft(waves * np.hanning(n_samples), size)) ** 2).sum(axis=0)
    share = np.cumsum(power) / power.sum()
    low, high = (float(np.searchsorted(share, limit)) * RATE / size for limit in MIDDLE)
    return low, max(high, low + RATE / size)


def _read_subject(content: Mapping[str, Any]) -> Subject:
    epilepsy: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in content["epilepsy"].items()
    }
    return Subject(
        content["population"],
        Rhythms(**content["rhythms"]),
        Sleep(**content["sleep"]),
        Habits(**content["habits"]),
        Epilepsy(**epilepsy),
    )
