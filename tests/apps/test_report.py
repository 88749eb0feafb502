"""``ictal report`` as a new user runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Ictal = Callable[..., Any]


def test_a_recording_becomes_a_page(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    done = ictal("report", scalp, "-o", tmp_path / "page.html")
    assert (done.code, done.out) == (0, f"report  {tmp_path / 'page.html'}\n"), done
    assert "</html>" in (tmp_path / "page.html").read_text()


def test_its_reasons_stand_in_the_page(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    done = ictal("report", scalp, "-o", tmp_path / "page.html", "--explain", "occlusion")
    assert done.code == 0, done
    page = (tmp_path / "page.html").read_text()
    assert "What counted" in page and "occlusion" in page


def test_options_of_a_recording_mean_nothing_for_a_run(ictal: Ictal, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    assert "--threshold: is not allowed with a run" in ictal("report", tmp_path, "--threshold", "0.5").problem
    assert "--channels: is not allowed with a run" in ictal("report", tmp_path, "--channels", "a").problem


def test_a_folder_that_is_no_run_is_refused(ictal: Ictal, tmp_path: Path) -> None:
    for verb in ("report", "explain"):
        problem = ictal(verb, tmp_path).problem
        assert problem == f"{tmp_path}: is a folder without run.json; allowed are a recording and the folder of a run."
