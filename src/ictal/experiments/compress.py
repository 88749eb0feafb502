"""``ictal compress``: a recording as the codes of BrainCodec, and back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.recording import Recording
from ictal.evaluation.distortion import Distortion, measure_distortion
from ictal.experiments.coding import Progress, encode_recording, restore_recording
from ictal.experiments.convert import find_identity
from ictal.io.atomic import ensure_folder
from ictal.io.codes_file import read_codes, write_codes
from ictal.io.edf_write import Identity, write_edf
from ictal.io.formats import read
from ictal.models.codec_file import load_codec

RAW_BITS = 32
"""Bits of a sample that is not compressed, as the published rate counts them."""

_MEASURED_AT_ONCE = 60.0
"""Seconds of signal and reconstruction that are compared at once."""


@dataclass(frozen=True)
class Compression:
    """What compressing a recording gave.

    Attributes
    ----------
    output : Path
        The compressed file.
    source_bytes, output_bytes : int
        Sizes of the two files.
    code_rate, bit_rate, raw_rate : float
        Bits for a second of one channel: the codes alone, as published; all that is kept of the signal; and the signal
        at the rate of the codec with 32 bits a sample.
    distortion : Distortion or None
        How far what comes back is from the recording, at the recording's own rate; where it was measured.
    """

    output: Path
    source_bytes: int
    output_bytes: int
    code_rate: float
    bit_rate: float
    raw_rate: float
    distortion: Distortion | None


def compress_recording(
    source: Path | str,
    output: Path | str,
    *,
    codec: str | Path | None = None,
    keep_identity: bool = False,
    measure: bool = True,
    progress: Progress | None = None,
) -> Compression:
    """Compress a recording with a neural codec; what is lost is lost.

    The signal is brought to the rate of the codec, so that nothing above half of it is kept, and cut into windows of
    4 s from the beginning of each stretch between gaps.

    Parameters
    ----------
    source : path
        A recording of any known format.
    output : path
        The compressed file.
    codec : str or path, optional
        A bundled codec, or a file of one; ``braincodec`` where not given.
    keep_identity : bool
        Whether the start time and the patient fields are kept.
    measure : bool
        Whether the codes are read again and compared with the recording.
    progress : callable, optional
        Called with the share that is done.

    Returns
    -------
    Compression

    Raises
    ------
    RecordingError
        If the recording cannot be read or holds no signal.
    ParameterError
        If there is no such codec, or both paths are the same file.
    OutputError
        If the file cannot be written.
    """
    _refuse_same_file(source, output)
    tell = _be_silent if progress is None else progress
    known = load_codec(_choose(codec))
    recording = read(source)
    ensure_folder(Path(output).parent)
    share = 0.5 if measure else 1.0
    coded = encode_recording(
        recording,
        known,
        start_time=recording.start_time if keep_identity else None,
        identity=find_identity(recording) if keep_identity else None,
        progress=lambda done: tell(done * share),
    )
    distortion = None
    if measure:
        distortion = compare_recordings(recording, restore_recording(coded, known), lambda done: tell(0.5 + done / 2))
    write_codes(output, coded)
    return Compression(
        output=Path(output),
        source_bytes=Path(source).stat().st_size,
        output_bytes=Path(output).stat().st_size,
        code_rate=known.config.bit_rate,
        bit_rate=coded.bit_rate,
        raw_rate=known.config.sampling_rate * RAW_BITS,
        distortion=distortion,
    )


def decompress_recording(source: Path | str, output: Path | str, *, codec: str | Path | None = None) -> Path:
    """Bring a compressed recording back as EDF+, at the rate and with the labels that it had.

    Parameters
    ----------
    source : path
        What :func:`compress_recording` wrote.
    output : path
        The EDF+ file. It says when and whose where the compressed file does.
    codec : str or path, optional
        The codec that wrote it; ``braincodec`` where not given.

    Returns
    -------
    Path
        The EDF+ file.

    Raises
    ------
    RecordingError
        If the file is damaged, or another codec wrote it.
    ParameterError
        If there is no such codec, or both paths are the same file.
    OutputError
        If the file cannot be written.
    """
    _refuse_same_file(source, output)
    coded, known = read_codes(source), load_codec(_choose(codec))
    header = coded.header
    try:
        restored = restore_recording(coded, known)
    except RecordingError as error:
        raise RecordingError(error.problem, file=source, field=error.field) from None
    identity = (
        None if header.patient is None or header.recording is None else Identity(header.patient, header.recording)
    )
    write_edf(output, restored, start_time=header.start_time, identity=identity)
    return Path(output)


def compare_recordings(recording: Recording, restored: Recording, progress: Progress | None = None) -> Distortion:
    """Measure how far a restored recording is from what it was, a minute at a time.

    Raises
    ------
    RecordingError
        If there is no signal.
    """
    tell = _be_silent if progress is None else progress
    step, total = round(_MEASURED_AT_ONCE * recording.sampling_rate), None
    for first, last in recording.segments:
        for start in range(first, last, step):
            ends = start, min(start + step, last)
            part = measure_distortion(
                recording.read_samples(*ends), restored.read_samples(*ends), recording.sampling_rate
            )
            total = part if total is None else total + part
            tell(ends[1] / recording.n_samples)
    if total is None:
        raise RecordingError("holds no signal", file=recording.source)
    return total


def _choose(codec: str | Path | None) -> str | Path:
    return "braincodec" if codec is None else codec


def _refuse_same_file(source: Path | str, output: Path | str) -> None:
    if Path(source).resolve() == Path(output).resolve():
        raise ParameterError(f"output: {output} is the file that is read; choose another name.")


def _be_silent(done: float) -> None:
    """Take the share that is done, and do nothing."""
