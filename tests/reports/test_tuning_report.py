"""The report of a tuning: what was best, that it is no test result, what failed and why."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.reports.samples import LOSS, LR, TRIALS, make_tuning

from ictal.plots.search import Axis
from ictal.reports.tuning_report import TuningSummary, describe_axis, write_tuning_report


def read(path: Path, summary: TuningSummary) -> str:
    write_tuning_report(path, summary)
    return " ".join(re.sub(r"<[^>]+>", " ", path.read_text().partition("<body>")[2].replace("<wbr>", "")).split())


def test_the_report_tells_what_is_best_and_that_this_is_no_test(tmp_path: Path) -> None:
    text = read(tmp_path / "report.html", make_tuning(**{LR.key: 0.8, LOSS.key: 0.2}))
    assert "Best event_f1 0.9 trial 3" in text
    assert "Finished 2 Ended early 1 Failed 2 Still running 1 Time of all trials 2 min 36 s" in text
    assert "These are no test results." in text
    assert "so few subjects" in text
    assert "top/1.toml 3 0.9000 2 0.004 focal top/2.toml 0 0.8123 2 0.001 focal" in text
    assert "the best by pr_auc, not the last. Higher is better." in text
    assert "training.optimizer.lr = 0.01, training.loss = cross-entropy training diverged: &lt;nan&gt;" in text
    assert "5 none yet the process that worked on it was killed" in text
    assert "training.optimizer.lr 0.0001 to 0.01, logarithmic training.loss one of focal, cross-entropy" in text
    assert "So few trials say little" in text


def test_the_page_needs_nothing_else_and_describes_its_pictures(tmp_path: Path) -> None:
    write_tuning_report(tmp_path / "report.html", make_tuning(**{LR.key: 0.8, LOSS.key: 0.2}))
    page = (tmp_path / "report.html").read_text()
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", page)
    sources = re.findall(r'<img src="([^"]{30})[^>]* alt="([^"]+)"', page)
    assert len(sources) == 5
    assert all(source.startswith("data:image/svg+xml;base64,") for source, _ in sources)
    assert any("training.optimizer.lr 80 %" in alt for _, alt in sources)
    targets = set(re.findall(r'href="#([a-z]+)"', page))
    assert targets == set(re.findall(r'<h2 id="([a-z]+)"', page))


def test_one_finished_trial_is_enough_for_a_report(tmp_path: Path) -> None:
    text = read(tmp_path / "report.html", replace(make_tuning(TRIALS[:1]), n_validation_subjects=5))
    assert "so few subjects" not in text
    assert "1 trial over 2 settings" in text
    assert "No trial failed." in text
    assert "Share of each setting" not in text


def test_the_values_of_an_axis_are_told() -> None:
    assert describe_axis(Axis("a", 2, 10)) == "2 to 10"


def test_a_trial_knows_how_far_it_came() -> None:
    assert [row.epochs for row in TRIALS] == [2, 1, 0, 2, 1, 0]
    assert not TRIALS[4].has_ended
    with pytest.raises(AttributeError):
        TRIALS[0].state = "failed"  # type: ignore[misc]
