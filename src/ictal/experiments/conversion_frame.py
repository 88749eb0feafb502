"""What describes a converted corpus as a whole: its README, its subjects, the types of its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ictal.core.channels import channel_kind
from ictal.core.recording import Recording
from ictal.io.bids import TASK, describe_event_columns, write_dataset, write_json, write_participants
from ictal.io.corpora.corpus import CORPORA, Corpus, CorpusFormat

_KINDS = {"eeg": "EEG", "ecg": "ECG", "eog": "EOG", "emg": "EMG", "other": "MISC"}
_README = """\
{title}, converted by `ictal convert` to BIDS in the form of SzCORE.

How: {how}.
`participants.tsv` names the subjects as their owner does. Samples are 16 bits over the range of each channel.

Licence: {licence}. Please cite: {citation}.
"""


def write_frame(root: Path, corpus: Corpus, persons: Mapping[str, str], how: str) -> None:
    """Write all of a dataset but its recordings.

    Parameters
    ----------
    root : Path
        The dataset.
    corpus : Corpus
    persons : mapping of str to str
        The subject's code in the corpus → its number in the dataset.
    how : str
        What a reader should know of the conversion, in one sentence.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    about: CorpusFormat = CORPORA.load(corpus.name)
    description = {"Name": about.title, "License": about.licence, "HowToAcknowledge": about.citation}
    readme = _README.format(title=about.title, how=how, licence=about.licence, citation=about.citation)
    write_dataset(root, {key: value for key, value in description.items() if value}, readme)
    write_json(root / f"task-{TASK}_events.json", describe_events(corpus))
    columns = {"source_id": {"Description": "The subject's code in the corpus."}}
    write_participants(root, [(number, code) for code, number in persons.items()], columns)


def count_channels(recording: Recording) -> dict[str, Any]:
    """Return how many channels of each kind there are, as ``_eeg.json`` says it.

    Examples
    --------
    >>> import numpy as np
    >>> count_channels(Recording.from_array(np.zeros((2, 4)), 4.0, ["Fp1", "ECG"]))
    {'EEGChannelCount': 1, 'ECGChannelCount': 1, 'EOGChannelCount': 0, 'EMGChannelCount': 0, 'MISCChannelCount': 0}
    """
    counted = Counter(channel_kind(label) for label in recording.channels)
    return {f"{name}ChannelCount": counted[kind] for kind, name in _KINDS.items()}


def describe_events(corpus: Corpus) -> dict[str, Any]:
    """Return the sidecar of event tables, with the types of a corpus that SzCORE does not name as further levels."""
    columns = describe_event_columns()
    types = columns["eventType"]
    found = {event.event_type for recording in corpus for event in recording.annotations}
    others = dict.fromkeys(sorted(found - set(types["Levels"])), "As the owner of the corpus calls it.")
    return {**columns, "eventType": {**types, "Levels": {**types["Levels"], **others}}}
