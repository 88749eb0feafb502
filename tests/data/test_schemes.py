"""Timelines against a second-by-second account of the same rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.spans import Span
from ictal.data.schemes import (
    SCHEMES,
    PreictalScheme,
    SeizureScheme,
    SeizureTypeScheme,
    Timeline,
    parse_scheme,
    without_spans,
)

DURATION = 60
TYPES = ("sz", "sz_foc", "sz_foc_f2b", "sz_gen_nm", "sz_uo", "impd", "spindle")


@st.composite
def nights(draw: st.DrawFn) -> Annotations:
    """Events at whole seconds, some of them before the start and after the end."""
    rows = st.tuples(st.integers(-50, 90), st.integers(0, 25), st.sampled_from(TYPES))
    return Annotations([Event(*row) for row in draw(st.lists(rows, max_size=5))], DURATION)


def holds(spans: tuple[Span, ...], second: int) -> bool:
    return any(start <= second and second + 1 <= stop for start, stop in spans)


def class_at(timeline: Timeline, second: int) -> int | None:
    """The class of a second; ``None`` where it is excluded. No second may have two."""
    found = [number for number, spans in enumerate(timeline.stretches, start=1) if holds(spans, second)]
    if holds(timeline.excluded, second):
        assert not found
        return None
    assert len(found) <= 1
    return found[0] if found else 0


@given(nights())
def test_seizures_are_class_1_and_excluded_types_have_no_label(night: Annotations) -> None:
    timeline = SeizureScheme(exclude=("impd",)).timeline(night)
    for second in range(DURATION):
        here = [event for event in night if event.onset <= second < event.stop]
        if any(event.event_type == "impd" for event in here):
            assert class_at(timeline, second) is None
        else:
            assert class_at(timeline, second) == any(event.is_seizure for event in here)


@given(nights(), st.integers(1, 30), st.integers(0, 10), st.integers(0, 20), st.integers(0, 40))
def test_what_is_preictal(night: Annotations, extra: int, intervention: int, postictal: int, distance: int) -> None:
    horizon = intervention + extra
    scheme = PreictalScheme(horizon=horizon, intervention=intervention, postictal=postictal, distance=distance)
    timeline = scheme.timeline(night)
    seizures = [event for event in night if event.is_seizure]
    for second in range(DURATION):
        if any(event.onset <= second < event.stop for event in seizures):
            expected: int | None = 2
        elif any(
            event.onset - intervention <= second < event.onset or event.stop <= second < event.stop + postictal
            for event in seizures
        ):
            expected = None
        elif any(event.onset - horizon <= second < event.onset for event in seizures):
            expected = 1
        elif any(event.onset - distance <= second < event.stop + distance for event in seizures):
            expected = None
        else:
            expected = 0
        assert class_at(timeline, second) == expected


@given(nights())
def test_the_longest_type_that_fits_takes_a_seizure(night: Annotations) -> None:
    scheme = SeizureTypeScheme(types={"focal": ("sz_foc",), "bilateral": ("sz_foc_f2b",), "generalised": ("sz_gen",)})
    class_of = {"sz_foc": 1, "sz_foc_f2b": 2, "sz_gen_nm": 3}
    timeline = scheme.timeline(night)
    for second in range(DURATION):
        types = [event.event_type for event in night.seizures if event.onset <= second < event.stop]
        if any(kind not in class_of for kind in types):
            assert class_at(timeline, second) is None
        else:
            assert class_at(timeline, second) == max((class_of[kind] for kind in types), default=0)


def test_sz_takes_what_no_other_takes() -> None:
    scheme = SeizureTypeScheme(types={"absence": ("sz_gen_nm_typical", "sz_gen_nm_atypical"), "other": ("sz",)})
    named = ["sz_gen_nm_typical", "sz_gen_nm", "sz_uo_m", "sz", "bckg"]
    assert [scheme.class_of(name) for name in named] == ["absence", "other", "other", "other", None]


@given(nights(), st.sampled_from([SeizureScheme(), PreictalScheme(horizon=20, postictal=9), SeizureTypeScheme()]))
def test_there_is_a_list_of_stretches_for_each_class_but_0(night: Annotations, scheme: SeizureScheme) -> None:
    assert len(scheme.timeline(night).stretches) == len(scheme.classes) - 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"scheme": "seizures"}, "allowed are 'seizure', 'preictal', 'seizure-types'. Did you mean"),
        ({"scheme": "preictal", "horizont": 5}, "Did you mean 'horizon'?"),
        ({"scheme": "preictal", "horizon": 0}, "horizon"),
        ({"scheme": "preictal", "horizon": 60, "intervention": 60}, "intervention 60.0 is not below horizon 60.0"),
        ({"scheme": "seizure-types", "types": {}}, "at least 1"),
        ({"scheme": "seizure-types", "types": {"x": ["sz_foo"]}}, "'sz_foo' is no kind of seizure of SzCORE"),
        ({"scheme": "seizure-types", "types": {"x": ["bckg"]}}, "'bckg' is no kind of seizure of SzCORE"),
        ({"scheme": "seizure-types", "types": {"x": ["sz"], "y": ["sz"]}}, "'sz' is in two classes"),
        ({"scheme": "seizure-types", "types": {"bckg": ["sz"]}}, "'bckg' is class 0 already"),
        ({"scheme": "seizure-types", "types": {f"c{i}": [] for i in range(127)}}, "at most 126"),
    ],
)
def test_what_is_not_allowed_is_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ParameterError) as refused:
        parse_scheme(settings)
    assert said in str(refused.value)


def test_every_scheme_of_the_table_says_its_own_name_and_travels_as_json() -> None:
    for name in SCHEMES:
        scheme = parse_scheme({"scheme": name})
        assert scheme.scheme == name
        assert parse_scheme(scheme.model_dump(mode="json")) == scheme


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))),
)
def test_without_spans_second_by_second(spans: list[Span], others: list[Span]) -> None:
    rest = without_spans(spans, others)
    for second in range(21):
        covered = any(a <= second < b for a, b in spans) and not any(a <= second < b for a, b in others)
        assert holds(rest, second) == covered
