"""Artefacts of a page, in its leads."""

from __future__ import annotations

import numpy as np

from ictal.core.electrodes import SCALP_19
from ictal.core.recording import Recording
from ictal.review.display_montages import choose_leads
from ictal.review.page_artefacts import LeadArtefact, find_page_artefacts

RATE = 100.0
SIGNAL = np.random.default_rng(0).standard_normal((19, 3000)) * 20


def recording_with(changes: dict[str, tuple[int, int]], labels: tuple[str, ...] = SCALP_19) -> Recording:
    data = SIGNAL[: len(labels)].copy()
    for label, (first, last) in changes.items():
        data[labels.index(label), first:last] = 7.0
    return Recording.from_array(data, RATE, labels)


def test_a_flat_electrode_is_seen_in_the_leads_that_use_it() -> None:
    recording = recording_with({"T7": (1000, 1600)})
    banana = find_page_artefacts(recording, (5.0, 25.0), choose_leads(recording, "double-banana"))
    assert {(one.start, one.stop, one.kind) for one in banana} == {(10.0, 16.0, "flat")}
    assert {one.lead for one in banana} == {"F7-T7", "T7-P7"}
    assert [one.lead for one in find_page_artefacts(recording, (5.0, 25.0), choose_leads(recording, "average"))] == [
        "T7-AVG"
    ]


def test_an_artefact_at_the_edge_of_a_page_is_found_by_what_lies_around() -> None:
    recording = recording_with({"Cz": (900, 1300)})
    leads = choose_leads(recording, "as-recorded")
    assert find_page_artefacts(recording, (0.0, 10.0), leads) == (LeadArtefact(9.0, 10.0, "Cz", "flat"),)
    assert find_page_artefacts(recording, (12.5, 22.5), leads) == (LeadArtefact(12.5, 13.0, "Cz", "flat"),)
    assert find_page_artefacts(recording, (13.0, 23.0), leads) == ()


def test_what_all_leads_share_is_said_once() -> None:
    recording = recording_with(dict.fromkeys(SCALP_19, (1000, 2000)))
    assert find_page_artefacts(recording, (0.0, 30.0), choose_leads(recording, "as-recorded")) == (
        LeadArtefact(10.0, 20.0, "", "flat"),
    )


def test_hearts_and_gaps_are_not_judged() -> None:
    data = np.full((2, 2000), 5.0)
    data[0] = SIGNAL[0, :2000]
    data[:, 800:1400] = np.nan
    recording = Recording.from_array(data, RATE, ["C3", "ECG"])
    assert find_page_artefacts(recording, (0.0, 20.0), choose_leads(recording, "as-recorded")) == ()


def test_a_recording_shorter_than_a_second_is_not_judged() -> None:
    recording = Recording.from_array(np.zeros((1, 50)), RATE, ["C3"])
    assert find_page_artefacts(recording, (0.0, 10.0), choose_leads(recording, "as-recorded")) == ()
