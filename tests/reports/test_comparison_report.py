"""A comparison as a page: what stands in it, that it needs nothing else, and how figures are written."""

from __future__ import annotations

import base64
import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from tests.reports.samples import N_SUBJECTS, make_comparison

from ictal.evaluation.dataset import Estimate
from ictal.evaluation.detector_figures import FIGURES
from ictal.reports.comparison_report import (
    TITLES,
    format_figure,
    format_interval,
    format_p,
    format_subjects_csv,
    name_detectors,
    write_comparison,
)

VOID = {"meta", "link", "img", "br", "hr", "input", "wbr"}


class Page(HTMLParser):
    """The elements of a page with their attributes and the text inside them; all are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for number in self._open:
            self.elements[number][2].append(data)

    def texts(self, tag: str) -> list[str]:
        return [" ".join("".join(words).split()) for one, _, words in self.elements if one == tag]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "comparison.html"
    write_comparison(path, make_comparison(4, side="validation"))
    return path


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return Page(report.read_text(encoding="utf-8"))


def rows(page: Page) -> list[str]:
    """Every row of every table, its cells apart by a blank."""
    found: list[list[str]] = []
    for tag, _, words in page.elements:
        if tag == "tr":
            found.append([])
        elif tag in {"th", "td"}:
            found[-1] += "".join(words).split()
    return [" ".join(row) for row in found]


def test_it_says_what_was_compared(page: Page) -> None:
    (header,) = page.texts("header")
    assert "old <&> run, new, quiet, last (validation)" in header
    assert "On 9 recordings of 6 subjects, which all were tested on: 9.0 h with 12 seizures." in header
    assert "For research use only" in header
    assert "last on 12 recordings of 6 subjects" in header
    assert "last was evaluated on validation recordings" in header


def test_verdicts_stand_in_the_table_with_their_reasons(page: Page) -> None:
    (verdicts,) = (row for row in rows(page) if row.startswith("Verdict"))
    assert "no better than chance by frames events find 0.50 of the seizures" in verdicts
    assert "silent it finds nothing at its own threshold" in verdicts


def test_figures_have_intervals_and_the_number_of_those_who_have_one(page: Page) -> None:
    (row,) = (row for row in rows(page) if row.startswith("event sensitivity 0.500 [0."))
    assert row.count("(5)") == 4, "one subject has no seizure"
    (row,) = (row for row in rows(page) if row.startswith("event F1 0.450 ["))
    assert "(" not in row
    (row,) = (row for row in rows(page) if row.startswith("AUROC 0.450 ["))
    assert row.endswith("n/a")


def test_differences_have_both_tests_and_plain_words(page: Page) -> None:
    found = make_comparison(4)
    one = found.comparison.figures["event_f1"].differences[1]
    assert one is not None
    p_values = f"{format_p(one.sign_flip_corrected)} {format_p(one.wilcoxon_corrected)}"
    assert f"event F1 +0.200 [+0.200, +0.200] 6 {p_values} {one.words('event_f1')}" in rows(page)
    assert "AUROC n/a 0 n/a n/a" in rows(page)
    assert "Differences to old <&> run" in page.texts("h2")
    assert "corrected for the number of detectors" in " ".join(page.texts("caption"))


def test_a_single_run_has_no_differences(tmp_path: Path) -> None:
    write_comparison(tmp_path / "one.html", make_comparison(1))
    page = Page((tmp_path / "one.html").read_text(encoding="utf-8"))
    assert page.texts("h2") == ["Figures", "By subject", "How this was calculated"]
    assert page.texts("img") == [""]


def test_subjects_are_listed_and_can_be_downloaded(report: Path, page: Page) -> None:
    assert "sub-00 1.50 2 n/a n/a n/a n/a 0.200 0.400 0.200 0.200 0.00 96.00 0.00 0.00" in rows(page)
    (coded,) = re.findall(r"data:text/csv;charset=utf-8;base64,([\w+/=]+)", report.read_text(encoding="utf-8"))
    table = list(csv.DictReader(io.StringIO(base64.b64decode(coded).decode())))
    assert len(table) == 4 * N_SUBJECTS
    known = {"subject": "sub-01", "seconds": "5400", "seizures": "2", "detector": "new", "false_alarms_per_day": "126"}
    assert table[5] == dict.fromkeys(FIGURES, "0.5") | known
    assert table[0]["event_sensitivity"] == "", "undefined is empty"


def test_the_table_to_download_is_the_same_each_time() -> None:
    assert format_subjects_csv(make_comparison(3)) == format_subjects_csv(make_comparison(3))


def test_validation_is_marked_wherever_a_name_stands() -> None:
    assert name_detectors(make_comparison(2, side="validation")) == ("old <&> run", "new (validation)")
    assert name_detectors(make_comparison(2, side="tables")) == ("old <&> run", "new")


def test_nothing_is_loaded_and_nothing_runs(report: Path, page: Page) -> None:
    text = re.sub(r"base64,[\w+/=]+", "", report.read_text(encoding="utf-8"))
    assert not re.search(r"https?:|//\w|@import|url\(", text)
    assert not {"script", "iframe", "object", "embed", "form"} & {tag for tag, _, _ in page.elements}
    assert "default-src 'none'" in text
    images = [found for tag, found, _ in page.elements if tag == "img"]
    assert len(images) == 2 and all(found["alt"] for found in images)
    assert page.texts("html") and len(page.texts("caption")) == len(page.texts("table"))
    assert all("scope" in found for tag, found, _ in page.elements if tag == "th")


def test_the_same_comparison_gives_the_same_bytes(report: Path, tmp_path: Path) -> None:
    write_comparison(tmp_path / "again.html", make_comparison(4, side="validation"))
    assert (tmp_path / "again.html").read_bytes() == report.read_bytes()


# --- numbers as text ---


def test_every_figure_has_a_title() -> None:
    assert tuple(TITLES) == FIGURES


@pytest.mark.parametrize(
    ("figure", "value", "signed", "text"),
    [
        ("event_f1", 0.12345, False, "0.123"),
        ("event_f1", -0.12345, True, "−0.123"),
        ("event_f1", 0.5, True, "+0.500"),
        ("event_f1", -0.0001, True, "0.000"),
        ("event_f1", np.nan, False, "n/a"),
        ("false_alarms_per_day", 4.321, False, "4.32"),
        ("false_alarms_per_day", 287.6, False, "288"),
        ("false_alarms_per_day", -120.4, True, "−120"),
    ],
)
def test_figures_are_written_in_their_unit(figure: str, value: float, signed: bool, text: str) -> None:
    assert format_figure(figure, value, signed=signed) == text


def test_no_interval_is_nothing() -> None:
    assert format_interval("auroc", Estimate(0.5, 1)) == ""
    assert format_p(np.nan) == "n/a"
