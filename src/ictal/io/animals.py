"""Several animals in one file: which channels belong to whom."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.recording import Recording

_FORM = "NAME=CHANNEL,CHANNEL…"
_NAME = re.compile(r"[\w.+-]+")


def parse_animals(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the channels of each animal.

    Parameters
    ----------
    texts : iterable of str
        Each ``NAME=CHANNEL,CHANNEL…``. The name becomes a part of file names: letters, digits and ``_ . + -``.

    Raises
    ------
    ParameterError
        If a text has another form, or a name comes twice.

    Examples
    --------
    >>> parse_animals(["m1=EEG1,EEG2", "m2=EEG3"])
    {'m1': ('EEG1', 'EEG2'), 'm2': ('EEG3',)}
    """
    animals: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, _, labels = (part.strip() for part in text.partition("="))
        channels = tuple(label.strip() for label in labels.split(","))
        if not _NAME.fullmatch(name) or not all(channels):
            raise ParameterError(f"animal: {text!r} is not allowed; give {_FORM}, for example m1=EEG1,EEG2.")
        if name in animals:
            raise ParameterError(f"animal: {name!r} came twice; give all channels of an animal at once: {_FORM}.")
        animals[name] = channels
    return animals


def pick_channels(recording: Recording, labels: Sequence[str]) -> Recording:
    """Return a recording of some channels, in the order asked for; nothing is read before it is needed.

    Parameters
    ----------
    recording : Recording
        Where the channels are.
    labels : sequence of str
        As the file spells them, capital or small letters alike. Of channels with the same label the first is taken.

    Raises
    ------
    RecordingError
        If a label is not in the recording; the near ones are named.

    Examples
    --------
    >>> import numpy as np
    >>> pair = Recording.from_array(np.array([[1.0, 2.0], [3.0, 4.0]]), 1.0, ["EEG1", "EEG2"])
    >>> pick_channels(pair, ["eeg2"]).read()
    array([[3., 4.]], dtype=float32)
    """
    return recording.select([_find(recording, label) for label in labels])


def _find(recording: Recording, label: str) -> str:
    channels = recording.channels
    if label in channels:
        return label
    lowered = [channel.casefold() for channel in channels]
    if label.casefold() in lowered:
        return channels[lowered.index(label.casefold())]
    near = difflib.get_close_matches(label.casefold(), sorted(set(lowered)), n=3)
    shown = [channels[lowered.index(match)] for match in near] if near else dict.fromkeys(channels)
    listed = ", ".join(repr(channel) for channel in shown)
    problem = f"{label!r} is not in the recording; {'near are' if near else 'there are'} {listed}"
    raise RecordingError(problem, file=recording.source, field="channels")
