"""How pages and nights travel: a header as JSON and one array, side by side the encoder and the decoder.

Four bytes say how long the header is (unsigned, little endian); then comes the header in UTF-8, with blanks behind it,
so that the array begins at a multiple of eight; then the array, little endian.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.review.display_filter import Filters
from ictal.review.page_artefacts import LeadArtefact
from ictal.review.signal_page import SignalHeader, SignalPage

_LENGTH = struct.Struct("<I")
_ALIGNMENT = 8


def encode_block(header: Mapping[str, Any], data: NDArray[Any]) -> bytes:
    """Return a header and an array as bytes.

    Examples
    --------
    >>> encode_block({"n": 1}, np.array([258], np.int16))
    b'\\x0c\\x00\\x00\\x00{"n":1}     \\x02\\x01'
    """
    said = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    padded = said.ljust(len(said) + -(_LENGTH.size + len(said)) % _ALIGNMENT)
    little = np.ascontiguousarray(data, data.dtype.newbyteorder("<"))
    return b"".join((_LENGTH.pack(len(padded)), padded, little.tobytes()))


def decode_block(content: bytes, dtype: str) -> tuple[dict[str, Any], NDArray[Any]]:
    """Return the header and the flat array that :func:`encode_block` made bytes of.

    Parameters
    ----------
    content : bytes
    dtype : str
        Of the array: ``"<i2"`` for a page, ``"|u1"`` for a night.

    Raises
    ------
    ParameterError
        If the bytes are no such thing.

    Examples
    --------
    >>> decode_block(encode_block({"n": 1}, np.array([258], np.int16)), "<i2")
    ({'n': 1}, array([258], dtype=int16))
    """
    try:
        (length,) = _LENGTH.unpack_from(content)
        begin = _LENGTH.size + length
        header = json.loads(content[_LENGTH.size : begin].decode())
        array = np.frombuffer(content, dtype, offset=begin)
    except (struct.error, ValueError) as error:
        raise ParameterError(f"block: {len(content)} bytes are not a header and an array: {error}") from None
    if not isinstance(header, dict):
        raise ParameterError(f"block: a header of {type(header).__name__} came; it must be an object.")
    return header, array


def encode_page(page: SignalPage) -> bytes:
    """Return a page as the browser reads it."""
    return encode_block(asdict(page.header), page.data)


def decode_page(content: bytes) -> SignalPage:
    """Return the page that :func:`encode_page` made bytes of.

    Raises
    ------
    ParameterError
        If the bytes are no page.
    """
    values, flat = decode_block(content, "<i2")
    try:
        lists: dict[str, Any] = {name: tuple(values[name]) for name in ("leads", "hemispheres", "scale")}
        lists["gaps"] = tuple((start, stop) for start, stop in values["gaps"])
        lists["artefacts"] = tuple(LeadArtefact(**artefact) for artefact in values["artefacts"])
        lists["filters"] = Filters(**values["filters"])
        header = SignalHeader(**(values | lists))
        pair = (2,) if header.kind == "envelope" else ()
        return SignalPage(header, flat.reshape(len(header.leads), header.n_columns, *pair))
    except (KeyError, TypeError, ValueError) as error:
        raise ParameterError(f"page: the bytes do not fit together: {error}") from None
