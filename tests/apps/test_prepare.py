"""``ictal prepare`` as a new user runs it, and what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ictal.apps.prepare import tell_reason
from ictal.data.store import Store

Ictal = Callable[..., Any]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, shell: Ictal) -> Path:
    """Two simulated subjects."""
    folder = tmp_path_factory.mktemp("simulated") / "data"
    assert shell("simulate", folder, "--subjects", 2, "--hours", 0.1, "--seizures-per-hour", 20, "--seed", 3).code == 0
    return folder


def test_simulate_and_prepare_go_hand_in_hand(ictal: Ictal, data: Path, tmp_path: Path) -> None:
    done = ictal("prepare", data, "-o", tmp_path / "store", "--corpus", "bids")
    assert done.code == 0, done.err
    store = Store(tmp_path / "store")
    assert "recordings  2 of 2 used: 2 prepared now" in done.out
    assert "signal      0.20 of 0.20 h, 0.01 GB" in done.out
    assert f"seizures    {store.manifest.n_seizures} of {store.manifest.n_seizures}" in done.out
    assert store.read_windows([0, 1], [0, 100], 1024).shape == (2, 18, 1024)
    again = ictal("prepare", data, "-o", tmp_path / "store", "--corpus", "bids", "--verify")
    assert "recordings  2 of 2 used: 2 there already" in again.out


def test_a_recipe_is_taken_and_what_it_no_longer_needs_can_be_pruned(ictal: Ictal, data: Path, tmp_path: Path) -> None:
    store, recipe = tmp_path / "store", tmp_path / "recipe.toml"
    assert ictal("prepare", data, "-o", store).code == 0
    recipe.write_text('[[chain.steps]]\nstep = "montage"\n[[chain.steps]]\nstep = "resample"\nsampling_rate = 64\n')
    other = ictal("prepare", data, "-o", store, "--recipe", recipe, "--set", "chain.steps.1.sampling_rate=32")
    assert other.code == 0 and "2 prepared now" in other.out
    assert "MB of other settings or recordings are in the store too; --prune removes them" in other.err
    assert {one.sampling_rate for one in Store(store)} == {32.0}
    pruned = ictal(
        "prepare", data, "-o", store, "--recipe", recipe, "--set", "chain.steps.1.sampling_rate=32", "--prune"
    )
    assert "2 there already" in pruned.out and not pruned.err
    assert len(list((store / "signals").glob("*.npy"))) == 2


def test_what_is_left_out_is_told_with_its_hours_and_seizures(ictal: Ictal, data: Path, tmp_path: Path) -> None:
    source = tmp_path / "data"
    for file in data.rglob("*"):
        target = source / file.relative_to(data)
        if file.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            is_bad = file.name.startswith("sub-02") and file.suffix == ".edf"
            target.write_bytes(file.read_bytes()[:256] if is_bad else file.read_bytes())
    done = ictal("prepare", source, "-o", tmp_path / "store", "--corpus", "bids")
    assert "recordings  1 of " in done.out and "Traceback" not in done.err
    assert "sub-02" in done.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--set", "chain.steps.7.low=1"], "--set chain.steps.7: '7' is not allowed"),
        (["--corpus", "chbmit"], "corpus: 'chbmit' is not allowed; .* Did you mean 'chb-mit'"),
        (["--recipe", "none.toml"], "none.toml: cannot be read: No such file or directory"),
    ],
)
def test_what_is_not_allowed_is_one_line(
    ictal: Ictal, data: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    refused = ictal("prepare", data, "-o", tmp_path / "store", *options)
    assert re.search(said, refused.problem)
    assert not (tmp_path / "store").exists()


def test_recordings_left_out_for_one_reason_are_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [SimpleNamespace(name=f"night{number}", hours=1.5, n_seizures=2) for number in range(5)]
    tell_reason("no such file", rows)
    told = capsys.readouterr().err
    assert told == (
        "error: night0, night1, night2 and 2 more in the manifest: left out: no such file (7.50 h, 10 seizures)\n"
    )
