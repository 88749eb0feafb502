from __future__ import annotations

import hashlib
import io
import json
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ictal.core.errors import IctalError
from ictal.detection.file import (
    DetectorFileError,
    DetectorParts,
    decode_detector,
    encode_detector,
    fingerprint_parts,
)
from ictal.detection.library import load_bundled
from ictal.detection.settings import change_settings

GRAPH, WEIGHTS = b"graph" * 100, bytes(range(256))


def make_parts(graph: bytes | None = GRAPH, weights: bytes | None = WEIGHTS) -> DetectorParts:
    return DetectorParts(load_bundled("line-length").settings, graph, weights)


FILE = encode_detector(make_parts())


def members_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_up(members: Mapping[str, bytes] | list[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items() if isinstance(members, Mapping) else members:
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("graph", [None, GRAPH])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_what_was_written_is_read(graph: bytes | None, weights: bytes | None) -> None:
    parts = make_parts(graph, weights)
    back = decode_detector(encode_detector(parts), "test.ictal")
    assert (back.graph, back.weights) == (graph, weights)
    assert back.settings.model_copy(update={"hashes": {}}) == parts.settings
    assert encode_detector(back) == encode_detector(parts)


def test_equal_parts_give_equal_bytes_and_one_fingerprint() -> None:
    assert encode_detector(make_parts()) == FILE
    assert fingerprint_parts(make_parts()) == fingerprint_parts(decode_detector(FILE, "test.ictal"))


def test_fingerprint_stands_for_settings_and_weights() -> None:
    parts = make_parts()
    changed = change_settings(parts.settings, {"postprocessing.threshold": "0.51"})
    others = [DetectorParts(changed, GRAPH, WEIGHTS), make_parts(graph=b"other"), make_parts(weights=None)]
    prints = {fingerprint_parts(each) for each in [parts, *others]}
    assert len(prints) == 4
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in prints)


def test_file_is_a_plain_zip_tied_by_sha_256() -> None:
    members = members_of(FILE)
    assert list(members) == ["detector.json", "model.onnx", "weights.safetensors"]
    assert (members["model.onnx"], members["weights.safetensors"]) == (GRAPH, WEIGHTS)
    hashes = json.loads(members["detector.json"])["hashes"]
    assert hashes == {name: hashlib.sha256(members[name]).hexdigest() for name in list(members)[1:]}


def test_it_tells_no_time() -> None:
    with zipfile.ZipFile(io.BytesIO(FILE)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("name", ["model.onnx", "weights.safetensors"])
def test_a_tampered_member_is_refused(name: str) -> None:
    members = members_of(FILE)
    members[name] = members[name][:-1] + b"?"
    with pytest.raises(DetectorFileError, match=rf"^night\.ictal: {name}: .*hash differs"):
        decode_detector(zip_up(members), "night.ictal")


@pytest.mark.parametrize("name", ["model.onnx", "weights.safetensors"])
def test_a_missing_member_is_refused(name: str) -> None:
    members = members_of(FILE)
    del members[name]
    with pytest.raises(DetectorFileError, match=rf"^night\.ictal: {name}: is named in detector\.json and missing"):
        decode_detector(zip_up(members), "night.ictal")


def test_a_member_without_a_hash_is_refused() -> None:
    members = members_of(encode_detector(make_parts(weights=None))) | {"weights.safetensors": WEIGHTS}
    with pytest.raises(DetectorFileError, match=r"weights\.safetensors: .*hash differs"):
        decode_detector(zip_up(members), "night.ictal")


@pytest.mark.parametrize("extra", ["code.py", "model.pkl", "../detector.json", "weights.safetensors.bak", "folder/"])
def test_an_extra_member_is_refused(extra: str) -> None:
    with pytest.raises(DetectorFileError, match=r"^night\.ictal: holds .*allowed are detector\.json, model\.onnx"):
        decode_detector(zip_up({**members_of(FILE), extra: b"x"}), "night.ictal")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_comes_twice_is_refused() -> None:
    members = members_of(FILE)
    with pytest.raises(DetectorFileError, match="holds"):
        decode_detector(zip_up([*members.items(), ("model.onnx", b"other")]), "night.ictal")


def test_without_settings_it_is_refused() -> None:
    for members in ({}, {"model.onnx": GRAPH}):
        with pytest.raises(DetectorFileError, match=r"holds (nothing|model\.onnx); allowed are detector\.json"):
            decode_detector(zip_up(members), "night.ictal")


@pytest.mark.parametrize(
    "data",
    [b"", b"text", FILE[: len(FILE) // 2], FILE[100:], pickle.dumps({"weights": [1.0]})],  # never unpickled
    ids=["empty", "text", "first half", "without its head", "pickle"],
)
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    with pytest.raises(DetectorFileError, match=r"^night\.ictal: is not a detector; a \.ictal file is a zip"):
        decode_detector(data, "night.ictal")


class Bomb:
    """A pickle that leaves a trace if anyone loads it."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.trace,)


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    trace = tmp_path / "was_here"
    bomb = pickle.dumps(Bomb(trace))
    parts = decode_detector(encode_detector(make_parts(graph=bomb, weights=bomb)), "night.ictal")
    assert (parts.graph, parts.weights) == (bomb, bomb)
    with pytest.raises(IctalError):
        decode_detector(zip_up({"detector.json": bomb}), "night.ictal")
    assert not trace.exists()
    pickle.loads(bomb)  # noqa: S301 - the bomb is live
    assert trace.exists()


def test_settings_of_a_later_format_are_refused_by_name() -> None:
    members = members_of(encode_detector(make_parts(None, None)))
    later = json.loads(members["detector.json"]) | {"format": 2}
    with pytest.raises(IctalError, match=r"^night\.ictal: format: "):
        decode_detector(zip_up({"detector.json": json.dumps(later).encode()}), "night.ictal")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_zips_of_the_same_members_are_read(compression: int) -> None:
    back = decode_detector(zip_up(members_of(FILE), compression), "test.ictal")
    assert (back.graph, back.weights) == (GRAPH, WEIGHTS)


def test_a_member_that_says_it_is_huge_is_refused_unread() -> None:
    """The length stands in the central directory, where nothing checks it."""
    data = bytearray(encode_detector(make_parts(None, None)))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (2**32 - 2).to_bytes(4, "little")
    with pytest.raises(DetectorFileError, match=r"detector\.json: is 4294967294 bytes long; 2 GiB is the most"):
        decode_detector(bytes(data), "night.ictal")


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """Bytes of a good file in any compression, with some changed, cut out, put in, or cut off."""
    compression = draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]))
    data = bytearray(GOOD[compression])
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(data)))
        kind = draw(st.sampled_from(["change", "insert", "delete"]))
        if kind == "change":
            data[place : place + 1] = draw(st.binary(min_size=1, max_size=1))
        elif kind == "insert":
            data[place:place] = draw(st.binary(min_size=1, max_size=8))
        else:
            del data[place : place + draw(st.integers(1, 200))]
    return bytes(data)


GOOD = {
    kind: zip_up(members_of(encode_detector(make_parts(b"graph", b"weights"))), kind)
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
}


@settings(max_examples=1000, deadline=None)
@given(data=mutations() | st.binary(max_size=200))
@example(data=b"PK\x05\x06" + b"\x00" * 18)
def test_mutated_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        parts = decode_detector(data, "night.ictal")
    except IctalError as refused:
        assert str(refused).startswith("night.ictal: ")
        return
    # What is not covered by a hash is detector.json; where that is still good, the members are the right ones.
    assert parts.graph in (b"graph", None)
    assert parts.weights in (b"weights", None)


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_mutated_settings_are_read_or_refused(place: int, byte: int) -> None:
    text = bytearray(members_of(encode_detector(make_parts(None, None)))["detector.json"])
    text[place % len(text)] = byte
    try:
        decode_detector(zip_up({"detector.json": bytes(text)}), "night.ictal")
    except IctalError as refused:
        assert str(refused).startswith("night.ictal: ")
