"""What every test shares: where the real data is, and a count of what was skipped without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DATA_VARIABLE = "ICTAL_TEST_DATA"
NO_DATA = f"{DATA_VARIABLE} is not set: the real data is not here"


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real recordings, annotations and oracles; set and missing is a failure, unset a counted skip."""
    if DATA_VARIABLE not in os.environ:
        pytest.skip(NO_DATA)
    folder = Path(os.environ[DATA_VARIABLE])
    assert folder.is_dir(), f"{DATA_VARIABLE}={folder} is not a folder"
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    without_data = [report for report in terminalreporter.stats.get("skipped", []) if NO_DATA in str(report.longrepr)]
    if without_data:
        terminalreporter.write_line(f"{len(without_data)} tests skipped: {NO_DATA}")
