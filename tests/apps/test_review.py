"""``ictal review`` as a new user starts it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ictal.apps.review import load_server, tell_where
from ictal.core.errors import ParameterError

Ictal = Callable[..., Any]


def test_what_cannot_be_is_refused_in_one_line(ictal: Ictal, quiet: Path, tmp_path: Path) -> None:
    out = ("-o", tmp_path / "review", "--port", 0)
    assert "there is no such file" in ictal("review", tmp_path / "none.edf", *out).problem
    assert "holds no recording" in ictal("review", tmp_path, *out).problem
    assert "reader: 'a/b' is not allowed" in ictal("review", quiet, *out, "--reader", "a/b").problem
    assert "give KEY=VALUE" in ictal("review", quiet, *out, "--map", "Fp1").problem
    assert "give NAME=CHANNEL" in ictal("review", quiet, *out, "--animal", "m1").problem
    assert "there is no such file" in ictal("review", quiet, *out, "-d", "none.ictal").problem
    assert "2 paths came" in ictal("review", quiet, tmp_path, "--agreement").problem
    assert "is no folder of `ictal review`" in ictal("review", tmp_path, "--agreement").problem
    assert "65535" in ictal("review", quiet, "--port", 65536).problem


def test_links_are_told_for_each_reader(capsys: pytest.CaptureFixture[str]) -> None:
    links = {"anna": "http://127.0.0.1:8484/#abc", "ben": "http://127.0.0.1:8484/#def"}
    opened = SimpleNamespace(n_recordings=1, links=links, folder=Path("ictal-review"), is_open_to_others=False)
    tell_where(opened)
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "1 recording; decisions are kept in ictal-review",
        "anna  http://127.0.0.1:8484/#abc",
        "ben  http://127.0.0.1:8484/#def",
        "Ctrl-C ends. For research; not a medical device.",
    ]
    assert said.err == ""
    tell_where(SimpleNamespace(**{**vars(opened), "is_open_to_others": True}))
    assert "nothing is encrypted" in capsys.readouterr().err


@pytest.mark.parametrize("package", ["fastapi", "uvicorn", "filelock"])
def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        ParameterError, match=rf'review needs {package}; install it with: pip install "ictal\[review\]"'
    ):
        load_server()
