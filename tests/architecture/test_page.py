"""The page of the review: modules that read like pages, nothing from elsewhere, nothing written into the document."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "src" / "ictal" / "apps" / "page"
FILES = sorted(path for path in PAGE.iterdir() if path.suffix in {".js", ".css", ".html"})
SCRIPTS = [path for path in FILES if path.suffix == ".js"]
MOST_LINES = 400


def name(path: Path) -> str:
    return path.name


def test_there_is_a_page() -> None:
    assert {"index.html", "main.js", "style.css"} <= {path.name for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_files_are_pages(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < MOST_LINES


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_is_asked_of_another_machine(path: Path) -> None:
    addresses = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", path.read_text(encoding="utf-8"))
    assert set(addresses) <= {"http://www.w3.org"}


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_module_says_what_it_is_and_has_types(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("/**")
    for found in re.finditer(r"^export (?:async )?function (\w+)\(([^)]*)", text, flags=re.MULTILINE):
        before = text[: found.start()].rstrip()
        assert before.endswith("*/"), f"{path.name}: {found[1]} does not say what it is"


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_texts_of_files_never_become_markup(path: Path) -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function",
        path.read_text(encoding="utf-8"),
    )


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".html"], ids=name)
def test_no_script_and_no_style_stands_in_the_document(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "<style" not in text
    assert not re.search(r"\sstyle=|\son[a-z]+=", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_every_module_is_asked_for_at_once() -> None:
    """A chain of imports would cost the first page a round trip for each link of it."""
    asked = re.findall(
        r'<link rel="modulepreload" href="/page/([^"]+)">', (PAGE / "index.html").read_text(encoding="utf-8")
    )
    assert sorted(asked) == sorted(path.name for path in SCRIPTS if path.name not in {"main.js", "types.js"})
