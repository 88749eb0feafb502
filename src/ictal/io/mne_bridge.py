"""Exchange with MNE-Python, and the file formats that it reads for us."""

from __future__ import annotations

import itertools
import math
import warnings
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from ictal.core.channels import channel_kind
from ictal.core.errors import IctalWarning, RecordingError, located
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording, Signal
from ictal.core.spans import Span, merge_spans
from ictal.core.tables import Table, load_attribute
from ictal.io.edf_signals import make_unique

MNE_READERS = Table(
    "format that mne reads",
    {
        ".vhdr": "mne.io:read_raw_brainvision",
        ".set": "mne.io:read_raw_eeglab",
        ".fif": "mne.io:read_raw_fif",
        ".fif.gz": "mne.io:read_raw_fif",
        ".gdf": "mne.io:read_raw_gdf",
        ".eeg": "mne.io:read_raw_nihon",
    },
)

VOLTAGES = ("eeg", "ecg", "eog", "emg", "seeg", "ecog", "dbs", "bio")
"""The channel types of mne that hold volts from a body."""

PAUSE = "BAD_ACQ_SKIP"
"""How mne marks time without signal."""

JOINS = ("edge boundary", "bad boundary", "boundary", "new segment/")
"""How mne marks, in small letters, the places where two pieces were put together as if no time lay between them."""

_TYPES = {"eeg": "eeg", "ecg": "ecg", "eog": "eog", "emg": "emg"}


def read_with_mne(path: Path | str) -> Recording:
    """Read a file of one of the formats in :data:`MNE_READERS`; the signal stays on disk until it is asked for.

    Raises
    ------
    RecordingError
        If mne is not installed or cannot read the file.
    ParameterError
        If the suffix is none of them.

    Warns
    -----
    IctalWarning
        For everything that mne warns about.
    """
    file = Path(path)
    if not file.is_file():
        raise RecordingError("there is no such file", file=file)
    suffix = ".fif.gz" if file.name.lower().endswith(".fif.gz") else file.suffix.lower()
    try:
        read_raw, catch_logging = MNE_READERS.load(suffix), load_attribute("mne.utils:catch_logging")
    except ImportError:
        raise RecordingError('needs mne; install it with: pip install "ictal[formats]"', file=file) from None
    # mne prints each warning too; it shall be said once, and by us.
    with warnings.catch_warnings(record=True) as caught, catch_logging():
        warnings.simplefilter("always")
        try:
            recording = MneRecording(read_raw(file, preload=False, verbose="warning"))
        except RecordingError as error:
            raise RecordingError(error.problem, file=file) from None
        except Exception as error:  # a foreign reader may fail in any way on a broken file
            raise RecordingError(f"mne cannot read it: {_one_line(error)}", file=file) from error
    said = tuple(dict.fromkeys(_one_line(one.message) for one in caught if _is_for_users(one)))
    if said:
        warnings.warn(located("; ".join(said), file=file), IctalWarning, stacklevel=2)
    recording.source = file
    recording.notes += said
    return recording


def from_mne(raw: Any) -> Recording:
    """Wrap an ``mne.io.Raw``; what is not in memory there is read when it is asked for.

    Volts become µV. Channels that hold no volts are left out, and the notes say so. Time that was not recorded
    (``BAD_ACQ_SKIP``) becomes a gap; a place where two pieces were joined becomes a gap of one sample, so that no
    filter runs across it. All other annotations become events.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Loaded or not.

    Raises
    ------
    RecordingError
        If no channel holds volts.
    """
    return MneRecording(raw)


def to_mne(recording: Recording) -> Any:
    """Return an ``mne.io.RawArray`` with the whole recording in memory, in volts.

    Gaps are zeros under ``BAD_ACQ_SKIP``; events become annotations with their type as the text. Labels that come
    twice are numbered.

    Raises
    ------
    RecordingError
        If mne is not installed.
    """
    try:
        import mne
    except ImportError:
        raise RecordingError('to_mne needs mne; install it with: pip install "ictal[formats]"') from None
    labels = make_unique(recording.channels)
    types = [_TYPES.get(channel_kind(label), "bio") for label in recording.channels]
    info = mne.create_info(labels, recording.sampling_rate, types, verbose="error")
    volts = np.nan_to_num(recording.read().astype(np.float64), copy=False) * 1e-6
    raw = mne.io.RawArray(volts, info, verbose="error")
    if recording.start_time is not None:
        raw.set_meas_date(recording.start_time.replace(tzinfo=UTC))
    events = [Event(start, stop - start, PAUSE) for start, stop in recording.gaps] + list(recording.annotations)
    marks = mne.Annotations(
        onset=[event.onset for event in events],
        duration=[event.duration for event in events],
        description=[event.event_type for event in events],
        ch_names=[event.channels if set(event.channels) <= set(labels) else () for event in events],
    )
    return raw.set_annotations(marks, verbose="error")


class MneRecording(Recording):
    """A recording that mne reads; made by :func:`from_mne` and :func:`read_with_mne`."""

    def __init__(self, raw: Any) -> None:
        types = raw.get_channel_types()
        self._raw = raw
        self._picks = [number for number, kind in enumerate(types) if kind in VOLTAGES]
        left_out = [name for number, name in enumerate(raw.ch_names) if number not in self._picks]
        if not self._picks:
            raise RecordingError(f"holds no voltages; its channel types are {', '.join(sorted(set(types)))}")
        self.channels = tuple(raw.ch_names[number] for number in self._picks)
        self.sampling_rate = float(raw.info["sfreq"])
        self.n_samples = int(raw.n_times)
        began = raw.info["meas_date"]
        if began is not None:
            self.start_time = began.replace(tzinfo=None) + timedelta(seconds=float(raw.first_time))
        self.source = Path(raw.filenames[0]) if raw.filenames and raw.filenames[0] is not None else None
        self.notes = (f"left out, since they hold no voltages: {', '.join(left_out)}",) if left_out else ()
        self._take_marks()

    def _take_marks(self) -> None:
        gaps: list[Span] = []
        events: list[Event] = []
        joins: set[int] = set()
        for mark in self._raw.annotations:
            text = str(mark["description"])
            onset, duration = float(mark["onset"]) - float(self._raw.first_time), float(mark["duration"])
            if text == PAUSE:
                gaps.append((max(onset, 0.0), min(onset + duration, self.duration)))
            elif text.lower() in JOINS:
                joins.add(math.ceil(onset * self.sampling_rate - 1e-6))
            else:
                events.append(Event(onset, duration, text, channels=tuple(mark.get("ch_names") or ())))
        self._joins = sorted(sample for sample in joins if 0 < sample < self.n_samples)
        gaps += [(sample / self.sampling_rate, (sample + 1) / self.sampling_rate) for sample in self._joins]
        self.gaps = merge_spans(gaps)
        self.annotations = Annotations(events, self.duration)

    def read_samples(self, first: int, last: int) -> Signal:
        signal = np.empty((len(self.channels), last - first), dtype=np.float32)
        # Piece by piece: the reader of mne 1.13 for Nihon Kohden misplaces samples when one read crosses a join.
        cuts = [first, *(sample for sample in self._joins if first < sample < last), last]
        for start, stop in itertools.pairwise(cuts):
            if start < stop:
                signal[:, start - first : stop - first] = self._raw[self._picks, start:stop][0] * 1e6
        for begin, end in self.gaps:
            start, stop = round(begin * self.sampling_rate), round(end * self.sampling_rate)
            signal[:, max(start - first, 0) : max(stop - first, 0)] = np.nan
        self._refuse_missing_values(signal, first)
        return signal

    def _refuse_missing_values(self, signal: Signal, first: int) -> None:
        bad = ~np.isfinite(signal)
        for begin, end in self.gaps if bad.any() else ():
            start, stop = round(begin * self.sampling_rate), round(end * self.sampling_rate)
            bad[:, max(start - first, 0) : max(stop - first, 0)] = False
        if bad.any():
            row, column = np.argwhere(bad)[0]
            problem = (
                f"is not a number at {(first + column) / self.sampling_rate:g} s; "
                f"fill it, or mark the stretch {PAUSE} to make it a gap"
            )
            raise RecordingError(problem, file=self.source, field=f"channel {self.channels[row]}")


def _one_line(message: object) -> str:
    return " ".join(str(message).split())


def _is_for_users(warning: warnings.WarningMessage) -> bool:
    for_programmers = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ResourceWarning)
    return not issubclass(warning.category, for_programmers) and "naming conventions" not in str(warning.message)
