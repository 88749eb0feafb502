"""The page of a calibration: what it says, what it does not give away, and that it needs nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.detection.calibration import Calibration
from ictal.detection.library import load_bundled
from ictal.detection.settings import DetectorSettings
from ictal.evaluation.behaviour import ORDINARY
from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.confidence import measure_confidence, measure_smoothed
from ictal.evaluation.dataset import RATE, Estimate, RuleScores, score_dataset
from ictal.evaluation.operating import ScoredRecording, sweep_thresholds
from ictal.postprocessing.settings import PostProcessing
from ictal.reports.calibration_report import (
    CalibrationFigures,
    Standing,
    compare_settings,
    describe_calibration,
    format_estimate,
    format_number,
    picture_operating,
    picture_reliability,
    write_calibration_report,
)
from ictal.scoring.counts import Counts
from ictal.scoring.szcore import EVENT

RULES = PostProcessing(threshold=0.8, release=0.4, minimum_duration=5.0)


def simulate(subject: str, seed: int) -> ScoredRecording:
    rng = np.random.default_rng(seed)
    truth = np.zeros(1200, dtype=bool)
    truth[300:340] = truth[800:840] = True
    probability = 1 / (1 + np.exp(-(4.0 * truth - 3.0 + rng.normal(0.0, 1.5, 1200))))
    reference = Annotations([Event(300.0, 40.0), Event(800.0, 40.0)], 1200.0)
    return ScoredRecording(subject, Scores(np.column_stack([1 - probability, probability]), 0.0, 1.0), reference)


def make_scores(*counts: Counts) -> RuleScores:
    return score_dataset(EVENT, counts, np.arange(len(counts)), draw_subjects(len(counts)))


@pytest.fixture(scope="module")
def figures() -> CalibrationFigures:
    recordings = [simulate("a", 1), simulate("b", 2), simulate("c", 3)]
    table, confidence = measure_smoothed(recordings, 0.0), measure_confidence(recordings, RULES)
    day = 86400.0
    return CalibrationFigures(
        budget=5.0,
        objective="sensitivity",
        before=Standing(make_scores(Counts(2, 30, 0, day), Counts(1, 9, 1, day)), table, confidence),
        after=Standing(make_scores(Counts(2, 6, 0, day), Counts(1, 1, 1, day)), table, confidence),
        left_out=make_scores(Counts(1, 8, 1, day), Counts(1, 5, 1, day)),
        thresholds=sweep_thresholds(recordings, RULES),
        verdict=ORDINARY,
    )


@pytest.fixture(scope="module")
def settings() -> tuple[DetectorSettings, DetectorSettings]:
    given = load_bundled("line-length").settings
    changes = {
        "calibration": Calibration(kind="platt", slope=1.5, intercept=-2.25),
        "postprocessing": RULES,
        "provenance": {"calibration_hash": "0123456789abcdef"},
    }
    return given, given.model_copy(update=changes)


def write(path: Path, settings: tuple[DetectorSettings, DetectorSettings], figures: CalibrationFigures) -> str:
    facts = [("Corpus", "bids"), ("Left out", "1 recordings: <script>alert(1)</script>")]
    write_calibration_report(path, settings, figures, facts, ["Few hours & few subjects."])
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(
    tmp_path_factory: pytest.TempPathFactory,
    settings: tuple[DetectorSettings, DetectorSettings],
    figures: CalibrationFigures,
) -> str:
    return write(tmp_path_factory.mktemp("page") / "a.html", settings, figures)


def words_of(page: str) -> str:
    """Return what a reader sees, in one line."""
    without = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", without).split())


def test_the_page_loads_nothing_and_runs_nothing(page: str) -> None:
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
    assert set(re.findall(r'src="(data:image/svg\+xml;base64,)', page)) == {"data:image/svg+xml;base64,"}
    assert "default-src 'none'" in page


def test_every_tag_is_closed(page: str) -> None:
    class Checker(HTMLParser):
        opened: list[str] = []  # noqa: RUF012

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in {"meta", "link", "img", "br"}:
                self.opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.opened.pop() == tag

    checker = Checker()
    checker.feed(page)
    assert not checker.opened


def test_links_inside_lead_somewhere(page: str) -> None:
    places = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= places


def test_the_figures_stand_before_after_and_left_out(page: str) -> None:
    words = words_of(page)
    assert "no more than 5 false alarms in 24 h, chosen on recordings of 3 subjects" in words
    assert "false alarms /24 h 19.50 [9.00, 30.00] 3.50 [1.00, 6.00] 6.50 [5.00, 8.00]" in words
    assert "sensitivity 0.750 [0.500, 1.000] 0.750 [0.500, 1.000] 0.500 [0.500, 0.500]" in words
    assert "SzCORE event-based (timescoring 0.0.7)" in words


def test_settings_stand_side_by_side(page: str) -> None:
    words = words_of(page)
    assert "calibration none: the score is no probability Platt, slope 1.5, intercept −2.25" in words
    assert "threshold 0.5 0.8" in words and "smoothing 9 s 0 s" in words
    assert "calibration_hash 0123456789abcdef" in words


def test_text_is_text(page: str) -> None:
    assert "&lt;script&gt;alert(1)" in page
    assert "Few hours &amp; few subjects." in page


def test_subjects_are_not_named(page: str) -> None:
    assert not re.search(r">\s*[abc]\s*<", page)


def test_one_subject_has_no_others(
    tmp_path: Path, settings: tuple[DetectorSettings, DetectorSettings], figures: CalibrationFigures
) -> None:
    recordings = [simulate("a", 1)]
    alone = replace(figures, left_out=None, thresholds=sweep_thresholds(recordings, RULES))
    words = words_of(write(tmp_path / "a.html", settings, alone))
    assert "chosen on recordings of 1 subject." in words
    assert "too few subjects" in words and "Sensitivity, left out" not in words


def test_the_same_figures_make_the_same_page(
    tmp_path: Path, page: str, settings: tuple[DetectorSettings, DetectorSettings], figures: CalibrationFigures
) -> None:
    assert write(tmp_path / "b.html", settings, figures) == page


def test_the_picture_tells_who_cannot_see_it(figures: CalibrationFigures) -> None:
    assert picture_operating(figures).alt == (
        "Sensitivity against false alarms in 24 h. Before: 0.75 at 19.5. After: 0.75 at 3.5. Allowed: 5."
    )
    reliability = picture_reliability(figures.after.reliability, "after")
    assert reliability.alt.startswith("Share of seizure at smoothed probabilities, after the calibration. 0.0")


def test_a_budget_beyond_the_axis_is_drawn(figures: CalibrationFigures) -> None:
    for budget in (0.05, 500.0):
        assert picture_operating(replace(figures, budget=budget)).width > 0


@pytest.mark.parametrize(
    ("calibration", "told"),
    [
        (Calibration(), "none: the score is no probability"),
        (Calibration(kind="isotonic", scores=(0.1, 0.9), probabilities=(0.0, 0.5)), "isotonic, 2 knots"),
        (Calibration(kind="platt", slope=0.123456), "Platt, slope 0.1235, intercept 0"),
    ],
)
def test_calibrations_are_told_in_words(calibration: Calibration, told: str) -> None:
    assert describe_calibration(calibration) == told


def test_a_release_that_is_the_threshold_is_told_so() -> None:
    given = load_bundled("line-length").settings
    other = given.model_copy(update={"postprocessing": PostProcessing(threshold=0.5, maximum_duration=300.0)})
    rows = {name: (old, new) for name, old, new in compare_settings(given, other)}
    assert rows["release"] == ("0.3", "the threshold")
    assert rows["maximum duration"] == ("none", "300 s")


def test_what_is_undefined_is_told_so() -> None:
    assert format_number("precision", np.nan) == "n/a"
    assert format_number(RATE, 254.4) == "254"
    assert format_estimate(RATE, Estimate(3.0, 2, 1.0, 5.5)) == "3.00 [1.00, 5.50]"
