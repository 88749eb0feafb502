from __future__ import annotations

import subprocess
import sys

import pytest

from ictal.core.errors import ParameterError
from ictal.models.table import MODELS


def test_reading_the_table_loads_no_torch() -> None:
    code = "import sys, ictal.models, ictal.models.table; print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_a_near_name_is_suggested() -> None:
    with pytest.raises(ParameterError, match="Did you mean 'eegwavenet'"):
        MODELS.load("EEGwavenet")
