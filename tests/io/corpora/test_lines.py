"""Small text files, as clinicians and converters leave them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import RecordingError
from ictal.io.corpora.lines import decode_text, read_lines


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_line_ends_marks_and_letters(tmp_path: Path, end: str, encoding: str) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(end.join(["crisi è \t", "  due", ""]).encode(encoding))
    assert read_lines(path) == ["crisi è", "due"]


def test_line_ends_mixed_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"Channel 1: Fp1      \r\n\nSeizure n 1\n\n ")
    assert read_lines(path) == ["Channel 1: Fp1", "", "Seizure n 1", "", ""]


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"gone\.txt: there is no such file"):
        read_lines(tmp_path / "gone.txt")
    with pytest.raises(RecordingError, match="cannot be read"):
        read_lines(tmp_path)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back(text: str) -> None:
    assert decode_text(text.encode()) == text.removeprefix("\ufeff")


@given(st.binary())
def test_any_bytes_are_some_text(data: bytes) -> None:
    assert isinstance(decode_text(data), str)
