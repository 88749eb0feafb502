"""The verb that opens recordings and what was found in them in the browser, to be decided by readers."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from ictal.apps.console import RESEARCH_ONLY, complain, count, say
from ictal.apps.options import Animals, DetectorName, Names, Paths, read_mapping
from ictal.apps.verbs import PARTS, VERBS
from ictal.core.errors import ParameterError

PACKAGES = ("fastapi", "filelock", "starlette", "uvicorn")
"""What ``ictal[review]`` installs."""


def review(
    paths: Paths,
    results: Annotated[Path, typer.Option(help="What `ictal detect` wrote for them.", metavar="DIR")] = Path(
        "ictal-results"
    ),
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder that keeps the decisions.", metavar="REVIEW")
    ] = Path("ictal-review"),
    readers: Annotated[
        list[str],
        typer.Option("--reader", help="Who decides; again for each. They do not see each other.", metavar="NAME"),
    ] = [],  # noqa: B006 - typer reads the default and never changes it
    host: Annotated[str, typer.Option(help="Where to listen; only this machine can ask by default.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8484,
    show_identity: Annotated[
        bool, typer.Option("--show-identity", help="Show names of files and dates on the page.")
    ] = False,
    names: Names = [],  # noqa: B006
    animals: Animals = [],  # noqa: B006
    detector: DetectorName = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    agreement: Annotated[
        bool, typer.Option("--agreement", help="Print how far the readers of a review agree, and end.")
    ] = False,
) -> None:
    """Decide on what was found, in the browser: accept, reject, correct. Ctrl-C ends; every decision is kept.

    PATH may be the folder of an earlier review, which then goes on.
    """
    if agreement:
        if len(paths) > 1:
            raise ParameterError(f"--agreement: {len(paths)} paths came; give the folder of one review.")
        check_packages()
        say(PARTS.load("agreement of readers")(paths[0]))
        return
    how: dict[str, Any] = {"results": results, "review": output, "readers": readers, "host": host, "port": port}
    how |= {"show_identity": show_identity, "mapping": read_mapping(names), "detector": detector, "animals": animals}
    serve = load_server()
    serve(paths, open_page=open_page, tell=tell_where, **how)
    say("ended; every decision is kept")


def load_server() -> Any:
    """Return what serves a review; see :func:`check_packages`."""
    check_packages()
    return VERBS.load("review")


def check_packages() -> None:
    """Refuse to begin without the packages of a review.

    Raises
    ------
    ParameterError
        If they are not installed.
    """
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise ParameterError(f'review needs {", ".join(missing)}; install it with: pip install "ictal[review]"')


def tell_where(opened: Any) -> None:
    """Print the link of each reader, and what else is to be known."""
    said = count(opened.n_recordings, "recording")
    say(f"{said}; decisions are kept in {opened.folder}")
    for name, link in opened.links.items():
        say(f"{name}  {link}")
    if opened.is_open_to_others:
        complain("warning: others can reach this page under the name or address of this machine; nothing is encrypted")
    say(f"Ctrl-C ends. {RESEARCH_ONLY}")
