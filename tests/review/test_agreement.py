"""How far readers agree: counted by hand, the same from either side, and told in words and values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from ictal.core.errors import ParameterError
from ictal.core.events import Event
from ictal.review.agreement import Agreement, agree, encode_agreement, tell_agreement
from ictal.review.items import READER, Item, propose
from ictal.review.kappa import ASYMPTOTIC, BOOTSTRAP, NOTHING, ONE_KIND, TOO_FEW, cohen_kappa, fleiss_kappa

LENGTH = 600.0
ONSETS = (10.0, 60.0, 110.0, 160.0, 210.0, 260.0)
PROPOSED = propose("a/night", "line-length", [Event(onset, 20.0) for onset in ONSETS])
VERDICTS = {"+": "accepted", "-": "rejected", "?": "undecided"}


def decide(said: str, later: float = 0.0, longer: float = 0.0) -> list[Item]:
    return [
        replace(
            item,
            verdict=VERDICTS[mark],
            event=Event(item.event.onset + later, item.event.duration - later + longer),
        )
        for item, mark in zip(PROPOSED, said, strict=False)
    ]


def own(onset: float, duration: float, name: str, recording: str = "a/night") -> Item:
    return Item(recording, name, READER, None, Event(onset, duration), "accepted")


def compare(anna: Sequence[Item], ben: Sequence[Item]) -> Agreement:
    return agree({"anna": anna, "ben": ben}, {"a/night": LENGTH})


def test_a_pair_counted_by_hand() -> None:
    agreement = compare([*decide("+++--?", later=2.0), own(400, 30, "own-1")], [*decide("+-++--"), own(420, 30, "x")])
    (pair,) = agreement.pairs
    assert (pair.both, pair.first_alone, pair.second_alone, pair.neither) == (3, 1, 1, 1)
    assert pair.events == cohen_kappa(3, 1, 1, 1)
    assert pair.positive == pytest.approx(2 * 3 / (2 * 3 + 1 + 1))
    assert (pair.onset_difference, pair.end_difference) == (2.0, 0.0)
    assert (agreement.n_things, agreement.n_seconds, agreement.undecided) == (7, 600, {"anna": 1, "ben": 0})
    assert agreement.all_readers is None
    assert [(one.item, one.event, dict(one.answers)) for one in agreement.differences] == [
        (PROPOSED[1].name, PROPOSED[1].event, {"anna": "seizure", "ben": "no seizure"}),
        (PROPOSED[3].name, PROPOSED[3].event, {"anna": "no seizure", "ben": "seizure"}),
    ]


def test_median_distances_of_edges() -> None:
    shifted = [
        replace(item, event=Event(item.event.onset + shift, 20.0 + shift))
        for item, shift in zip(decide("+++---"), (1.0, -3.0, 7.0, 50.0, 50.0, 50.0), strict=True)
    ]
    (pair,) = compare(decide("+++---"), shifted).pairs
    assert (pair.onset_difference, pair.end_difference) == (3.0, 6.0)
    (none,) = compare(decide("+-"), decide("-+")).pairs
    assert (none.onset_difference, none.end_difference, none.positive) == (None, None, 0.0)


def test_seconds_are_those_of_all_recordings_without_the_undecided() -> None:
    anna = [*decide("+?"), own(5.0, 10.0, "own-1", "b")]
    ben = [*decide("++", later=4.0), own(90.0, 30.0, "own-2", "b")]
    (pair,) = agree({"anna": anna, "ben": ben}, {"a/night": LENGTH, "b": 100.4, "c": 50.0}).pairs
    first, second = np.zeros((2, 751), dtype=int)
    first[10:30] = second[14:30] = second[64:80] = 1
    first[605:615] = second[690:700] = 1
    decided = np.ones(751, dtype=bool)
    decided[60:80] = False
    decided[700] = True  # 0.4 s of a second are less than half of one
    assert pair.seconds.value == pytest.approx(cohen_kappa_score(first[decided], second[decided]))
    assert pair.seconds.method == BOOTSTRAP
    assert pair.seconds.low is not None and pair.seconds.value is not None
    assert pair.seconds.low <= pair.seconds.value
    assert compare(anna, ben).pairs[0].seconds.reason == TOO_FEW


def test_three_readers_have_a_kappa_of_all() -> None:
    readers = {"anna": decide("+++--?"), "ben": decide("++---+"), "cleo": decide("++-+-+")}
    agreement = agree(readers, {"a/night": LENGTH})
    assert agreement.all_readers == fleiss_kappa([[3, 0], [3, 0], [1, 2], [1, 2], [0, 3]])
    assert [(pair.first, pair.second) for pair in agreement.pairs] == [
        ("anna", "ben"),
        ("anna", "cleo"),
        ("ben", "cleo"),
    ]
    assert [one.item for one in agreement.differences] == [PROPOSED[2].name, PROPOSED[3].name]


def test_where_nothing_varies_kappa_is_none_with_a_reason() -> None:
    (pair,) = compare(decide("------"), decide("------")).pairs
    assert (pair.events.value, pair.events.reason) == (None, ONE_KIND)
    assert (pair.seconds.value, pair.seconds.reason) == (None, ONE_KIND)
    agreement = agree({"anna": [], "ben": [], "cleo": []}, {})
    assert agreement.all_readers is not None
    assert {pair.events.reason for pair in agreement.pairs} == {NOTHING} == {agreement.all_readers.reason}


def test_one_reader_agrees_with_nobody() -> None:
    with pytest.raises(ParameterError, match="1 came; agreement needs two or more"):
        agree({"anna": decide("+")}, {})


def test_an_event_of_another_kind_is_no_seizure() -> None:
    chewing = [replace(item, event=replace(item.event, event_type="chewing")) for item in decide("+")]
    agreement = compare(chewing, decide("+"))
    assert agreement.differences[0].answers == {"anna": "no seizure", "ben": "seizure"}
    assert agreement.pairs[0].seconds.value == 0.0


owns = st.lists(st.tuples(st.integers(300, 590), st.integers(1, 40)), max_size=4)
readings = st.builds(
    lambda marks, events: [
        *decide("".join(marks)),
        *(own(float(onset), float(length), f"own-{number}") for number, (onset, length) in enumerate(events)),
    ],
    st.lists(st.sampled_from("+-?"), min_size=6, max_size=6),
    owns,
)


@given(readings, readings)
def test_agreement_is_the_same_from_either_side(anna: list[Item], ben: list[Item]) -> None:
    (pair,), (turned,) = compare(anna, ben).pairs, compare(ben, anna).pairs
    assert (pair.both, pair.neither, pair.positive) == (turned.both, turned.neither, turned.positive)
    assert (pair.first_alone, pair.second_alone) == (turned.second_alone, turned.first_alone)
    assert pair.events.value == pytest.approx(turned.events.value)
    assert pair.seconds.value == pytest.approx(turned.seconds.value)
    assert (pair.onset_difference, pair.end_difference) == (turned.onset_difference, turned.end_difference)


@given(readings)
def test_identical_readers_agree_on_all(items: list[Item]) -> None:
    agreement = compare(items, items)
    (pair,) = agreement.pairs
    assert agreement.differences == ()
    assert pair.events.value in (None, 1.0) and pair.seconds.value in (None, 1.0)
    assert (pair.positive, pair.onset_difference, pair.end_difference) in ((1.0, 0.0, 0.0), (None, None, None))


@given(readings, readings, readings)
def test_values_are_those_of_json(anna: list[Item], ben: list[Item], cleo: list[Item]) -> None:
    agreement = agree({"anna": anna, "ben": ben, "cleo": cleo}, {"a/night": LENGTH})
    values = encode_agreement(agreement, lambda place: place.upper())
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    assert {one["recording"] for one in values["differences"]} <= {"A/NIGHT"}
    assert [pair["events"]["value"] for pair in values["pairs"]] == [pair.events.value for pair in agreement.pairs]


def test_the_table_tells_the_figures_their_method_and_the_differences() -> None:
    readers = {"anna": decide("+++--?", later=1.5), "ben": decide("++---+"), "dr. cleo": decide("++-+-+")}
    lines = tell_agreement(agree(readers, {"a/night": 5400.0}), lambda place: "recording 1").splitlines()
    assert lines[0] == "3 readers, 6 things to agree on, 1.50 h; anna has not decided 1"
    heads, *rows = lines[2:6]
    assert heads.split()[0] == "readers" and [row[:5] for row in rows] == ["anna ", "anna ", "ben –"]
    assert len({len(line) for line in lines[2:6]}) == 1
    assert rows[0].split()[3:8] == ["2", "1", "+", "0", "2"] and rows[0].endswith("0.80  1.5 s  0.0 s")
    assert "Fleiss' kappa of all readers: 0.46" in lines
    assert f"kappa of events: 95 % interval, {ASYMPTOTIC}" in lines
    assert "they differ on 2:" in lines
    assert lines[-2].split() == ["recording", "1", "110.00", "s", "130.00", "s", "sz", "yes", "no", "no"]
    assert "night" not in "\n".join(lines)
