"""Every verb of the command line has its function, and every function its verb."""

from __future__ import annotations

import inspect

import pytest
import typer

from ictal.apps.cli import app
from ictal.apps.verbs import VERBS
from ictal.core.errors import ParameterError


def test_the_command_line_and_the_table_have_the_same_verbs() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert set(commands) == set(VERBS)


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_loads_a_documented_function(verb: str) -> None:
    function = VERBS.load(verb)
    assert inspect.isfunction(function)
    assert inspect.getdoc(function)
    assert function.__module__ == VERBS[verb].partition(":")[0], "the table names where it lives"


def test_an_unknown_verb_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="verb: 'detekt' is not allowed; allowed are 'demo', 'simulate'"):
        VERBS.load("detekt")
