"""The `.ictal` file: a zip of `detector.json`, `model.onnx` and `weights.safetensors`, tied by hashes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.detection.settings import DetectorSettings, decode_settings, encode_settings

SETTINGS = "detector.json"
GRAPH = "model.onnx"
WEIGHTS = "weights.safetensors"
MEMBERS = (SETTINGS, GRAPH, WEIGHTS)

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_LARGEST_MEMBER = 2**31


class DetectorFileError(RecordingError):
    """A detector file cannot be used."""


@dataclass(frozen=True)
class DetectorParts:
    """What a detector file holds."""

    settings: DetectorSettings
    graph: bytes | None = None
    weights: bytes | None = None


def encode_detector(parts: DetectorParts) -> bytes:
    """Return the bytes of a detector file; equal parts give equal bytes."""
    members, text = _tie(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {SETTINGS: text.encode(), **members}.items():
            archive.writestr(zipfile.ZipInfo(name, _FIXED_TIME), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def fingerprint_parts(parts: DetectorParts) -> str:
    """Return 16 hexadecimal digits that stand for all settings and weights."""
    return hashlib.sha256(_tie(parts)[1].encode()).hexdigest()[:16]


def _tie(parts: DetectorParts) -> tuple[dict[str, bytes], str]:
    """Return the members beside the settings, and the settings as text with the hashes of those members in them."""
    members = {name: data for name, data in ((GRAPH, parts.graph), (WEIGHTS, parts.weights)) if data is not None}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    return members, encode_settings(parts.settings.model_copy(update={"hashes": hashes}))


def decode_detector(data: bytes, origin: Path | str) -> DetectorParts:
    """Read the bytes of a detector file.

    Raises
    ------
    DetectorFileError
        If it is not one, holds unknown members, or its members do not belong together.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_members(archive, origin)
            members = {name: archive.read(name) for name in archive.namelist()}
    except DetectorFileError:
        raise
    except Exception:  # bytes of a stranger: zipfile and the decompressors behind it fail in a dozen ways
        raise DetectorFileError("is not a detector; a .ictal file is a zip with detector.json", file=origin) from None
    settings = decode_settings(members[SETTINGS], str(origin))
    for name, data_of in members.items():
        if name != SETTINGS and hashlib.sha256(data_of).hexdigest() != settings.hashes.get(name):
            raise DetectorFileError("does not belong to detector.json: its hash differs", file=origin, field=name)
    missing = sorted(set(settings.hashes) - set(members))
    if missing:
        raise DetectorFileError("is named in detector.json and missing", file=origin, field=missing[0])
    return DetectorParts(settings, members.get(GRAPH), members.get(WEIGHTS))


def _check_members(archive: zipfile.ZipFile, origin: Path | str) -> None:
    names = archive.namelist()
    unknown = [name for name in names if name not in MEMBERS]
    if SETTINGS not in names or unknown or len(set(names)) != len(names):
        raise DetectorFileError(
            f"holds {', '.join(names) or 'nothing'}; allowed are {', '.join(MEMBERS)}, the first always", file=origin
        )
    for member in archive.infolist():
        if member.file_size > _LARGEST_MEMBER:
            too_long = f"is {member.file_size} bytes long; 2 GiB is the most"
            raise DetectorFileError(too_long, file=origin, field=member.filename)
