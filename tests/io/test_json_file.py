"""A file that is not what it should be is refused by name, with what came and what is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.core.errors import RecordingError
from ictal.io.json_file import read_json_file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"a\.json: is not JSON"),
        ("[]", r"is not a list; 'format' must be 'names'"),
        ('{"format": "other"}', r"is not a list; 'format' must be 'names'"),
        ('{"format": "names", "version": 3}', r"version: 3 is not allowed; this release reads version 2"),
    ],
)
def test_what_is_something_else_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(RecordingError, match=message):
        read_json_file(path, "a list", "names", 2)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="there is no such file"):
        read_json_file(tmp_path / "a.json", "a list", "names", 2)
    with pytest.raises(RecordingError, match="cannot be read"):
        read_json_file(tmp_path, "a list", "names", 2)


def test_the_content_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"format": "names", "version": 2, "names": ["ä"]}', encoding="utf-8")
    assert read_json_file(path, "a list", "names", 2)["names"] == ["ä"]
