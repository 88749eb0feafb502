"""Pages as bytes and back."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.review.page_codec import decode_block, decode_page, encode_block, encode_page
from ictal.review.signal_page import SignalQuery, read_page

texts = st.dictionaries(st.text(max_size=5), st.text(max_size=9) | st.floats(allow_nan=False, allow_infinity=False))


@given(texts, hnp.arrays(np.int16, st.integers(0, 30)))
def test_what_goes_in_comes_out(header: dict[str, object], data: np.ndarray) -> None:
    content = encode_block(header, data)
    (length,) = struct.unpack_from("<I", content)
    assert (4 + length) % 8 == 0
    assert len(content) == 4 + length + 2 * data.size
    decoded, array = decode_block(content, "<i2")
    assert decoded == header
    np.testing.assert_array_equal(array, data)


@pytest.mark.parametrize("columns", [20, 1000])
def test_a_page_survives(columns: int) -> None:
    data = np.random.default_rng(0).standard_normal((3, 1000)) * 50
    data[1, 100:500] = 0.0
    recording = Recording.from_array(data, 100.0, ["C3", "C4", "µV left"], gaps=[(6.0, 7.0)])
    page = read_page(recording, SignalQuery(0.5, 9.0, "as-recorded", high_pass=0.5, columns=columns))
    assert page.header.artefacts
    decoded = decode_page(encode_page(page))
    assert decoded.header == page.header
    np.testing.assert_array_equal(decoded.data, page.data)


def test_the_header_has_the_names_of_the_page() -> None:
    page = read_page(Recording.from_array(np.zeros((1, 400)), 100.0, ["C3"]), SignalQuery(0.0, 4.0, "as-recorded"))
    header, _ = decode_block(encode_page(page), "<i2")
    assert header == {
        "start": 0.0,
        "stop": 4.0,
        "n_columns": 400,
        "kind": "samples",
        "leads": ["C3"],
        "hemispheres": ["left"],
        "scale": [1.0],
        "gaps": [],
        "artefacts": [{"start": 0.0, "stop": 4.0, "lead": "", "kind": "flat"}],
        "filters": {"high_pass": None, "low_pass": None, "notch": None},
    }


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\xff\xff\xff\xff{}", b"\x02\x00\x00\x00[]", b"\x02\x00\x00\x00{}x"]
)
def test_bytes_that_are_no_block_are_refused(content: bytes) -> None:
    with pytest.raises(ParameterError, match="block"):
        decode_block(content, "<i2")


def test_a_block_that_is_no_page_is_refused() -> None:
    for header in ({}, {"leads": 3}, json.loads('{"gaps": [], "artefacts": [], "filters": {}}')):
        with pytest.raises(ParameterError, match="page"):
            decode_page(encode_block(header, np.zeros(3, np.int16)))
