"""What the command line says, and how it ends."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ictal.core.errors import IctalError, IctalWarning

EXIT_OK = 0
EXIT_INTERNAL = 1
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130

RESEARCH_ONLY = "For research; not a medical device."


def say(text: str = "") -> None:
    """Print a result."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Print a problem to the error stream, in one line."""
    sys.stderr.write(" ".join(text.split()) + "\n")
    sys.stderr.flush()


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
def progress_bar(title: str) -> Iterator[Callable[[float], None]]:
    """Show a bar with the time left on the error stream if that is a terminal; yield the function that moves it."""
    if not sys.stderr.isatty():
        yield lambda share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda share: bar.update(task, completed=share)


def end_with(run: Callable[[], int], *, debug: bool) -> int:
    """Run and return the exit code; an error is one line, unless `debug` asks for the traceback."""
    try:
        with plain_warnings():
            return run()
    except KeyboardInterrupt:
        complain("interrupted; what was finished is kept")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as in `ictal … | head`; Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except IctalError as problem:
        if debug:
            traceback.print_exc()
        complain(f"error: {problem}")
        return EXIT_BAD_INPUT
    except Exception as problem:
        if debug:
            traceback.print_exc()
        complain(f"error: {type(problem).__name__}: {problem} (a fault in ictal; --debug shows where)")
        return EXIT_INTERNAL
