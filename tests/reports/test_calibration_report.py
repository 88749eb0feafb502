"""The page of a calibration: what it says, what it does not give away, and that it needs nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from tests.reports.samples import RULES, make_calibration, make_settings, simulate_scores

from ictal.detection.calibration import Calibration
from ictal.detection.library import load_bundled
from ictal.detection.settings import DetectorSettings
from ictal.evaluation.dataset import RATE, Estimate
from ictal.evaluation.operating import sweep_thresholds
from ictal.postprocessing.settings import PostProcessing
from ictal.reports.calibration_report import (
    CalibrationFigures,
    compare_settings,
    describe_calibration,
    format_estimate,
    format_number,
    picture_operating,
    picture_reliability,
    write_calibration_report,
)


@pytest.fixture(scope="module")
def figures() -> CalibrationFigures:
    return make_calibration()


@pytest.fixture(scope="module")
def settings() -> tuple[DetectorSettings, DetectorSettings]:
    return make_settings()


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
            if tag not in {"meta", "link", "img", "br", "wbr"}:
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
    recordings = [simulate_scores("a", 1)]
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
