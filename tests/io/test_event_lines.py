"""The text of event tables: columns in any order, any line ends, and what is no table."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.core.errors import RecordingError
from ictal.io.event_lines import TYPE_COLUMNS, read_lines


def table(folder: Path, content: bytes) -> Path:
    path = folder / "a_events.tsv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_any_line_end_and_byte_order_mark(tmp_path: Path, end: bytes, mark: bytes) -> None:
    content = mark + end.join([b"duration\tonset\tvalue", b"", b"1\t2\tsz", b" \t ", b"3\t4"])
    header, lines = read_lines(table(tmp_path, content))
    assert (header.n_cells, header.places["onset"], header.type_column) == (3, 1, "value")
    assert lines == [(3, ["1", "2", "sz"]), (5, ["3", "4"])]


def test_the_first_type_column_counts(tmp_path: Path) -> None:
    columns = "\t".join(["onset", "duration", *reversed(TYPE_COLUMNS)])
    assert read_lines(table(tmp_path, columns.encode()))[0].type_column == TYPE_COLUMNS[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: the columns '' came"),
        (b"onset,duration,eventType\n1,2,sz\n", "separated by tabs"),
        (b"onset\teventType\n1\tsz\n", "needed are 'onset', 'duration'"),
        (b"\xff\xfe\x00o", "is not text in UTF-8"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, said: str) -> None:
    path = table(tmp_path, content)
    with pytest.raises(RecordingError, match=said) as refusal:
        read_lines(path)
    assert refusal.value.file == path


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no such file"):
        read_lines(tmp_path / "none.tsv")
    with pytest.raises(RecordingError, match="cannot be read: Is a directory"):
        read_lines(tmp_path)
