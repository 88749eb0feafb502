"""Names, aliases and rings of aliases."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ictal.core.events import Annotations, Event
from ictal.data.persons import count_seizures, group_by_person, person_of
from ictal.data.prepared import PreparedRecording

names = st.sampled_from("abcdef")


def recorded(name: str, subject: str, *events: Event) -> PreparedRecording:
    return PreparedRecording(name, subject, "1", "", ("C3",), 1.0, 100, Annotations(events, 100.0))


def test_an_alias_of_an_alias_is_followed() -> None:
    assert person_of("c", {"c": "b", "b": "a"}) == "a"


@given(st.dictionaries(names, names))
def test_whoever_is_declared_the_same_gets_one_name(aliases: dict[str, str]) -> None:
    for alias, name in aliases.items():
        assert person_of(alias, aliases) == person_of(name, aliases)


@given(st.dictionaries(names, names), names)
def test_the_name_that_counts_is_its_own_name(aliases: dict[str, str], subject: str) -> None:
    person = person_of(subject, aliases)
    assert person_of(person, aliases) == person


def test_recordings_of_both_names_are_grouped_in_order() -> None:
    store = [recorded("1", "chb21"), recorded("2", "chb02"), recorded("3", "chb01")]
    grouped = group_by_person(store)
    assert {person: [one.name for one in own] for person, own in grouped.items()} == {
        "chb01": ["1", "3"],
        "chb02": ["2"],
    }


def test_overlapping_seizures_count_once_and_other_events_not_at_all() -> None:
    store = [
        recorded("1", "a", Event(1, 5), Event(3, 5), Event(50, 5, "sz_foc")),
        recorded("2", "a", Event(1, 5, "impd")),
    ]
    assert count_seizures(store) == 2
