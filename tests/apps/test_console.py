"""What is said, where, and how a command ends."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import warnings
from collections.abc import Callable

import pytest

from ictal.apps.console import (
    allow_any_letter,
    complain,
    complain_at_length,
    count,
    end_with,
    plain_warnings,
    progress_bar,
    say,
)
from ictal.core.errors import IctalWarning, OutputError, ParameterError, RecordingError

Capture = pytest.CaptureFixture[str]

BAR = (
    "import time\n"
    "from ictal.apps.console import complain, progress_bar, say\n"
    "with progress_bar('detect') as progress:\n"
    "    for number in range(5):\n"
    "        progress(number / 5)\n"
    "        say(f'result {number}')\n"
    "        time.sleep(0.12)\n"
    "    complain('error: one failed')\n"
)


def end(problem: BaseException, *, debug: bool = False) -> int:
    def run() -> int:
        raise problem

    return end_with(run, debug=debug)


def in_terminal(code: str) -> tuple[str, str]:
    """Run Python with its errors on a terminal and its results in a pipe; return both."""
    master, slave = os.openpty()
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=slave) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                shown += (block := os.read(master, 4096))
            except OSError:  # the other end is closed
                break
            if not block:
                break
        assert process.stdout is not None
        result = process.stdout.read()
    os.close(master)
    return result.decode(), shown.decode()


def test_results_and_problems_go_different_ways(capsys: Capture) -> None:
    say("found")
    complain("error: two\nlines  become   one")
    complain_at_length("Traceback\n  at its full length\n")
    assert capsys.readouterr() == ("found\n", "error: two lines become one\nTraceback\n  at its full length\n")


@pytest.mark.parametrize(("number", "said"), [(0, "0 seizures"), (1, "1 seizure"), (2, "2 seizures")])
def test_one_is_not_many(number: int, said: str) -> None:
    assert count(number, "seizure") == said


def test_letters_that_the_terminal_does_not_have_are_escaped() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    allow_any_letter(stream)
    stream.write("M\udcfcller → events")
    stream.flush()
    assert stream.buffer.getvalue() == b"M\\udcfcller \\u2192 events"  # type: ignore[attr-defined]
    allow_any_letter(io.StringIO())


def test_our_warnings_are_one_line_each_said_once(capsys: Capture) -> None:
    with plain_warnings():
        for _ in range(2):
            warnings.warn("night.edf: start date: names no possible day", IctalWarning, stacklevel=1)
        warnings.warn("night.edf: label: comes twice", IctalWarning, stacklevel=1)
    said = ["warning: night.edf: start date: names no possible day", "warning: night.edf: label: comes twice"]
    assert capsys.readouterr().err.splitlines() == said


def test_warnings_of_libraries_are_left_out(capsys: Capture) -> None:
    with plain_warnings():
        warnings.simplefilter("always")
        warnings.warn("np.thing is old", DeprecationWarning, stacklevel=1)
    assert capsys.readouterr().err == ""


def test_without_a_terminal_there_is_no_bar(capsys: Capture) -> None:
    with progress_bar("detect") as progress:
        progress(0.5)
    assert capsys.readouterr() == ("", "")


def test_in_a_terminal_there_is_a_bar_that_keeps_out_of_the_results() -> None:
    """Results in a file, the bar on the screen: as in ``ictal detect … > found.txt``."""
    result, shown = in_terminal(BAR)
    assert result.splitlines() == [f"result {number}" for number in range(5)]
    assert "━" in shown and "detect" in shown and "%" in shown
    assert "error: one failed" in shown
    assert "result" not in shown


@pytest.mark.parametrize(
    ("problem", "code", "said"),
    [
        (RecordingError("is empty", file="night.edf"), 2, "error: night.edf: is empty\n"),
        (ParameterError("--set: 'x' is\nnot allowed"), 2, "error: --set: 'x' is not allowed\n"),
        (OutputError("out: the disk is full"), 2, "error: out: the disk is full\n"),
        (KeyboardInterrupt(), 130, "interrupted; what was finished is kept\n"),
        (
            ModuleNotFoundError("No module named 'torch'", name="torch"),
            2,
            "error: torch is not installed, which this needs; install ictal[train], or ictal[all]\n",
        ),
        (
            ModuleNotFoundError("No module named 'ictal.x'", name="ictal.x"),
            1,
            "error: No module named 'ictal.x' (a fault in ictal; --debug shows where)\n",
        ),
        (ZeroDivisionError("x"), 1, "error: ZeroDivisionError: x (a fault in ictal; --debug shows where)\n"),
    ],
)
def test_every_end_is_one_line_and_a_code(problem: BaseException, code: int, said: str, capsys: Capture) -> None:
    assert end(problem) == code
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize("problem", [RecordingError("is empty", file="night.edf"), ZeroDivisionError("x")])
def test_debug_shows_the_traceback_before_the_line(problem: Exception, capsys: Capture) -> None:
    end(problem, debug=True)
    said = capsys.readouterr().err
    assert said.startswith("Traceback (most recent call last):") and "raise problem" in said
    assert said.splitlines()[-1].startswith("error: ")


def test_the_code_of_a_run_is_passed_on() -> None:
    answer: Callable[[], int] = lambda: 7  # noqa: E731
    assert end_with(answer, debug=False) == 7


@pytest.mark.parametrize("text", ["x", "x" * 100_000])
def test_a_reader_that_has_gone_is_no_error(text: str) -> None:
    """As in ``ictal … | head``; both while it writes and when Python flushes at its end."""
    code = (
        "import sys, time\n"
        "from ictal.apps.console import end_with, say\n"
        "time.sleep(0.2)\n"
        f"sys.exit(end_with(lambda: say({text!r}) or 0, debug=False))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0
