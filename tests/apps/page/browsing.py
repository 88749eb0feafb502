"""The review in a browser: the server as `ictal review` starts it, and a reader in front of its page."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tests.reports.browser import Visit, watch

from ictal.core.events import BACKGROUND, Event
from ictal.io.events_tsv import read_events
from ictal.review.decision import Decision
from ictal.review.folder import ReviewFolder
from ictal.review.journal import Journal

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]

READER_OPTION = "--reader"
SCREEN = (1280, 720)
PATIENCE = 20.0
"""Seconds until what does not happen counts as a fault; nothing that works waits for them."""

COMMAND = [sys.executable, "-c", "from ictal.apps.cli import main; main()", "review"]


@dataclass
class Server:
    """A review that is served.

    Attributes
    ----------
    folder : ReviewFolder
        Where it keeps the decisions.
    links : mapping of str to str
        What it printed: reader → address with the token.
    """

    process: subprocess.Popen[str]
    arguments: list[str]
    folder: ReviewFolder
    links: Mapping[str, str]
    _free: list[str]

    @property
    def address(self) -> str:
        """Without any token."""
        return next(iter(self.links.values())).partition("/#")[0]

    def take_reader(self) -> str:
        """Return a reader who has decided nothing yet."""
        return self._free.pop(0)

    def kill(self) -> None:
        """End it as if the power had gone."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def start_again(self) -> None:
        """Start it anew at the same port."""
        port = urlsplit(self.address).port
        again = start_server(self.arguments, self.folder.path, list(self.links), port=port)
        assert again.links == self.links
        self.process = again.process

    def decisions(self, reader: str) -> tuple[Decision, ...]:
        """Return what the journal of a reader keeps."""
        return Journal(self.folder.journal(reader)).decisions

    def accepted(self, reader: str, place: str) -> list[Event]:
        """Return the events in the table of a reader."""
        found = read_events(self.folder.table(reader, place))
        return [event for event in found if event.event_type != BACKGROUND]


def start_server(arguments: Sequence[object], folder: Path, readers: Sequence[str], *, port: int | None = 0) -> Server:
    """Start `ictal review` and read the links that it prints."""
    said = [str(one) for one in arguments]
    named = [word for reader in readers for word in (READER_OPTION, reader)]
    process = subprocess.Popen(
        [*COMMAND, *said, "-o", str(folder), "--port", str(port), *named],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    links, told = read_links(process)
    server = Server(process, said, ReviewFolder(folder), links, list(readers))
    if list(links) != list(readers):
        server.kill()
        raise AssertionError(f"ictal review said {told!r}")
    return server


def read_links(process: subprocess.Popen[str]) -> tuple[dict[str, str], str]:
    """Return the links that a server prints, reader by reader, and all that it says until it listens."""
    assert process.stdout is not None
    told: list[str] = []
    links: dict[str, str] = {}
    for line in process.stdout:
        told.append(line)
        found = re.match(r"(\S+)\s+(http://\S+)$", line)
        if found:
            links[found[1]] = found[2]
        if line.startswith("Ctrl-C"):
            break
    return links, "".join(told)


@contextmanager
def serve(arguments: Sequence[object], folder: Path, readers: Sequence[str]) -> Iterator[Server]:
    """Serve a review until the tests are done with it."""
    server = start_server(arguments, folder, readers)
    try:
        yield server
    finally:
        server.kill()


@dataclass
class Desk(Visit):
    """A reader in front of the page.

    Attributes
    ----------
    server : Server
    reader : str
    forgiven : list of str
        What the console may say, because the test brings it about.
    """

    server: Server = None  # type: ignore[assignment]
    reader: str = ""
    forgiven: list[str] = field(default_factory=list)

    def until(self, is_so: Callable[[], Any], what: str) -> Any:
        """Wait until something is so, and return what it is."""
        end = time.monotonic() + PATIENCE
        while not (found := is_so()):
            assert time.monotonic() < end, f"not within {PATIENCE:g} s: {what}; the page says {self.said!r}"
            self.page.wait_for_timeout(15)
        return found

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def text(self, selector: str) -> str:
        """Return the words in a part of the page."""
        return str(self.page.locator(selector).text_content()).strip()

    @property
    def said(self) -> str:
        """What the page last said that it did."""
        return self.text("#said")

    @property
    def clock(self) -> str:
        """The time at the left edge of the EEG."""
        return self.text("#clock")

    @property
    def chosen(self) -> str:
        """Verdict and place of the chosen event."""
        return f"{self.text('#event-verdict')} {self.text('#event-of')}"

    @property
    def focused(self) -> str:
        """The id of what has the focus."""
        return str(self.page.evaluate("() => document.activeElement.id || document.activeElement.tagName"))

    def wait_saved(self) -> None:
        """Wait until all that was said is on disk as far as the page knows."""
        self.until(lambda: self.said.endswith("– saved") and not self.count_waiting(), "all is saved")

    def count_waiting(self) -> int:
        """Return how much of what was said lies in the browser, for the disk."""
        names = self.page.evaluate("() => Object.keys(localStorage)")
        return sum(name.startswith("ictal-said:") for name in names)

    def count_turns(self, since: float = 0.0) -> int:
        """Return how many pages of EEG have been drawn that were asked for after a moment of the browser's clock."""
        read = "since => performance.getEntriesByName('ictal-page-turn').filter(one => one.startTime >= since).length"
        return int(self.page.evaluate(read, since))

    @contextmanager
    def turning(self) -> Iterator[None]:
        """What is done here shows another page of EEG; wait until it is drawn."""
        before = self.page.evaluate("() => performance.now()")
        yield
        self.until(lambda: self.count_turns(before), "another page of EEG is drawn")

    def traces(self) -> str:
        """Return the traces as they are drawn, to be compared."""
        return str(self.page.locator("#eeg canvas[data-layer=traces]").evaluate("one => one.toDataURL()"))

    def picture(self, selector: str) -> Picture:
        """Return a part of the page as it looks, shape (height, width, 3)."""
        image = Image.open(io.BytesIO(self.page.locator(selector).screenshot()))
        return np.asarray(image.convert("RGB"))

    def colour(self, name: str) -> Picture:
        """Return a colour of the page's theme, such as ``event-draft``."""
        read = "name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim().slice(1)"
        return np.frombuffer(bytes.fromhex(self.page.evaluate(read, name)), dtype=np.uint8)

    def signals_asked(self) -> list[dict[str, str]]:
        """Return the pages of EEG that the page asked for so far."""
        asked = (urlsplit(address) for address in self.requests)
        return [
            {name: values[0] for name, values in parse_qs(one.query).items()}
            for one in asked
            if one.path.endswith("/signal")
        ]

    def options(self, selector: str) -> dict[str, str]:
        """Return what may be chosen: value → words."""
        read = "one => [...one.options].map(option => [option.value, option.text])"
        return dict(self.page.locator(selector).evaluate(read))

    def rows(self) -> list[str]:
        """Return what the list shows, row by row in its order, as it is read aloud."""
        read = "all => all.map(one => [Number(one.dataset.at), one.ariaLabel ?? one.getAttribute('aria-label')])"
        return [words for _, words in sorted(self.page.locator("#rows .row").evaluate_all(read))]

    def check_quiet(self) -> None:
        """The console is empty but for what the test brought about, and nobody else was asked for anything."""
        unforgiven = [said for said in self.complaints if not any(one in said for one in self.forgiven)]
        assert not unforgiven, f"the console says {unforgiven}"
        elsewhere = [one for one in self.requests if not one.startswith((f"{self.server.address}/", "data:", "blob:"))]
        assert not elsewhere, f"the page asked for {elsewhere}"


@dataclass
class Desks:
    """Opens the page for readers, each in a browser profile of its own.

    Parameters
    ----------
    chromium : playwright.sync_api.Browser
    """

    chromium: Any
    opened: list[Desk] = field(default_factory=list)

    def open(
        self,
        server: Server,
        reader: str | None = None,
        *,
        scheme: str = "light",
        screen: tuple[int, int] = SCREEN,
        beside: Desk | None = None,
        forgiven: Sequence[str] = (),
    ) -> Desk:
        """Open the link of a reader, by default of one who has decided nothing, and wait for the first page of EEG.

        `beside` opens another tab of the same browser profile.
        """
        width, height = screen
        name = reader if reader is not None else server.take_reader()
        size = {"width": width, "height": height}
        known = self.chromium.new_context(viewport=size, color_scheme=scheme) if beside is None else beside.page.context
        desk = Desk(known.new_page(), server=server, reader=name, forgiven=list(forgiven))
        watch(desk)
        self.opened.append(desk)
        desk.page.goto(server.links[name])
        self.wait_shown(desk)
        return desk

    @staticmethod
    def wait_shown(desk: Desk) -> None:
        """Wait for the first page of EEG."""
        desk.until(desk.count_turns, "the first page of EEG is drawn")

    def close(self) -> None:
        """Close all, and see that none complained."""
        for context in {desk.page.context for desk in self.opened}:
            context.close()
        for desk in self.opened:
            desk.check_quiet()


def find_colour(picture: Picture, colour: Picture) -> Mask:
    """Return where a picture has a colour, shape (height, width)."""
    return np.abs(picture.astype(int) - colour).max(axis=2) < 12
