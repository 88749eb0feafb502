"""The detectors that come with ictal, and the rule that picks one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from ictal.core.channels import channel_kind, parse_labels
from ictal.core.errors import ParameterError, RecordingError, check_option
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.detection.detector import Detector, Found
from ictal.detection.file import decode_detector
from ictal.detection.leads import take_leads
from ictal.detection.result import Detection
from ictal.detection.sweep import Progress

BUNDLED = {
    "eegwavenet-scalp": "eegwavenet-scalp.ictal",
    "eegwavenet-rodent": "eegwavenet-rodent.ictal",
    "line-length": "line-length.ictal",
    "spike-rate": "spike-rate.ictal",
    "eegwavenet-untrained": "eegwavenet-untrained.ictal",
}
"""Name → file in this package. The untrained network is for benchmarks; its events mean nothing."""

SCALP_DETECTOR = "eegwavenet-scalp"
FEW_LEADS_DETECTOR = "line-length"
ANIMAL_DETECTOR = "eegwavenet-rodent"
MOST_ANIMAL_CHANNELS = 8


class DefaultDetector:
    """Picks a bundled detector for each recording by a stated rule.

    A recording with a channel that names a 10-20 electrode, or with more than eight EEG channels, is scalp EEG. It gets
    ``eegwavenet-scalp`` if enough leads of the double banana are there for 4 s, and ``line-length`` otherwise. One with
    fewer channels and without such a name is taken for an animal's and gets ``eegwavenet-rodent``.

    Examples
    --------
    >>> detector, reason = DefaultDetector().choose(Recording.from_array([[0.0] * 512], 256.0, ["left cortex"]))
    >>> detector.name, reason
    ('eegwavenet-rodent', "no EEG channel names a 10-20 electrode: taken for an animal's")
    """

    name = "default"

    def __init__(self, changes: Mapping[str, str] | None = None) -> None:
        self._changes = {} if changes is None else dict(changes)

    def with_settings(self, changes: Mapping[str, str]) -> DefaultDetector:
        """Return the same rule over detectors with some settings changed."""
        return DefaultDetector({**self._changes, **changes})

    def choose(self, recording: Recording, mapping: Mapping[str, str] | None = None) -> tuple[Detector, str]:
        """Return the detector for a recording, and the reason in words."""
        named = {} if mapping is None else mapping
        labels = [named.get(label, label) for label in recording.channels]
        n_eeg = sum(channel_kind(label) == "eeg" for label in labels)
        if any(lead is not None for lead in parse_labels(labels)):
            name, reason = SCALP_DETECTOR, "labels name 10-20 electrodes: scalp EEG"
        elif n_eeg > MOST_ANIMAL_CHANNELS:
            name, reason = SCALP_DETECTOR, f"more than {MOST_ANIMAL_CHANNELS} EEG channels: scalp EEG"
        else:
            name, reason = ANIMAL_DETECTOR, "no EEG channel names a 10-20 electrode: taken for an animal's"
        chosen = load_bundled(name)
        if not is_long_enough(chosen, recording) and name == SCALP_DETECTOR:
            chosen, reason = load_bundled(FEW_LEADS_DETECTOR), f"{reason}, too short for {name}"
        elif not has_leads(chosen, recording, named):
            chosen, reason = load_bundled(FEW_LEADS_DETECTOR), f"{reason}, too few leads for {name}"
        return chosen.with_settings(self._changes), reason

    def detect(self, recording: Recording, mapping: Mapping[str, str] | None = None) -> Annotations:
        """Return the seizures of a recording; see :meth:`ictal.detection.detector.Detector.detect`."""
        return self.analyse(recording, mapping).events

    def analyse(
        self,
        recording: Recording,
        mapping: Mapping[str, str] | None = None,
        progress: Progress = lambda share: None,
        found: Found | None = None,
    ) -> Detection:
        """Return all that was found; see :meth:`ictal.detection.detector.Detector.analyse`."""
        return self.choose(recording, mapping)[0].analyse(recording, mapping, progress, found)


def is_long_enough(detector: Detector, recording: Recording) -> bool:
    """Return whether a recording has a stretch without a gap as long as a window."""
    longest = max((last - first for first, last in recording.segments), default=0)
    return longest / recording.sampling_rate >= detector.settings.windows.length


def has_leads(detector: Detector, recording: Recording, mapping: Mapping[str, str]) -> bool:
    """Return whether a recording has the leads that a detector needs."""
    try:
        take_leads(recording, detector.settings.leads, mapping)
    except RecordingError:
        return False
    return True


def load_detector(name: str | Path | None = None) -> Detector | DefaultDetector:
    """Return a detector.

    Parameters
    ----------
    name : str or path, optional
        A bundled detector by name, or the path of a ``.ictal`` file; ``None`` picks a bundled one for each recording.

    Raises
    ------
    ParameterError
        If there is neither a bundled detector nor a file of that name.

    Examples
    --------
    >>> load_detector("line-length").name
    'line-length'
    """
    if name is None:
        return DefaultDetector()
    if str(name) in BUNDLED:
        return load_bundled(str(name))
    path = Path(name)
    if path.suffix == ".ictal" or path.exists():
        if not path.is_file():
            problem = "is a folder; give a .ictal file" if path.is_dir() else "there is no such file"
            raise ParameterError(f"detector: {name}: {problem}.")
        return Detector.read(path)
    return load_bundled(str(name))


def load_bundled(name: str) -> Detector:
    """Return a bundled detector by name.

    Examples
    --------
    >>> load_bundled("spike-rate").settings.leads.montage
    'as-recorded'
    """
    file = BUNDLED[check_option("detector", name, BUNDLED)]
    data = (files("ictal.detection") / "bundled" / file).read_bytes()
    return Detector(decode_detector(data, file))


def describe_detectors() -> tuple[tuple[str, str], ...]:
    """Return the name and the summary of every bundled detector.

    Examples
    --------
    >>> [name for name, summary in describe_detectors()]
    ['eegwavenet-scalp', 'eegwavenet-rodent', 'line-length', 'spike-rate', 'eegwavenet-untrained']
    """
    return tuple((name, load_bundled(name).settings.summary) for name in BUNDLED)
