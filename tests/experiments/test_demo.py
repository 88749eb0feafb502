"""The demo runs to its end, and gives everybody the same files."""

from __future__ import annotations

from pathlib import Path

import edfio
import pytest

from ictal.experiments.demo import MINUTES, N_SEIZURES, DemoResult, plan_demo, run_demo


@pytest.fixture(scope="module")
def shares() -> list[float]:
    return []


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory, shares: list[float]) -> DemoResult:
    return run_demo(tmp_path_factory.mktemp("demo"), progress=shares.append)


def spans(table: Path) -> list[tuple[float, float]]:
    rows = [line.split("\t") for line in table.read_text().splitlines()[1:]]
    return [(float(row[0]), float(row[0]) + float(row[1])) for row in rows if row[2].startswith("sz")]


def test_everything_is_where_it_says(result: DemoResult, shares: list[float]) -> None:
    assert result.report.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert result.events.is_file()
    recording = edfio.read_edf(result.recording)
    assert recording.duration == MINUTES * 60
    assert len(recording.signals) == 19
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_the_figures_are_those_of_the_tables(result: DemoResult) -> None:
    truth = spans(result.recording.with_name(result.events.name))
    found = spans(result.events)
    assert len(truth) == N_SEIZURES
    assert (result.scores.n_reference, result.scores.n_hypothesis) == (len(truth), len(found))
    [event_rule, _] = result.scores.rules
    hits = [any(a < d and c < b for c, d in found) for a, b in truth]
    assert event_rule.pooled["sensitivity"].value >= sum(hits) / N_SEIZURES > 0.5, "a newcomer shall see it work"


def test_the_report_compares_with_the_truth(result: DemoResult) -> None:
    page = result.report.read_text(encoding="utf-8")
    [event_rule, _] = result.scores.rules
    assert page.count(">hit<") >= N_SEIZURES * event_rule.pooled["sensitivity"].value - page.count(">miss<")
    assert page.count(">miss<") <= 1


def test_the_same_seed_gives_the_same_files(result: DemoResult, tmp_path: Path) -> None:
    old = tmp_path / "results" / "sub-01" / "ses-01" / "eeg"
    old.mkdir(parents=True)
    (old / result.events.name).write_text("an old result")
    (old / result.events.name.replace("events.tsv", "detection.json")).write_text("{}")
    again = run_demo(tmp_path)
    for one, other in [(result.recording, again.recording), (result.events, again.events)]:
        assert one.read_bytes() == other.read_bytes()
    assert str(again.scores.rules[0].pooled) == str(result.scores.rules[0].pooled)


def test_a_night_is_long_and_of_the_same_person() -> None:
    night, half_an_hour = plan_demo(0, night=True), plan_demo(0)
    assert night.subject == half_an_hour.subject
    assert night.duration >= 8 * 3600.0
    assert night.n_seizures > half_an_hour.n_seizures
