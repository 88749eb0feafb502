"""The benchmark measures the real command; what it measures is no concern of the tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import IctalError
from ictal.experiments.bench import (
    CHANNELS,
    Measurement,
    TiledNoise,
    bench_detect,
    measure_command,
    measure_random_access,
)
from ictal.io.edf_write import write_edf


def test_the_noise_is_the_same_however_it_is_read() -> None:
    noise = TiledNoise(0.05)
    whole = noise.read()
    assert whole.shape == (len(CHANNELS), 180 * 256)
    np.testing.assert_array_equal(noise.read(55.0, 65.0), whole[:, 55 * 256 : 65 * 256])
    steps = np.abs(np.diff(whole, axis=1))
    assert steps[:, 60 * 256 - 1].max() <= steps.max()


def test_a_row_shows_median_range_and_memory() -> None:
    row = Measurement("x", (0.5, 0.25, 2.0), 123.4).row
    assert " ".join(row.split()) == "x 0.50 s 0.25 s – 2.00 s 123 MB"
    assert "0.20 ms" in Measurement("y", (0.0002,)).row


def test_a_real_command_is_timed_from_outside() -> None:
    measured = measure_command("version", ["--version"], repeats=2)
    assert len(measured.seconds) == 2
    assert all(0.01 < seconds < 60.0 for seconds in measured.seconds)


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(IctalError, match="exit code 2"):
        measure_command("nothing", ["detect", "no-such-file.edf"], repeats=1)


def test_random_access_is_measured_on_a_real_file(tmp_path: Path) -> None:
    write_edf(tmp_path / "noise.edf", TiledNoise(0.02))
    measured = measure_random_access(tmp_path / "noise.edf")
    assert len(measured.seconds) == 200


@pytest.mark.slow
def test_the_whole_table() -> None:
    seen: list[float] = []
    table = bench_detect(0.02, repeats=1, progress=seen.append)
    assert len(table.splitlines()) == 5
    assert "line-length" in table
    assert seen == sorted(seen)
