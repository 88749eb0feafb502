"""The grammars of TUSZ's annotation files, as its guidelines and files have them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import RecordingError
from ictal.io.corpora.tusz_tables import (
    EVERY_CHANNEL,
    LabelRow,
    LabelTable,
    decode_csv,
    decode_lbl,
    decode_tse,
    read_label_table,
)

CSV_BI = """\
# version = csv_v1.0.0
# bname = aaaaapks_s012_t001
# duration = 2348.00 secs
# montage_file = $NEDC_NFC/lib/nedc_eas_default_montage.txt
#
channel,start_time,stop_time,label,confidence
TERM,4.9724,36.3315,seiz,1.0000
TERM,100.0000,120.5000,seiz,0.7500
"""

LBL = """\
version = lbl_v1.0.0

montage =  0, FP1-F7: EEG FP1-REF --  EEG F7-REF
montage =  5, F8-T4 : EEG F8-REF --  EEG T4-REF

number_of_levels = 1

level[0] = 1

symbols[0] = {0: '(null)', 1: 'spsw', 2: 'bckg', 3: 'fnsz'}

label = {0, 0, 0.0000, 10.2775, 0, [0.0, 0.0, 1.0, 0.0]}
label = {0, 0, 10.2775, 35.7775, 5, [0.0, 0.0, 0.2, 0.8]}
label = {0, 0, 40.0000, 41.0000, all, [0.0, 1.0, 0.0, 0.0]}
label = {0, 0, 41.0000, 42.0000, 0, [1.0, 0.0, 0.0, 0.0]}
"""


def test_csv_bi_says_name_and_length() -> None:
    table = decode_csv(CSV_BI.splitlines())
    assert table == LabelTable(
        (LabelRow(4.9724, 36.3315, "seiz", 1.0), LabelRow(100.0, 120.5, "seiz", 0.75)), 2348.0, "aaaaapks_s012_t001"
    )


def test_csv_has_rows_for_channels_and_older_comments() -> None:
    lines = [
        "# version = csv_v1.0.0",
        "# map file: nedc_ann_eeg_tools_map_v01.txt",
        "# annotation label file: x.txt",
        "# duration = 1289.0000 secs",
        "channel,start_time,stop_time,label,confidence",
        "FP1-F7,0.0000,36.8868,bckg,1.0000",
        "FP1-F7,36.8868,183.3055,CPSZ,1.0000",
    ]
    table = decode_csv(lines)
    assert table.duration == 1289.0 and table.name is None
    assert table.rows[1] == LabelRow(36.8868, 183.3055, "cpsz", 1.0, "FP1-F7")


def test_lbl_names_channels_and_labels_by_number() -> None:
    table = decode_lbl(LBL.splitlines())
    assert [(row.channel, row.label, row.confidence) for row in table.rows] == [
        ("FP1-F7", "bckg", 1.0),
        ("F8-T4", "fnsz", 0.8),
        (EVERY_CHANNEL, "spsw", 1.0),
        ("FP1-F7", "null", 1.0),
    ]
    assert table.duration == 42.0


@given(st.lists(st.tuples(st.integers(1, 10**7), st.sampled_from(["bckg", "fnsz", "seiz"])), min_size=1, max_size=20))
def test_tse_rows_come_back_and_reach_to_the_end(pieces: list[tuple[int, str]]) -> None:
    rows = []
    start = 0
    for length, label in pieces:
        rows.append((start / 1e4, (start + length) / 1e4, label))
        start += length
    text = "version = tse_v1.0.0\n\n" + "".join(f"{a:.4f} {b:.4f} {label} 1.0000\n" for a, b, label in rows)
    table = decode_tse(text.split("\n"))
    assert [row[:3] for row in table.rows] == rows
    assert table.duration == start / 1e4


def test_labels_are_in_small_letters_and_a_probability_may_be_missing() -> None:
    assert decode_tse(["0.0000 2.0000 FNSZ"]).rows == (LabelRow(0.0, 2.0, "fnsz"),)


def test_an_empty_tse_does_not_say_how_long_it_is() -> None:
    assert decode_tse(["version = tse_v1.0.0", ""]) == LabelTable(())


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_suffix_says_the_form(tmp_path: Path, ends: str, mark: bytes) -> None:
    for suffix, text in {".csv_bi": CSV_BI, ".csv": CSV_BI, ".lbl": LBL, ".lbl_bi": LBL}.items():
        path = tmp_path / f"a{suffix}"
        path.write_bytes(mark + text.replace("\n", ends).encode())
        decode = decode_csv if "csv" in suffix else decode_lbl
        assert read_label_table(path) == decode(text.splitlines())


@pytest.mark.parametrize(
    ("suffix", "text", "field"),
    [
        (".tse", "version = tse_v1.0.0\n\n0.0000 x seiz 1.0000\n", "line 3"),
        (".tse", "0.0000 1.0000 seiz 1.0000 9\n", "line 1"),
        (".tse", "0.0000 nan seiz 1.0000\n", "line 1"),
        (".csv", "TERM,0.0000,1.0000,seiz,1.0000\n", "line 1"),
        (".csv", CSV_BI + "TERM,1.0,2.0,seiz\n", "line 9"),
        (".csv", CSV_BI + "TERM,1.0,2.0,seiz,1.5\n", "line 9"),
        (".csv", CSV_BI.replace("2348.00", "long"), "duration"),
        (".lbl", LBL + "label = {0, 0, 1.0, 2.0, 7, [0.0, 0.0, 1.0, 0.0]}\n", "line 16"),
        (".lbl", LBL + "label = {0, 0, 1.0, 2.0, 0, [0.0, 0.0, 0.0, 0.0, 1.0]}\n", "line 16"),
        (".lbl", LBL + "label = 5\n", "line 16"),
        (".lbl", LBL + "label = {1, 0, 1.0, 2.0, 0, [0.0, 1.0]}\n", "line 16"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_line(tmp_path: Path, suffix: str, text: str, field: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text(text)
    with pytest.raises(RecordingError) as caught:
        read_label_table(path)
    assert (caught.value.file, caught.value.field) == (path, field)


def test_an_unknown_form_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="csv, tse, lbl"):
        read_label_table(tmp_path / "a.xml")


def test_a_message_shows_a_long_line_in_part(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as caught:
        decode_tse(["1 " * 500])
    assert len(str(caught.value)) < 200
