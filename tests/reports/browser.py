"""A page in Chromium without network: what it complains of, what does not fit, and what those who cannot see it get."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]
HEIGHT = 844
LONGEST_ADDRESS = 500
"""Characters kept of what is asked for; a picture within a page is an address of a million."""

_OWN_TEXT = """
const aloud = (element) => element.closest("[class], [id]") && getComputedStyle(element).clipPath === "inset(50%)";
const shown = (element) => element.checkVisibility() && element.getClientRects().length > 0 && !aloud(element);
const texts = () => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (node.data.trim() && shown(parent) && !parent.closest("style, title")) found.push(node);
  }
  return found;
};
const scroller = (element) => element.closest(".scroll, .paper");
const words = (text) => text.trim().replace(/\\s+/g, " ").slice(0, 60);
"""

_CUT = (
    "() => {"
    + _OWN_TEXT
    + """
  const found = [];
  for (const element of new Set(texts().map((node) => node.parentElement))) {
    for (let box = element; box !== document.body; box = box.parentElement) {
      if (box.matches(".scroll, .paper")) break;
      if (box.clientWidth && box.scrollWidth > box.clientWidth + 1) {
        found.push(`${box.tagName} of ${words(element.textContent)}`);
        break;
      }
    }
  }
  return found;
}"""
)
"""Text that is wider than a box around it, outside what scrolls."""

_OVERLAPPING = (
    "() => {"
    + _OWN_TEXT
    + """
  const lines = [];
  for (const node of texts()) {
    const range = document.createRange(), box = scroller(node.parentElement)?.getBoundingClientRect();
    range.selectNodeContents(node);
    for (const one of range.getClientRects()) {
      const left = Math.max(one.left, box ? box.left : -1e9), right = Math.min(one.right, box ? box.right : 1e9);
      if (right > left && one.height) lines.push({node, left, right, top: one.top, bottom: one.bottom});
    }
  }
  lines.sort((a, b) => a.top - b.top);
  const found = [];
  lines.forEach((a, i) => {
    for (const b of lines.slice(i + 1)) {
      if (b.top >= a.bottom) break;
      const high = Math.min(a.bottom, b.bottom) - b.top, wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const least = Math.min(a.bottom - a.top, b.bottom - b.top);
      if (wide > 1.5 && high > 0.4 * least) found.push(`${words(a.node.data)} | ${words(b.node.data)}`);
    }
  });
  return found;
}"""
)
"""Pairs of texts of which one lies over the other."""

_IMAGES = "() => [...document.images].map(i => [i.alt, i.complete && i.naturalWidth * i.naturalHeight * i.clientWidth])"

_SECTIONS = """() => [...document.querySelectorAll("header, section, footer")].map((element) => {
  const box = element.getBoundingClientRect();
  const name = element.querySelector("h1, h2")?.textContent ?? element.tagName;
  return [name.trim(), box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY];
})"""

_PRINTED = """() => [...document.querySelectorAll("img")].filter(i => i.checkVisibility()).map((image) => {
  let kept = false;
  for (let box = image; box; box = box.parentElement) kept ||= getComputedStyle(box).breakInside === "avoid";
  return [image.alt, kept, image.getBoundingClientRect().height];
})"""

PAGE_MILLIMETRES = (180.0, 271.0)
"""What is left of A4 between the margins of the pages."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A running Chromium; where it is not installed, the test is skipped and counted.

    It lives no longer than a module: as long as it runs, no other test of this process can start an event loop.
    """
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed: the page is not tried in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page that is open.

    Attributes
    ----------
    page : playwright.sync_api.Page
    complaints : list of str
        What it wrote to the console, and its errors.
    requests : list of str
        The addresses that it asked for.
    """

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def overflow(self) -> int:
        """Pixels that the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    @property
    def is_dark(self) -> bool:
        """Whether its ground is dark."""
        background = self.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in re.findall(r"\d+", background)) < 384

    def find_cut(self) -> list[str]:
        """Return the text that is wider than a box around it, outside what scrolls."""
        return list(self.page.evaluate(_CUT))

    def find_overlapping(self) -> list[str]:
        """Return pairs of texts of which one lies over the other."""
        return list(self.page.evaluate(_OVERLAPPING))

    def find_missing_images(self) -> list[str]:
        """Return the descriptions of the pictures that are not shown."""
        return [alt for alt, area in self.page.evaluate(_IMAGES) if not area]

    def count_images(self) -> int:
        """Return how many pictures there are."""
        return len(self.page.evaluate(_IMAGES))

    def find_barriers(self) -> list[str]:
        """Return the serious and critical violations that axe-core finds, each with the first place."""
        from axe_playwright_python.sync_playwright import Axe

        violations = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
            for one in violations
            if one["impact"] in {"serious", "critical"}
        ]

    def find_broken_layout(self) -> list[str]:
        """Return the sections that lie over another one, and those that are empty on a picture of the page."""
        boxes = self.page.evaluate(_SECTIONS)
        grey = np.asarray(Image.open(io.BytesIO(self.page.screenshot(full_page=True))).convert("L"), dtype=np.float64)
        found = []
        for number, (name, left, top, right, bottom) in enumerate(boxes):
            area = grey[round(top) : round(bottom), round(left) : round(right)]
            if area.size == 0 or area.std() < 3.0:
                found.append(f"{name}: nothing is there")
            found += [
                f"{name} lies over {other}"
                for other, *edges in boxes[:number]
                if min(bottom, edges[3]) - max(top, edges[1]) > 1 and min(right, edges[2]) - max(left, edges[0]) > 1
            ]
        return found

    def find_cuttable(self) -> list[str]:
        """Return the pictures that a page break may cut when the page is printed, of a window as wide as the paper."""
        longest = PAGE_MILLIMETRES[1] / 25.4 * 96
        return [alt for alt, kept, height in self.page.evaluate(_PRINTED) if not kept or height > longest]

    def print(self) -> Printed:
        """Print the page as its styles ask for."""
        return Printed(self.page.pdf(prefer_css_page_size=True))


def watch(visited: Visit) -> None:
    """Keep what the page complains of and asks for from now on."""
    visited.page.on("console", lambda message: visited.complaints.append(message.text))
    visited.page.on("pageerror", lambda error: visited.complaints.append(str(error)))
    visited.page.on("request", lambda request: visited.requests.append(request.url[:LONGEST_ADDRESS]))


class Printed:
    """A page on paper.

    Attributes
    ----------
    pages : list of ndarray
        Each page in grey, 72 dots an inch.
    pictures : list of (int, tuple of float)
        Of each picture made of pixels its page, and its left, bottom, right and top edge in points.
    size : tuple of float
        Points of a page.
    """

    def __init__(self, content: bytes) -> None:
        import pypdfium2
        from pypdfium2 import raw

        document = pypdfium2.PdfDocument(content)
        self.pages = [np.asarray(page.render(scale=1.0).to_pil().convert("L"), dtype=np.float64) for page in document]
        self.size = document[0].get_size()
        self.pictures = [
            (number, tuple(one.get_bounds()))
            for number, page in enumerate(document)
            for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=8)
        ]
        document.close()


@contextlib.contextmanager
def visit(
    chromium: Any, path: Path, *, width: int = 1280, scheme: str = "light", media: str = "screen"
) -> Iterator[Visit]:
    """Open a file in a window of some width, without network."""
    context = chromium.new_context(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, offline=True)
    visited = Visit(context.new_page())
    watch(visited)
    visited.page.emulate_media(media=media, color_scheme=scheme)
    visited.page.goto(path.as_uri())
    yield visited
    context.close()
