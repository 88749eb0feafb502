"""Light by default: what a run may load, asked of a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from ictal import Recording
from ictal.core.electrodes import SCALP_19
from ictal.io.edf_write import write_edf

FORBIDDEN = {"torch", "mne", "pandas", "lightning", "sklearn", "onnx", "matplotlib", "fastapi", "uvicorn", "filelock"}
REPORT = (
    "import json, sys\n"
    "from ictal.apps.cli import run\n"
    "code = run(sys.argv[1:])\n"
    "print(json.dumps([code, sorted({name.split('.')[0] for name in sys.modules})]))\n"
)


def loaded_by(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *arguments], capture_output=True, text=True, check=True, timeout=120
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stderr
    return set(modules)


def test_help_loads_nothing_but_the_command_line() -> None:
    assert not loaded_by("--help") & (FORBIDDEN | {"numpy", "scipy", "onnxruntime", "pydantic"})


@pytest.mark.parametrize("detector", ["line-length", "eegwavenet-scalp", "eegwavenet-untrained"])
def test_detect_loads_neither_torch_nor_mne_nor_pandas(tmp_path_factory: pytest.TempPathFactory, detector: str) -> None:
    folder = tmp_path_factory.mktemp("light")
    noise = np.random.default_rng(0).normal(0, 20, (19, 256 * 30))
    write_edf(folder / "noise.edf", Recording.from_array(noise, 256.0, SCALP_19))
    modules = loaded_by("detect", str(folder / "noise.edf"), "-o", str(folder / "out"), "--detector", detector)
    assert not modules & FORBIDDEN


def test_importing_ictal_loads_no_package_at_all() -> None:
    code = "import sys; import ictal; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
