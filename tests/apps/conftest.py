"""The command line, in this process and in one of its own, and recordings to run it on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ictal.apps.cli import run
from ictal.apps.console import end_with
from ictal.core.electrodes import SCALP_19
from ictal.core.recording import Recording
from ictal.io.edf_write import write_edf

COMMAND = [sys.executable, "-c", "from ictal.apps.cli import main; main()"]


@dataclass(frozen=True)
class Result:
    """What a command line gave."""

    code: int
    out: str
    err: str

    @property
    def problem(self) -> str:
        """The one line of the error of a run that was refused as it should be."""
        assert self.code == 2, self
        assert "Traceback" not in self.err and "a fault in ictal" not in self.err, self.err
        errors = [line for line in self.err.splitlines() if line.startswith("error: ")]
        others = [line for line in self.err.splitlines() if not line.startswith(("error: ", "note: ", "warning: "))]
        assert len(errors) == 1 and not others, self.err
        return errors[0].removeprefix("error: ")


Ictal = Callable[..., Result]


@pytest.fixture
def ictal(capsys: pytest.CaptureFixture[str]) -> Ictal:
    """The command line in this process, which is quick."""

    def call(*arguments: object, debug: bool = False) -> Result:
        capsys.readouterr()
        code = end_with(lambda: run([str(argument) for argument in arguments], debug=debug), debug=debug)
        return Result(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def shell() -> Ictal:
    """The command line as a shell starts it."""

    def call(*arguments: object, environment: dict[str, str] | None = None, **options: Any) -> Result:
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            capture_output=True,
            timeout=120,
            env={**os.environ, **(environment if environment is not None else {})},
            **options,
        )
        return Result(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    return call


@pytest.fixture(scope="session")
def start() -> Callable[..., subprocess.Popen[str]]:
    """The command line as a terminal starts it, in a process group of its own, and not waited for."""

    def call(*arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return call


@pytest.fixture(scope="session")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half an hour of noise on 19 electrodes, which takes a while."""
    path = tmp_path_factory.mktemp("long") / "long.edf"
    noise = np.random.default_rng(0).normal(0.0, 20.0, (19, 1800 * 256)).astype(np.float32)
    write_edf(path, Recording.from_array(noise, 256.0, SCALP_19), physical_range=(-200.0, 200.0))
    return path
