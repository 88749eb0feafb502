"""The report of a cross-validation and of a single training: figures, tables, pictures, and whom it must not name."""

from __future__ import annotations

import base64
import csv
import io
import itertools
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.reports.pages import Page
from tests.reports.run_folders import make_crossval, make_training

from ictal.core.errors import RecordingError
from ictal.evaluation.folds import FAILED, FoldSummary, folder_of
from ictal.evaluation.history import TrainingHistory, read_history, write_history
from ictal.evaluation.measures import FIGURES, Measures
from ictal.evaluation.stored import read_evaluation, write_evaluation
from ictal.reports.pictures import Picture
from ictal.reports.run_figures import show_figure, show_seconds
from ictal.reports.run_report import write_run_report
from ictal.reports.run_rules import WORDS
from ictal.scoring.rules import RULES

ONSETS = {"anna": (600.0, 2000.0), "bert": (300.0,), "carl": (), "dora": (900.0, 1500.0, 3000.0), "emil": (1200.0,)}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[FoldSummary, ...], Measures]:
    folder = tmp_path_factory.mktemp("crossval")
    lost = FoldSummary("loso-<b>fritz</b>", FAILED, "the disk is full", ("<b>fritz</b>",), 4, 1)
    folds, measures = make_crossval(folder, ONSETS, {"emil": 0.99}, [lost])
    return write_run_report(folder, measures=measures), folds, measures


@pytest.fixture(scope="module")
def page(result: tuple[Path, tuple[FoldSummary, ...], Measures]) -> Page:
    return Page(result[0].read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Page:
    folder = make_training(tmp_path_factory.mktemp("training"))
    return Page(write_run_report(folder).read_text(encoding="utf-8"))


def shown(figures: Mapping[str, float], *names: str) -> list[str]:
    return [show_figure(figures[name], name) for name in names]


def test_the_table_of_figures_holds_means_and_all_as_one_with_intervals(
    page: Page, result: tuple[Path, tuple[FoldSummary, ...], Measures]
) -> None:
    measures = result[2]
    rows = page.rows("5 recordings or stretches of 5")
    names = [row[0] for row in rows]
    for name, figure in FIGURES.items():
        average, pooled = measures.average[name], measures.pooled[name]
        (found,) = [
            row for row in rows if row[0] == figure.title and row[1].startswith(show_figure(average.value, name))
        ]
        low, high = show_figure(pooled.low, name), show_figure(pooled.high, name)
        assert found[2] == str(average.n_subjects)
        assert found[3] == f"{show_figure(pooled.value, name)} [{low}, {high}]"
    assert [name for name in names if name in {"Events", "Seconds", "Windows"}] == ["Events", "Seconds", "Windows"]
    limited = measures.curves.limited["subjects"][1]
    row = next(row for row in page.rows("Event sensitivity at the best threshold") if row[0] == "at most 5 /24 h")
    assert row[1].startswith(f"{limited.sensitivity:.3f} [")


def test_each_subject_has_its_row_by_the_name_of_the_corpus(
    page: Page, result: tuple[Path, tuple[FoldSummary, ...], Measures]
) -> None:
    rows = page.rows("Subjects as the corpus names them")
    assert [row[0] for row in rows] == ["anna", "bert", "carl", "dora", "emil positive everywhere", "all as one"]
    for row, group in zip(rows, result[2].subjects, strict=False):
        assert row[1:4] == ["1.00", str(group.n_seizures), str(group.n_events)]
        assert row[4] == show_seconds(group.onset_latency)
        assert row[5:9] == shown(
            group.figures, "event_sensitivity", "event_precision", "event_f1", "false_alarms_per_day"
        )
    assert rows[2][4:6] == ["–", "–"]


def test_each_fold_has_its_row_those_too_that_failed(
    page: Page, result: tuple[Path, tuple[FoldSummary, ...], Measures]
) -> None:
    rows = page.rows("Figures of each fold")
    assert len(rows) == 6
    history = result[1][0].history
    assert history is not None
    assert rows[0][:4] == ["loso-anna", "anna", "4 + 1", f"{history.best_epoch + 1} of {len(history.epochs)}"]
    assert rows[-1][:4] == ["loso-<b>fritz</b> failed", "<b>fritz</b>", "4 + 1", "–"]
    assert set(rows[-1][4:]) == {"–"}
    remarks = " ".join(text for _, text in page.all("li"))
    assert "5 of 6 folds are finished" in remarks
    assert "failed; the same command tries again: the disk is full" in remarks


def test_all_figures_of_subjects_can_be_saved(page: Page) -> None:
    link, _ = next(found for found in page.all("a") if "download" in found[0])
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(link["href"].split(",")[1]).decode()), delimiter="\t"))
    assert [row["subject"] for row in rows] == [*ONSETS, "(all as one)", "(mean of subjects)"]
    assert set(FIGURES) <= set(rows[0])
    assert rows[2]["auroc"] == "n/a"
    assert float(rows[0]["hours"]) == 1.0


def test_it_says_what_was_run(page: Page) -> None:
    facts = page.facts()
    assert facts["Recipe"] == "eegwavenet: a network"
    assert facts["Seed, threads"] == "3, 1"
    assert facts["Commit"] == "c0ffee, with changes that are not committed"
    assert "torch 2.9" in facts["Versions"]
    assert ["training.optimizer.lr", "0.001"] in page.rows("The recipe, every value")
    notice = page.all("p", role="note")[0][1]
    assert "For research use only" in notice
    assert "not a medical device" in notice


def test_a_training_is_told_as_one_of_one_split(training: Page) -> None:
    (row,) = training.rows("How the training went")
    assert row[:3] == ["loso-anna", "anna", "1 + 0"]
    assert [row[0] for row in training.rows("Subjects as")] == ["anna", "all as one"]
    curves, confusion, strip, bars, learning = 5, 1, 1, 1, 2
    assert len(training.all("img")) == curves + confusion + strip + bars + learning
    assert "of the test side" in training.all("header")[0][1]
    assert not any("interval" in text for _, text in training.all("header"))


def test_a_training_that_tested_nobody_says_so(tmp_path: Path) -> None:
    text = write_run_report(make_training(tmp_path, side="validation")).read_text(encoding="utf-8")
    assert "Nobody was tested" in text


def test_a_training_that_evaluated_nothing_still_shows_how_it_went(tmp_path: Path) -> None:
    folder = make_training(tmp_path)
    (folder / "evaluation.json").unlink()
    page = Page(write_run_report(folder).read_text(encoding="utf-8"))
    assert len(page.all("img")) == 2
    assert "Nothing was evaluated" in page.all("li")[-1][1]


def test_what_is_fitted_at_once_has_no_picture_of_a_course(tmp_path: Path) -> None:
    folder = make_training(tmp_path)
    (folder / "evaluation.json").unlink()
    history = read_history(folder)
    watched = {f"validation/{history.monitor}": 0.9}
    write_history(folder, TrainingHistory(history.monitor, 0, ({"epoch": 0.0, **watched},)))
    page = Page(write_run_report(folder).read_text(encoding="utf-8"))
    assert page.all("img") == []
    assert len(page.rows("How the training went")) == 1


@pytest.mark.parametrize("name", ["run.json", "history.json", "splits.json"])
def test_a_folder_that_lacks_a_file_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    folder = make_training(tmp_path)
    (folder / name).unlink()
    with pytest.raises(RecordingError, match=re.escape(name)):
        write_run_report(folder)


def test_pages_are_sound(page: Page, training: Page) -> None:
    for one in (page, training):
        levels = [int(tag[1]) for tag, _ in one.elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
        assert len(one.all("caption")) == len(one.all("table"))
        assert all("scope" in found for found, _ in one.all("th"))
        names = [found["id"] for _, found in one.elements if "id" in found]
        assert len(names) == len(set(names))
        assert {found["href"][1:] for found, _ in one.all("a") if found["href"].startswith("#")} <= set(names)
        assert all(len(found["alt"]) > 20 for found, _ in one.all("img"))
        assert one.all("script", "iframe", "object", "embed", "form", "b") == []


def test_nothing_is_loaded_and_nobody_is_named_but_by_the_corpus(
    result: tuple[Path, tuple[FoldSummary, ...], Measures],
) -> None:
    text = result[0].read_text(encoding="utf-8")
    pictures = re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", text)
    words = [*pictures, re.sub(r"base64,[\w+/=]+", "", text)]
    decoded = "\n".join([words[-1], *(base64.b64decode(picture).decode() for picture in pictures)])
    assert not re.search(r"https?:(?!//www\.w3\.org|//purl\.org|//creativecommons)|@import|url\((?!#)", decoded)
    for secret in ("Doe", "Jane", "/home", str(result[0].parent)):
        assert secret not in decoded


def test_each_rule_has_a_row_for_both_ways_of_averaging(page: Page) -> None:
    titles = [RULES.load(name).title.split(" (")[0] for name in WORDS]
    rows = [row for row in page.rows("The same events by six rules") if len(row) > 1]
    assert [row[0] for row in rows] == titles * 2
    assert all(len(row) == 6 for row in rows)
    assert {row[5].split("[")[0][-1] for row in rows if "sample" in row[0] or "EPOCH" in row[0]} == {"s"}


def test_what_is_called_what_is_told_as_a_table(
    page: Page, result: tuple[Path, tuple[FoldSummary, ...], Measures]
) -> None:
    background, seizure, precision = page.rows("Windows of 1 s before post-processing")
    assert background[0].startswith("background")
    assert seizure[0].startswith("seizure")
    assert precision[0] == "Precision"
    sensitivities = [float(row[3].split(" %")[0]) for row in (background, seizure)]
    balanced = result[2].pooled["balanced_accuracy"].value
    assert np.mean(sensitivities) / 100 == pytest.approx(balanced, abs=2e-3)


def test_times_stand_in_their_table(page: Page, result: tuple[Path, tuple[FoldSummary, ...], Measures]) -> None:
    measures = result[2]
    rows = page.rows(f"{sum(len(one.onset_latency) for one in measures.timings)} of")
    assert [row[0] for row in rows] == ["onset", "offset", "duration"]
    assert rows[0][1] == show_seconds(measures.whole.onset_latency)


def test_every_section_is_found_from_the_top(page: Page) -> None:
    wanted = {found["href"] for found, _ in page.all("a") if found["href"].startswith("#")}
    assert {f"#{found['id']}" for found, _ in page.all("h2")} == wanted


def test_explanations_have_a_section_of_their_own(tmp_path: Path) -> None:
    folder = make_training(tmp_path)
    image = Picture("data:image/png;base64,AA==", 10, 10, "What the detector looked at in a seizure of anna")
    path = write_run_report(folder, tmp_path / "own.html", explanations=[("A seizure of anna", image)])
    page = Page(path.read_text(encoding="utf-8"))
    assert path.name == "own.html"
    assert not (folder / "report.html").exists()
    assert "Why: what the detector looked at" in [text for _, text in page.all("h2")]
    assert [found["alt"] for found, _ in page.all("img") if found["src"] == image.source] == [image.alt]


def test_a_run_is_written_anew_from_its_folder_alone(result: tuple[Path, tuple[FoldSummary, ...], Measures]) -> None:
    folder = result[0].parent
    first = write_run_report(folder, folder / "first.html").read_bytes()
    assert write_run_report(folder, folder / "second.html").read_bytes() == first


def test_detectors_with_rules_of_their_own_and_adapted_ones_are_told(tmp_path: Path) -> None:
    make_crossval(tmp_path, {"anna": (600.0,), "bert": (300.0,)}, {})
    first, second = read_evaluation(tmp_path)
    text = write_run_report(tmp_path).read_text(encoding="utf-8")
    assert "different sets of rules" not in text
    assert "finetune.html" not in text
    other = second.postprocessing.model_copy(update={"threshold": 0.9})
    write_evaluation(tmp_path, [first, replace(second, postprocessing=other)])
    (tmp_path / folder_of("loso-bert") / "finetune").mkdir()
    text = write_run_report(tmp_path).read_text(encoding="utf-8")
    assert "2 different sets of rules" in text
    assert "finetune.html" in text


def test_undefined_figures_are_dashes() -> None:
    assert show_figure(math.nan, "auroc") == "–"
