"""Tables of text as spreadsheets save them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.core.errors import RecordingError
from ictal.io.corpora.delimited import read_columns, read_delimited, split_header


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "latin-1"])
def test_any_separator_line_end_and_code(tmp_path: Path, delimiter: str, ends: str, code: str) -> None:
    lines = [["file", "Größe", "notes"], ["a", "1", "é"], [], ["", "", ""], ["b", "2"]]
    (tmp_path / "a.csv").write_bytes(ends.join(delimiter.join(cells) for cells in lines).encode(code))
    table = read_delimited(tmp_path / "a.csv")
    assert (table.columns, table.delimiter) == (("file", "Größe", "notes"), delimiter)
    assert table.rows == (
        (2, {"file": "a", "Größe": "1", "notes": "é"}),
        (5, {"file": "b", "Größe": "2", "notes": ""}),
    )
    assert read_columns(tmp_path / "a.csv") == table.columns


def test_quotes_hold_separators(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('animal,channels\n"m1","EEG1, EEG2"\n')
    assert read_delimited(tmp_path / "a.csv").rows == ((2, {"animal": "m1", "channels": "EEG1, EEG2"}),)


def test_an_empty_cell_at_the_beginning_stays(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("\tfile\tonset\n0\ta\t1\n\tb\t2\n")
    assert [row["file"] for _, row in read_delimited(tmp_path / "a.tsv").rows] == ["a", "b"]


def test_an_empty_file_has_no_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    assert (read_delimited(tmp_path / "a.csv").columns, read_columns(tmp_path / "a.csv")) == ((), ())
    assert split_header("one column") == (("one column",), "\t")


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"a\.csv: there is no such file"):
        read_delimited(tmp_path / "a.csv")
    with pytest.raises(RecordingError, match="cannot be read"):
        read_columns(tmp_path)
    (tmp_path / "b.csv").write_text('a,b\n"' + "never closed " * 20000)
    with pytest.raises(RecordingError, match=r"b\.csv: is no table: field larger than field limit"):
        read_delimited(tmp_path / "b.csv")
