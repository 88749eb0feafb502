"""What the table says of odd detectors and trees, and how it shows numbers."""

from __future__ import annotations

import io
import re
import sys
import warnings
from pathlib import Path

import pytest

from ictal.apps.score_table import ERRORS, TITLES, describe_scores
from ictal.core.events import Annotations, Event
from ictal.evaluation.score import ScoreSettings, TreeScores, score_trees
from ictal.evaluation.timing import ERRORS as TIMES
from ictal.io.events_tsv import write_events
from ictal.scoring.rules import RULES

DAY = 86400.0


def score(folder: Path, hypothesis: Annotations, n_subjects: int = 2, **wanted: object) -> TreeScores:
    for subject in range(n_subjects):
        for tree, events in (("reader", Annotations([Event(40_000, 60)], DAY)), ("detector", hypothesis)):
            path = folder / tree / f"sub-{subject}" / "night_events.tsv"
            path.parent.mkdir(parents=True)
            write_events(path, events)
    return score_trees(folder / "reader", folder / "detector", ScoreSettings(**wanted))  # type: ignore[arg-type]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r" {2,}", line.strip())]


def line_with(text: str, *words: str) -> str:
    found = [line for line in text.splitlines() if all(word in line for word in words)]
    assert len(found) == 1, (words, text)
    return found[0]


def test_a_silent_detector_is_called_so(tmp_path: Path) -> None:
    text = describe_scores(score(tmp_path, Annotations((), DAY)))
    assert line_with(text, "silent detector:").endswith("F1 is 0 where there was something to find")
    average, pooled = (line for line in text.splitlines() if line.startswith(" SzCORE event-based"))
    assert cells(average)[1:] == [
        "0.000 [0.000, 0.000] (2)",
        "n/a (0)",
        "0.000 [0.000, 0.000] (2)",
        "0.00 /24 h [0.00, 0.00] (2)",
    ]
    assert cells(pooled)[1:] == [
        "0.000 [0.000, 0.000]",
        "n/a",
        "0.000 [0.000, 0.000]",
        "0.00 /24 h [0.00, 0.00]",
    ]
    assert "onset" not in text, "nothing was detected that could have a time"


def test_an_all_positive_detector_is_called_so(tmp_path: Path) -> None:
    text = describe_scores(score(tmp_path, Annotations([Event(0, DAY)], DAY)))
    assert "100.0 % of the time" in line_with(text, "all-positive detector:")
    assert "276–288" in line_with(text, "for orientation: an all-positive detector scores about")


def test_an_ordinary_detector_is_not(tmp_path: Path) -> None:
    text = describe_scores(score(tmp_path, Annotations([Event(40_012, 50)], DAY)))
    assert "silent detector" not in text and "all-positive detector:" not in text
    assert "+12.0 s [12.0, 12.0] (2)" in line_with(text, "onset, detected after marked")
    assert "+2.0 s" in line_with(text, "offset, detected after marked")
    assert "-10.0 s" in line_with(text, "duration, detected longer than marked")
    assert "2 detected of 2 seizures" in text


def test_the_bootstrap_is_named_with_its_seed(tmp_path: Path) -> None:
    text = describe_scores(score(tmp_path, Annotations((), DAY), seed=5, n_resamples=30))
    assert "95 % interval by bootstrap over subjects, 30 resamples, seed 5" in text


def test_one_subject_has_no_interval_and_the_table_says_why(tmp_path: Path) -> None:
    text = describe_scores(score(tmp_path, Annotations([Event(40_012, 50)], DAY), n_subjects=1))
    assert "[" not in text.replace("[low", "")
    assert line_with(text, "no intervals: there is one subject, who says nothing about others")


def test_other_rules_say_nothing_of_what_they_do_not_count(tmp_path: Path) -> None:
    text = describe_scores(score(tmp_path, Annotations([Event(40_012, 50)], DAY), rules=("nedc-ira",)))
    heads = [cells(line) for line in text.splitlines() if line.startswith(" rule ")]
    assert heads == [["rule", "kappa"]] * 2
    assert "276–288" not in text


def test_every_rule_is_shown_with_name_and_version(tmp_path: Path) -> None:
    scores = score(tmp_path, Annotations([Event(40_012, 50)], DAY), rules=tuple(RULES))
    text = describe_scores(scores)
    for name in RULES:
        title = RULES.load(name).title
        assert sum(line.startswith(f" {title} ") for line in text.splitlines()) == 2


def test_the_compatible_mode_is_said(tmp_path: Path) -> None:
    text = describe_scores(score(tmp_path, Annotations((), DAY), szcore_compatible=True))
    assert "read and counted as the dataset tool of SzCORE does" in text
    assert "szcore-evaluation 0.0.7" in text


def test_tables_go_down_to_subjects_and_recordings(tmp_path: Path) -> None:
    scores = score(tmp_path, Annotations([Event(40_012, 50), Event(5, 5)], DAY), n_subjects=3)
    assert not [line for line in describe_scores(scores).splitlines() if cells(line)[0] == "subject"]
    subjects = describe_scores(scores, "subject")
    assert subjects.count(" sub-1 ") == 2, "once for each rule"
    rows = [line.split() for line in subjects.splitlines() if line.startswith(" sub-1 ")]
    assert rows[0] == ["sub-1", "1", "24.00", "1", "2", "1.000", "0.500", "0.667", "1.00", "/24", "h"]
    recordings = describe_scores(scores, "recording")
    assert recordings.count(" sub-1/night ") == 2 and recordings.startswith(subjects)


def test_a_missing_hypothesis_shows_in_the_row_of_its_recording(tmp_path: Path) -> None:
    score(tmp_path, Annotations((), DAY), n_subjects=2)
    (tmp_path / "detector" / "sub-1" / "night_events.tsv").unlink()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores = score_trees(tmp_path / "reader", tmp_path / "detector", ScoreSettings(missing="negative"))
    text = describe_scores(scores, "recording")
    assert text.count(" missing ") == 2 and "1 recording without a hypothesis" in text


@pytest.mark.parametrize(
    ("names", "guess"),
    [
        (["night", "day"], "each recording's is its own name, for want of a folder"),
        (["a/night", "b/day"], "each recording's is its first folder, for want of sub-…"),
        (["a/night", "day"], "its own name, for want of a folder or sub-… in its path; or its first folder"),
        (["sub-1/night", "sub-2"], ""),
    ],
)
def test_guessed_subjects_are_said_to_be_guessed(tmp_path: Path, names: list[str], guess: str) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_events(tmp_path / f"{name}_events.tsv", Annotations([Event(10, 60)], DAY))
    text = describe_scores(score_trees(tmp_path, tmp_path))
    assert guess in line_with(text, "subjects are guessed") if guess else "subjects are guessed" not in text


class Terminal(io.TextIOWrapper):
    """A stream that says that it is one."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_of_80_columns_has_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = score(tmp_path, Annotations([Event(40_012, 50)], DAY))
    monkeypatch.setattr(sys, "stdout", Terminal(io.BytesIO(), encoding="utf-8"))
    for columns, is_wide in (("80", False), ("200", True)):
        monkeypatch.setenv("COLUMNS", columns)
        text = describe_scores(scores, "subject")
        tables = [line for line in text.splitlines() if line.startswith(" ") and not line.startswith("  o")]
        assert (max(map(len, tables)) <= 80) != is_wide
        assert ("szcore: SzCORE event-based (timescoring 0.0.7)" in text) != is_wide
        assert line_with(text, "1.000 [1.000, 1.000] (2)", "timescoring 0.0.7", "event") if is_wide else True


def test_any_terminal_can_show_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = score(tmp_path, Annotations((), DAY))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace"))
    assert describe_scores(scores).isascii()


def test_every_figure_and_error_has_a_title() -> None:
    assert {figure for name in RULES for figure in RULES.load(name).figures} <= set(TITLES)
    assert set(ERRORS) == set(TIMES)
