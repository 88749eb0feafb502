"""Which signals of an EDF file make up the recording, and how many µV their units are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ictal.core.channels import channel_kind
from ictal.core.recording import MICROVOLTS
from ictal.io.edf_fields import Ledger
from ictal.io.edf_header import EdfHeader, SignalHeader

_ODD_SPELLINGS = {
    "uv": "uV",
    "µv": "uV",
    "microv": "uV",
    "micv": "uV",
    "mcv": "uV",
    "uvolt": "uV",
    "uvolts": "uV",
    "microvolt": "uV",
    "microvolts": "uV",
    "?v": "uV",  # a µ that some program could not write
    "\ufffdv": "uV",
    "æv": "uV",  # a µ in the alphabet of MS-DOS
    "mv": "mV",
    "mvolt": "mV",
    "millivolt": "mV",
    "millivolts": "mV",
    "v": "V",
    "volt": "V",
    "volts": "V",
    "nv": "nV",
    "nvolt": "nV",
    "nanovolt": "nV",
    "nanovolts": "nV",
}

_SMALLEST_GAIN = 1e-30
_LARGEST_VALUE = 1e30
"""µV; what lies beyond is no measurement and would not survive in float32."""

_HIGHEST_RATE = 1e6
"""Hz; beyond is no sampling rate of a voltage on the head but a header that lies."""


@dataclass(frozen=True, slots=True)
class EdfSignal:
    """One signal of a file, and what became of it.

    Parameters
    ----------
    index : int
        Its place in the file, from 0.
    label : str
        As the file spells it; a repeated one ends in ``-1``, ``-2`` …
    kind : str
        As :func:`ictal.core.channels.channel_kind` names it.
    dimension : str
        The unit as the file spells it.
    sampling_rate : float
        Hz; 0 in files without a time axis.
    gain, offset : float
        µV per digital step, and the µV of digital 0; NaN where the signal is no voltage or has no scale.
    left_out : str
        Why it is not among the channels of the recording; empty if it is.
    """

    index: int
    label: str
    kind: str
    dimension: str
    sampling_rate: float
    gain: float
    offset: float
    left_out: str


def decode_unit(dimension: str) -> tuple[str | None, bool]:
    """Return the voltage unit that a physical dimension means, and whether it is spelled as it should be.

    ``MV`` is read as millivolts: no electrode gives megavolts.

    Examples
    --------
    >>> decode_unit("uV"), decode_unit("microV"), decode_unit("MV"), decode_unit("bpm")
    (('uV', True), ('uV', False), ('mV', False), (None, True))
    """
    text = "".join(dimension.split()).replace("μ", "µ")
    if text in MICROVOLTS:
        return text, text == dimension.replace("μ", "µ")
    unit = _ODD_SPELLINGS.get(text.lower())
    return unit, unit is None


def choose_signals(header: EdfHeader, ledger: Ledger) -> tuple[EdfSignal, ...]:
    """Return every signal of a file, each with its scale and with the reason if it is left out.

    The recording has the sampling rate that most EEG channels share, of equally frequent ones the higher. All voltages
    at that rate are channels, except dummies; ECG and the like stay in, for a montage to choose.

    Parameters
    ----------
    header : EdfHeader
        With at least one signal.
    ledger : Ledger
        Takes note of units and scales that were mended, and of EEG channels that are left out.
    """
    signals = [_describe_signal(index, header, ledger) for index in range(len(header.signals))]
    rates = Counter(signal.sampling_rate for signal in signals if signal.kind == "eeg" and not signal.left_out)
    rate = max(rates, key=lambda rate: (rates[rate], rate), default=0.0)
    signals = [_leave_out_other_rate(signal, rate, ledger) for signal in signals]
    chosen = [signal for signal in signals if not signal.left_out]
    for signal, label in zip(chosen, make_unique(signal.label for signal in chosen), strict=True):
        if label != signal.label:
            ledger.add("label", f"comes more than once; renamed to {label}", signal.label)
            signals[signal.index] = replace(signal, label=label)
    return tuple(signals)


def _describe_signal(index: int, header: EdfHeader, ledger: Ledger) -> EdfSignal:
    signal = header.signals[index]
    rate = signal.samples_per_record / header.record_duration if header.record_duration else 0.0
    described = EdfSignal(index, signal.label, "annotation", signal.dimension, rate, math.nan, math.nan, "annotations")
    if signal.is_annotation:
        return described
    kind = channel_kind(signal.label)
    described = replace(described, kind=kind, left_out="is a dummy")
    if kind == "dummy":
        return described
    if not 0 < rate <= _HIGHEST_RATE:
        return replace(described, left_out=f"has {rate:g} Hz")
    unit = _find_unit(signal, kind, ledger)
    if unit is None:
        return replace(described, left_out=f"is not a voltage ({signal.dimension or 'no unit'})")
    gain, offset = signal.gain * MICROVOLTS[unit], signal.offset * MICROVOLTS[unit]
    if not (abs(gain) > _SMALLEST_GAIN and abs(gain) * 2**23 + abs(offset) < _LARGEST_VALUE):
        ledger.add("physical and digital range", "gives no scale; the channel is left out", signal.label)
        return replace(described, left_out="has no scale")
    if signal.digital_min > signal.digital_max:
        ledger.add("digital minimum", "is above the digital maximum; read as the four numbers say", signal.label)
    return replace(described, gain=gain, offset=offset, left_out="")


def _find_unit(signal: SignalHeader, kind: str, ledger: Ledger) -> str | None:
    if not signal.dimension and kind == "eeg":
        ledger.add("physical dimension", "is empty; taken as µV", signal.label)
        return "uV"
    unit, is_regular = decode_unit(signal.dimension)
    if unit is not None and not is_regular:
        ledger.add("physical dimension", f"{signal.dimension!r} is taken as {unit}", signal.label)
    return unit


def _leave_out_other_rate(signal: EdfSignal, rate: float, ledger: Ledger) -> EdfSignal:
    if signal.left_out or signal.sampling_rate == rate:
        return signal
    reason = f"has {signal.sampling_rate:g} Hz, the recording {rate:g} Hz" if rate else "is no EEG"
    if signal.kind == "eeg":
        ledger.add("sampling rate", f"is not the {rate:g} Hz of the recording; left out", signal.label)
    return replace(signal, left_out=reason)


def make_unique(labels: Iterable[str]) -> list[str]:
    """Return labels of which the repeated ones end in ``-1``, ``-2`` …

    Examples
    --------
    >>> make_unique(["T8-P8", "Fp1", "T8-P8"])
    ['T8-P8', 'Fp1', 'T8-P8-1']
    """
    spelled = list(labels)
    taken = set(spelled)
    repeats: Counter[str] = Counter()
    unique = []
    for label in spelled:
        name = label
        while repeats[label] and name in taken:
            name = f"{label}-{repeats[label]}"
            repeats[label] += 1
        repeats[label] = max(repeats[label], 1)
        taken.add(name)
        unique.append(name)
    return unique
