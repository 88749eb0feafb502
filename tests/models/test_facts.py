"""The figures of each model are those of the models as they are now, and the page of models shows them."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from ictal.models.cards import CARDS
from ictal.models.facts import Cost, Facts, parse_facts, read_facts, read_sheet

ROOT = Path(__file__).parents[2]
PUBLISHED = {
    "eegcnn-pca": 1_061_825,
    "eegcnn1d": 1_999_873,
    "eeglstm": 279_105,
    "eegnet-zoo": 8_843,
    "eegwavenet": 45_734,
}
NETWORKS = ("waveform", "frames", "picture", "table")


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The script that writes the figures and the page."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("model_cards")


@pytest.mark.parametrize("name", CARDS)
def test_counts_are_those_of_the_models(name: str, cards: Any) -> None:
    counted, written = cards.count(name), read_facts()[name]
    assert (counted.kind, counted.parameters) == (written.kind, written.parameters)
    assert (counted.multiply_adds, counted.receptive_field) == (written.multiply_adds, written.receptive_field)


def test_counts_that_are_published_are_the_published_ones() -> None:
    facts = read_facts()
    assert {name: facts[name].parameters for name in PUBLISHED} == PUBLISHED


def test_the_multiply_adds_of_eegwavenet_are_those_of_its_layers() -> None:
    """Stages of 18 pairs, two convolutions of 4 in each of five branches, and three dense layers."""
    lengths = [512, 256, 128, 64, 32, 16]
    stages = sum(18 * 2 * length for length in lengths)
    branches = sum(4 * 32 * (18 * (length - 3) + 32 * (length - 6)) for length in lengths[1:])
    assert read_facts()["eegwavenet"].multiply_adds == stages + branches + 160 * 64 + 64 * 32 + 32 * 2


def test_the_page_of_models_is_that_of_the_figures(cards: Any) -> None:
    written = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    assert written == cards.write_page(read_facts(), read_sheet()["measured"]), "run benchmarks/model_cards.py"


def test_every_network_was_measured_with_both_engines() -> None:
    sheet = read_sheet()
    for name, facts in read_facts().items():
        if facts.kind in NETWORKS:
            assert set(facts.costs) == {"onnxruntime", "torch"}, name
            assert all(min(cost.seconds, cost.processor_seconds, cost.memory) > 0 for cost in facts.costs.values())
            assert set(sheet["measured"][name]) >= {"processor", "threads", "load"}


def test_an_entry_of_the_file_is_read_as_it_was_written() -> None:
    costs = {"torch": {"seconds": 2.0, "processor_seconds": 3.0, "memory": 100.0}}
    entry = {"kind": "table", "parameters": 7, "multiply_adds": None, "receptive_field": 4.0, "costs": costs}
    assert parse_facts(entry) == Facts("table", 7, None, 4.0, {"torch": Cost(2.0, 3.0, 100.0)})


def test_what_recipes_publish_is_taken_from_their_headers(cards: Any) -> None:
    assert cards.published_figures(CARDS["swin"]) == ["balanced accuracy of 3 classes 0.52."]
    (figure,) = cards.published_figures(CARDS["seizure-transformer"])
    assert (
        figure
        == "on TUSZ v2.0.3 AUROC 0.876, event F1 0.675; on Dianalund event F1 0.323 (0.428 before the rule of 2026)."
    )
    assert cards.published_figures(CARDS["line-length"]) == []


@pytest.mark.parametrize(
    ("value", "said"), [(45_734, "45.7 k"), (3.074e6, "3.07 M"), (999, "999"), (1.42e12, "1.42 T")]
)
def test_large_numbers_are_shortened(value: float, said: str, cards: Any) -> None:
    assert cards.shorten(value) == said


def test_times_have_two_digits(cards: Any) -> None:
    assert [cards.tell_time(seconds) for seconds in (0.0714, 1.234, 15.5)] == ["71 ms", "1,200 ms", "16,000 ms"]
