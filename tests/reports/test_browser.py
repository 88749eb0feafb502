"""Every page of ictal in a browser: whole, readable, printable, and for those who use it without eyes or mouse."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.reports.browser import PAGE_MILLIMETRES, Visit, visit
from tests.reports.conftest import DURATION, LazyNoise, make_detection
from tests.reports.run_folders import SECONDS, make_crossval, make_run
from tests.reports.samples import LOSS, LR, make_calibration, make_comparison, make_gain, make_settings, make_tuning

from ictal.core.events import Annotations, Event
from ictal.evaluation.patient_gain import compare_protocols
from ictal.evaluation.stored import read_evaluation
from ictal.evaluation.worst import find_worst
from ictal.reports.calibration_report import write_calibration_report
from ictal.reports.comparison_report import write_comparison
from ictal.reports.finetune_report import write_finetune_report
from ictal.reports.recording_report import write_report
from ictal.reports.run_report import write_run_report
from ictal.reports.tuning_report import write_tuning_report
from ictal.reports.worst import Eeg, show_worst
from ictal.training.finetune_settings import PROTOCOLS

ONSETS = {
    "anna": (600.0, 2000.0),
    "bert-with-a-long-name_ses-01": (300.0,),
    "carl": (),
    "dora": (900.0, 1500.0, 3000.0),
}
LEVELS = {"anna": 0.01, "dora": 0.99}

PAPER = round(PAGE_MILLIMETRES[0] / 25.4 * 96)
"""Pixels of a window as wide as what is printed on."""


def make_recording_page(path: Path) -> None:
    reference = Annotations([Event(105.0, 30.0), Event(300.0, 12.0)], DURATION)
    title = "A_rather_long_name_without_any_space_in_it" * 2
    write_report(path, LazyNoise(DURATION), make_detection(), reference, title=title)


def make_run_page(path: Path) -> None:
    folder = path.with_suffix("")
    make_crossval(folder, ONSETS, LEVELS)
    misses, alarms = find_worst(read_evaluation(folder), n_worst=2)
    night = Eeg(LazyNoise(SECONDS))
    worst = show_worst(misses, alarms, lambda one: night, lambda one: f"loso-{one.subject}", note="The EEG is noise.")
    write_run_report(folder, path, worst)


def make_comparison_page(path: Path) -> None:
    write_comparison(path, make_comparison(4, side="validation"))


def make_calibration_page(path: Path) -> None:
    facts = [("Corpus", "bids"), ("Left out", "1 recording: it cannot be read")]
    write_calibration_report(path, make_settings(), make_calibration(), facts, ["Few hours."])


def make_tuning_page(path: Path) -> None:
    write_tuning_report(path, make_tuning(**{LR.key: 0.8, LOSS.key: 0.2}))


def make_finetune_page(path: Path) -> None:
    gains = [make_gain(protocol, name, 0.25, 0.75) for protocol in PROTOCOLS for name in ONSETS]
    written = write_finetune_report(make_run(path.with_suffix(""), "crossval"), compare_protocols(gains), 1.0)
    written.rename(path)


PAGES: dict[str, Callable[[Path], None]] = {
    "recording": make_recording_page,
    "run": make_run_page,
    "comparison": make_comparison_page,
    "calibration": make_calibration_page,
    "tuning": make_tuning_page,
    "finetune": make_finetune_page,
}
"""Every page that ictal writes, with names that are long and lists that are full."""


@pytest.fixture(scope="module")
def find_page(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a page by its name; each is made once."""
    folder = tmp_path_factory.mktemp("pages")

    @functools.cache
    def find(name: str) -> Path:
        PAGES[name](folder / f"{name}.html")
        return folder / f"{name}.html"

    return find


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_without_network(
    chromium: Any, find_page: Callable[[str], Path], name: str, width: int, scheme: str
) -> None:
    with visit(chromium, find_page(name), width=width, scheme=scheme) as shown:
        assert shown.complaints == []
        assert {address.split(":")[0] for address in shown.requests} <= {"file", "data"}
        assert sum(address.startswith("file:") for address in shown.requests) == 1, "the page itself and no other file"
        assert shown.overflow <= 0
        assert shown.find_cut() == []
        assert shown.find_overlapping() == []
        assert shown.find_missing_images() == []
        assert (shown.count_images() > 0) == (name != "finetune")
        assert shown.is_dark == (scheme == "dark")
        papers = "[...document.querySelectorAll('.paper')].map(p => getComputedStyle(p).backgroundColor)"
        assert set(shown.page.evaluate(papers)) <= {"rgb(255, 255, 255)"}
        assert shown.find_broken_layout() == []
        assert shown.find_barriers() == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_without_cut_pictures_at_its_true_scale(
    chromium: Any, find_page: Callable[[str], Path], name: str
) -> None:
    with visit(chromium, find_page(name), width=PAPER, media="print") as shown:
        assert shown.overflow <= 0, "else the browser makes all of it smaller"
        assert shown.find_cuttable() == []
        n_drawn = shown.page.evaluate("[...document.images].filter(i => i.src.startsWith('data:image/png')).length")
        printed = shown.print()
    assert 1 <= len(printed.pages) < 30
    assert all(float(page.std()) > 2.0 for page in printed.pages), "no page is empty"
    wide = [edges for _, edges in printed.pictures if edges[2] - edges[0] > printed.size[0] / 2]
    assert len(wide) == n_drawn, "each on one page"
    for left, bottom, right, top in wide:
        assert 0.0 <= left < right <= printed.size[0]
        assert 0.0 <= bottom < top <= printed.size[1]
        assert (right - left) / 72 * 25.4 == pytest.approx(PAGE_MILLIMETRES[0], abs=1.0)


def spoil(tmp_path: Path, page: Path, before: str, after: str) -> Path:
    text = page.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "spoiled.html"
    path.write_text(text.replace(before, after), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("check", "before", "after"),
    [
        (Visit.find_cut, "</h1>", "</h1><p style='width: 3rem; white-space: nowrap'>Much too long for it</p>"),
        (Visit.find_overlapping, "</h1>", "</h1><p style='margin-bottom: -1.5rem'>Over</p><p>another</p>"),
        (Visit.find_missing_images, 'src="data:image/svg+xml;base64,', 'src="data:image/svg+xml;base64,AAAA'),
        (Visit.find_barriers, 'alt="', 'data-alt="'),
        (Visit.find_barriers, "--muted: #55616e", "--muted: #b0b8c0"),
        (Visit.find_broken_layout, "<section", "<section style='margin-top: -9rem'"),
        (Visit.find_broken_layout, "<main>", "<main><section style='height: 9rem'></section>"),
    ],
)
def test_the_checks_can_fail(
    chromium: Any,
    find_page: Callable[[str], Path],
    tmp_path: Path,
    check: Callable[[Visit], list[str]],
    before: str,
    after: str,
) -> None:
    with visit(chromium, spoil(tmp_path, find_page("calibration"), before, after)) as shown:
        assert check(shown) != []


def test_a_picture_that_is_higher_than_paper_is_found(
    chromium: Any, find_page: Callable[[str], Path], tmp_path: Path
) -> None:
    spoiled = spoil(
        tmp_path, find_page("calibration"), "<figure>", "<figure style='break-inside: auto; height: 400mm'>"
    )
    with visit(chromium, spoiled, width=PAPER, media="print") as shown:
        assert shown.find_cuttable() != []
