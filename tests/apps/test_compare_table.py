"""A comparison as text: what is said, in which order, and in how wide a table."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ictal.apps.compare_table import align, describe_comparison, fit_columns
from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.chance import ChanceTest
from ictal.evaluation.comparison import ComparedRun, RunComparison, compare_detectors
from ictal.evaluation.detector_figures import FIGURES, DetectorFigures


def make(n_runs: int, side: str = "test") -> RunComparison:
    detectors = []
    for number in range(n_runs):
        by_subject = {name: np.linspace(0.5, 0.9, 8) + 0.1 * (number == 1) for name in FIGURES}
        by_subject["event_precision"] = np.full(8, np.nan)
        subjects = tuple(f"s{subject}" for subject in range(8))
        detectors.append(DetectorFigures(subjects, by_subject, {}, "ordinary", ChanceTest(0.7, 0.6, 0.3)))
    comparison = compare_detectors(["old", "new", "other"][:n_runs], detectors, draw_subjects(8, 100))
    runs = [ComparedRun("out", "test", 8, 8)] * (n_runs - 1) + [ComparedRun("out", side, 8, 8)]
    seconds, seizures = dict.fromkeys(comparison.subjects, 3600.0), dict.fromkeys(comparison.subjects, 1)
    return RunComparison(tuple(runs), comparison, seconds, seizures, 8, 5.0, 100, 0)


def test_two_detectors_read_without_a_manual() -> None:
    lines = describe_comparison(make(2)).splitlines()
    assert lines[0] == "compared on 8 recordings of 8 subjects, which all were tested on: 8.0 h, 8 seizures"
    assert any(line.startswith("old: no better than chance by events (events find 0.70 of the") for line in lines)
    (verdicts,) = (line for line in lines if line.startswith("verdict"))
    assert verdicts.count("no better than chance by") == 2
    (f1,) = (line for line in lines if line.startswith("event F1") and "(8)" in line)
    assert f1.split()[2] == "0.700" and f1.split()[-1] == "(8)"
    start = lines.index("new less old in the same subjects")
    (difference,) = (line for line in lines[start:] if line.startswith("event F1 ") and "better" in line)
    assert difference.split()[2:] == ["+0.100", "[+0.100,", "+0.100]", "8", "0.008", "0.008", "better"]
    assert any(line.startswith("false alarms /24 h") and line.endswith("worse") for line in lines[start:])
    assert not any(line.startswith("event precision") for line in lines[start:-4]), "nobody has both"
    assert any("100 resamples, seed 0" in line for line in lines)
    assert any(line.startswith("SzCORE event-based") for line in lines)


def test_remarks_come_before_any_figure() -> None:
    lines = describe_comparison(make(2, side="validation")).splitlines()
    assert lines[1].startswith("note: new was evaluated on validation recordings")
    assert "new (validation) less old in the same subjects" in lines


def test_the_correction_is_said_for_more_than_two() -> None:
    assert "Holm" not in describe_comparison(make(2))
    assert "p is corrected by Holm for the number of detectors" in describe_comparison(make(3))


def test_one_run_has_no_differences() -> None:
    assert "less" not in describe_comparison(make(1))


@given(
    st.lists(st.lists(st.text("ab ", max_size=8), min_size=4, max_size=4), min_size=1, max_size=4), st.integers(1, 60)
)
def test_no_column_is_lost_and_none_is_too_far_right(rows: list[list[str]], width: int) -> None:
    tables = list(fit_columns(rows, width))
    assert [cell for table in tables for cell in table[0][1:]] == rows[0][1:]
    for table in tables:
        assert [row[0] for row in table] == [row[0] for row in rows]
        if len(table[0]) > 2:
            assert max(map(len, align(table))) <= width


def test_a_narrow_terminal_gets_several_tables() -> None:
    tables = list(fit_columns([["", "a" * 20, "b" * 20], ["F1", "1", "2"]], width=30))
    assert tables == [[["", "a" * 20], ["F1", "1"]], [["", "b" * 20], ["F1", "2"]]]
