"""A codec as one file: weights in half precision, and the settings that they belong to."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor

from ictal.core.errors import ParameterError, located
from ictal.models.braincodec import BrainCodec, BrainCodecConfig

BUNDLED = {"braincodec": "braincodec.safetensors", "braincodec-encoder": "braincodec-encoder.safetensors"}
"""Name → file in this package: the codec, and one of four stages whose encoder the classifier may begin with."""

_TRAINING = ("uses", "sums", "started")
"""What a codebook knows for its training alone."""

_HEADER = "ictal-codec"
_ENCODER = "encoder."


def encode_codec(codec: BrainCodec, *, encoder_only: bool = False) -> bytes:
    """Return the file of a codec: safetensors of float16, with the settings in its header.

    Parameters
    ----------
    codec : BrainCodec
    encoder_only : bool
        Whether quantiser and decoder are left out, for a file that a classifier begins with.

    Returns
    -------
    bytes
        The same weights give the same bytes.

    Raises
    ------
    ParameterError
        If half precision cannot hold a weight.

    Examples
    --------
    >>> codec = BrainCodec(BrainCodecConfig(width=4, widest=8))
    >>> again = decode_codec(encode_codec(codec))
    >>> take_fingerprint(again) == take_fingerprint(codec)
    True
    """
    from safetensors.torch import save

    weights = {key: value for key, value in _halve(codec).items() if key.startswith(_ENCODER) or not encoder_only}
    return save(weights, metadata={_HEADER: codec.config.model_dump_json()})


def decode_codec(data: bytes, source: Path | str | None = None) -> BrainCodec:
    """Return the codec of a file, in evaluation mode and single precision.

    Parameters
    ----------
    data : bytes
        What :func:`encode_codec` gave. Where quantiser and decoder were left out, they are as from a seed of 0.
    source : path, optional
        The file, for messages.

    Raises
    ------
    ParameterError
        If the file is damaged, or of another kind.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        config = BrainCodecConfig.model_validate_json(_read_header(data)[_HEADER])
        weights = load(data)
    except (SafetensorError, ValidationError, ValueError, KeyError):
        raise ParameterError(located("is damaged, or no file of a codec.", file=source)) from None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        codec = BrainCodec(config).eval()
    own = codec.state_dict()
    given = {key: value for key, value in own.items() if key.rsplit(".", 1)[-1] in _TRAINING}
    if not any(key.startswith("decoder.") for key in weights):
        given |= {key: value for key, value in own.items() if not key.startswith(_ENCODER)}
    try:
        codec.load_state_dict(given | weights)
    except RuntimeError:
        raise ParameterError(located("its weights are not those of its settings.", file=source)) from None
    for codebook in codec.quantizer.books:
        codebook.start_from(codebook.entries.clone())
    return codec


def load_codec(name: str | Path = "braincodec") -> BrainCodec:
    """Return a codec that comes with ictal, or that of a file, in evaluation mode.

    Parameters
    ----------
    name : str or path
        One of :data:`BUNDLED`, or a file that :func:`encode_codec` made.

    Raises
    ------
    ParameterError
        If there is no such codec or file, or the file is damaged.

    Examples
    --------
    >>> load_codec("braincodek")
    Traceback (most recent call last):
    ...
    ictal.core.errors.ParameterError: codec: 'braincodek' is not a file; bundled are braincodec, braincodec-encoder.
    """
    bundled = BUNDLED.get(str(name))
    place: Any = Path(name) if bundled is None else files("ictal.models") / "weights" / bundled
    if not place.is_file():
        if bundled is not None:
            raise ParameterError(f"codec: {name} comes without weights in this installation; name a file of a codec.")
        raise ParameterError(f"codec: {str(name)!r} is not a file; bundled are {', '.join(BUNDLED)}.")
    return decode_codec(place.read_bytes(), name)


def take_fingerprint(codec: BrainCodec) -> str:
    """Return a hash of settings and weights, the same before and after a codec was kept as a file.

    Codes mean something only to the codec that wrote them.
    """
    digest = hashlib.sha256(codec.config.model_dump_json().encode())
    for key, value in sorted(_halve(codec).items()):
        digest.update(key.encode())
        digest.update(value.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _halve(codec: BrainCodec) -> dict[str, Tensor]:
    """Return the weights in half precision, without what training alone needs."""
    kept = {key: value for key, value in codec.state_dict().items() if key.rsplit(".", 1)[-1] not in _TRAINING}
    halved = {key: value.detach().to("cpu", torch.float16).contiguous() for key, value in kept.items()}
    for key, value in halved.items():
        if not value.isfinite().all():
            raise ParameterError(f"codec: {key} holds numbers that half precision cannot; allowed are up to 65504.")
    return halved


def _read_header(data: bytes) -> dict[str, str]:
    """Return what the header of a safetensors file says beside its tensors."""
    length = int.from_bytes(data[:8], "little")
    metadata: dict[str, str] = json.loads(data[8 : 8 + length])["__metadata__"]
    return metadata
