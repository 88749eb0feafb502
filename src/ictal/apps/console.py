"""What the command line says, and how it ends."""

from __future__ import annotations

import io
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from ictal.core.errors import IctalError, IctalWarning

EXIT_OK = 0
EXIT_INTERNAL = 1
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130

RESEARCH_ONLY = "For research; not a medical device."


def allow_any_letter(stream: TextIO) -> None:
    """Let a stream escape the letters that its encoding does not have, as Python does for errors."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def say(text: str = "") -> None:
    """Print a result."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Print a problem to the error stream, in one line."""
    complain_at_length(" ".join(text.split()))


def complain_at_length(text: str) -> None:
    """Print a problem to the error stream as it is."""
    sys.stderr.write(text.rstrip("\n") + "\n")
    sys.stderr.flush()


def count(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count(1, "seizure"), count(0, "seizure")
    ('1 seizure', '0 seizures')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Print each of our warnings once, in one line; leave those of libraries out."""
    said: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        text = str(message)
        if issubclass(category, IctalWarning) and text not in said:
            said.add(text)
            complain(f"warning: {text}")

    with warnings.catch_warnings():
        warnings.simplefilter("always", IctalWarning)
        warnings.showwarning = show
        yield


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[..., None]]:
    """Show a bar with the time left on the error stream if that is a terminal; yield the function that moves it.

    It takes the share that is done and, where there is more to tell, a text that stands behind the bar.
    """
    if not sys.stderr.isatty():
        yield lambda share, text="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    # Results go where the user sends them; only lines that would land on the bar are printed above it.
    shares_screen = sys.stdout.isatty()
    told = TextColumn("{task.fields[text]}")
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), told)
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=shares_screen) as bar:
        task = bar.add_task(title, total=1.0, text="")
        yield lambda share, text="": bar.update(task, completed=share, text=text)


def end_with(run: Callable[[], int], *, debug: bool) -> int:
    """Run and return the exit code; an error is one line, unless `debug` asks for the traceback."""
    try:
        with plain_warnings():
            return run()
    except KeyboardInterrupt:
        complain("interrupted; what was finished is kept")
        return EXIT_INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # The reader of our output has gone, as in `ictal … | head`; typer and rich make it SystemExit. Python would
        # complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except IctalError as problem:
        if debug:
            traceback.print_exc()
        complain(f"error: {problem}")
        return EXIT_BAD_INPUT
    except ModuleNotFoundError as problem:
        if debug:
            traceback.print_exc()
        if (problem.name or "ictal").startswith("ictal"):
            complain(f"error: {problem} (a fault in ictal; --debug shows where)")
            return EXIT_INTERNAL
        complain(f"error: {problem.name} is not installed, which this needs; install ictal[train], or ictal[all]")
        return EXIT_BAD_INPUT
    except Exception as problem:
        if debug:
            traceback.print_exc()
        complain(f"error: {type(problem).__name__}: {problem} (a fault in ictal; --debug shows where)")
        return EXIT_INTERNAL
