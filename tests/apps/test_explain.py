"""``ictal explain`` as a new user runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Ictal = Callable[..., Any]


def test_an_event_is_explained_in_words_and_pictures(ictal: Ictal, scalp: Path, tmp_path: Path) -> None:
    done = ictal("explain", scalp, "--event", 1, "--method", "integrated-gradients", "-o", tmp_path / "why")
    assert done.code == 0, done
    first, words, *_ = done.out.splitlines()
    assert first.startswith("event 1 at ") and "eegwavenet-scalp, log-odds " in first
    assert words.startswith("integrated-gradients: ") and " %" in words
    assert f"written  {tmp_path / 'why' / 'event-1_integrated-gradients.png'}" in done.out
    assert "not a medical device" in done.out
    assert (tmp_path / "why" / "event-1_integrated-gradients.svg").stat().st_size > 10_000


def test_what_cannot_be_is_refused_in_one_line(ictal: Ictal, scalp: Path, quiet: Path, tmp_path: Path) -> None:
    out = ("-o", tmp_path / "why")
    assert "has the events 1 to 1" in ictal("explain", scalp, "--event", 7, *out).problem
    assert "no event was found" in ictal("explain", quiet, "-d", "line-length", *out).problem
    assert "give START:STOP" in ictal("explain", scalp, "--span", "sixty", *out).problem
    assert "START:STOP" in ictal("explain", scalp, "--span", "9:3", *out).problem
    assert "method: 'salience'" in ictal("explain", scalp, "--span", "60:70", "-m", "salience", *out).problem
    rollout = ictal("explain", scalp, "--span", "60:70", "-m", "attention-rollout", *out).problem
    assert "does not fit EEGWaveNet: it has no attention; allowed are saliency" in rollout
    assert "--target: 'absence' is not allowed" in ictal("explain", scalp, "--target", "absence", *out).problem
    assert "--data: is not allowed with a recording" in ictal("explain", scalp, "--data", tmp_path, *out).problem
    truth = ictal("explain", scalp, "--truth", tmp_path / "phantom.json", *out).problem
    assert "--truth: is not allowed with a recording that is not checked" in truth
    assert not (tmp_path / "why").exists()


def test_of_a_run_options_of_a_recording_are_refused(ictal: Ictal, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    assert "--event: is not allowed with a run" in ictal("explain", tmp_path, "--event", 1).problem
    assert "--detector: is not allowed with a run" in ictal("explain", tmp_path, "-d", "line-length").problem
    both = ictal("explain", tmp_path, "-m", "saliency", "-m", "occlusion")
    assert "of a run one method is allowed" in both.problem
