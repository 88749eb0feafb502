"""Reasons of one event, asked of phantoms whose truth is known."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.attribution import Attribution
from ictal.core.electrodes import SCALP_19
from ictal.core.errors import IctalError, ParameterError, RecordingError
from ictal.core.events import Event
from ictal.core.localisation import Localisation
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.detection.library import load_bundled
from ictal.detection.stretch import LONGEST
from ictal.review.reasons import HEAD_SIZE, Reasons, encode_head, encode_reasons, explain_item, find_shortest_half
from ictal.simulation.parts import ARTEFACTS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.seizure import Seizure

ONSET, DURATION = 100.0, 90.0
SEIZURE = Event(ONSET, DURATION)


@pytest.fixture(scope="module")
def phantom() -> Recording:
    seizure = Seizure(ONSET, DURATION, focus="T8", crossing=1.0)
    made = simulate_recording(240.0, seed=2, seizures=[seizure], difficulty=0.3, without=ARTEFACTS)
    return Recording.from_array(made.read(), made.sampling_rate, made.channels)


@pytest.fixture(scope="module", params=["eegwavenet-scalp", "line-length"])
def reasons(request: pytest.FixtureRequest, phantom: Recording) -> Reasons:
    return explain_item(load_bundled(request.param), phantom, SEIZURE)


def test_a_seizure_is_where_it_was_put(reasons: Reasons) -> None:
    assert reasons.focus is not None
    assert (reasons.focus.hemisphere, reasons.focus.lobe) == ("right", "temporal")
    assert reasons.words.startswith(f"Right temporal, most at {reasons.focus.electrode}; ")
    assert reasons.is_found
    assert "nothing" not in reasons.words


def test_the_first_minute_of_a_long_event_is_explained(reasons: Reasons) -> None:
    why = reasons.why
    assert why.evidence.sum() == pytest.approx(1.0)
    assert why.leads == reasons.where.leads
    assert why.start <= ONSET
    assert ONSET + LONGEST - 2.0 <= why.stop <= ONSET + LONGEST + 5.0
    before = why.times + why.step < ONSET - 3.0
    assert why.of_times[before].sum() < 0.3


def test_values_have_the_shape_that_the_page_expects(reasons: Reasons) -> None:
    values: dict[str, Any] = json.loads(json.dumps(encode_reasons(reasons), allow_nan=False))
    n_leads, n_slices = len(values["leads"]), len(values["slices"])
    assert n_leads == len(values["onset"])
    assert [len(row) for row in values["weights"]] == [n_leads] * n_slices
    shares = np.array(values["seconds"]["shares"])
    assert shares.shape[0] == n_leads
    assert shares.sum() == pytest.approx(1.0, abs=1e-3)
    assert sum(values["bands"].values()) == pytest.approx(1.0, abs=1e-3)
    assert values["focus"]["electrode"] in {one["name"] for one in values["head"]["electrodes"]} <= set(SCALP_19)
    assert values["words"] == reasons.words
    grid = np.array([np.nan if one is None else one for one in values["head"]["values"]]).reshape(HEAD_SIZE, HEAD_SIZE)
    right, left = np.nanmean(grid[:, HEAD_SIZE // 2 + 1 :]), np.nanmean(grid[:, : HEAD_SIZE // 2])
    assert right > 2 * left


@pytest.mark.parametrize("name", ["eegwavenet-scalp", "line-length"])
def test_what_the_detector_does_not_find_is_told(phantom: Recording, name: str) -> None:
    detector = load_bundled(name)
    asked = explain_item(detector, phantom, Event(30.0, 15.0))
    assert not asked.is_found
    assert asked.words.endswith(f". But {name} itself finds nothing there")


def test_known_scores_say_whether_an_event_was_found(phantom: Recording) -> None:
    detector, event = load_bundled("line-length"), Event(ONSET + 30.0, 20.0)
    scores = detector.analyse(phantom).scores
    assert explain_item(detector, phantom, event, scores=scores).is_found
    silent = Scores(np.tile([0.9, 0.1], (len(scores), 1)), scores.start, scores.step)
    assert not explain_item(detector, phantom, event, scores=silent).is_found


def test_with_its_scores_an_event_is_where_the_detector_puts_its_own(phantom: Recording) -> None:
    detector = load_bundled("line-length")
    detection = detector.analyse(phantom)
    assert detection.events
    for event, known in zip(detection.events, detection.localised, strict=True):
        where = explain_item(detector, phantom, event, scores=detection.scores).where
        np.testing.assert_allclose(where.onset, known.onset, atol=1e-9)
        assert where.carrying == event.channels


def test_an_animal_has_no_head() -> None:
    rng = np.random.default_rng(3)
    signal = rng.normal(0, 20, 256 * 150)
    signal[256 * 80 : 256 * 110] *= 8
    animal = Recording.from_array(signal[None], 256.0, ["left cortex"])
    for name in ("line-length", "eegwavenet-rodent"):
        reasons = explain_item(load_bundled(name), animal, Event(80.0, 30.0))
        values = encode_reasons(reasons)
        assert values["focus"] is None
        assert values["head"]["electrodes"] == []
        assert values["head"]["values"] == [None] * HEAD_SIZE**2
        assert values["leads"] == ["left cortex"]
        assert reasons.words[0].isupper()
        assert "most" not in reasons.words


def test_of_several_channels_without_a_place_the_loud_one_is_named() -> None:
    signal = np.random.default_rng(3).normal(0, 20, (3, 256 * 150))
    signal[1, 256 * 80 : 256 * 110] *= 8
    animal = Recording.from_array(signal, 256.0, ["left", "right", "muscle"])
    assert explain_item(load_bundled("line-length"), animal, Event(80.0, 30.0)).words.startswith("Most in right; ")


@pytest.mark.parametrize("name", ["eegwavenet-scalp", "line-length"])
@pytest.mark.parametrize("span", [(0.0, 5.0), (0.0, 300.0), (230.0, 240.0), (3.0, 4.5), (236.0, 239.9), (33.0, 60.0)])
def test_events_at_the_borders_and_beside_a_gap_are_explained(
    phantom: Recording, name: str, span: tuple[float, float]
) -> None:
    torn = Recording.from_array(phantom.read(), phantom.sampling_rate, phantom.channels, gaps=[(30.0, 34.0)])
    reasons = explain_item(load_bundled(name), torn, Event(span[0], span[1] - span[0]))
    assert json.dumps(encode_reasons(reasons), allow_nan=False)
    assert 0.0 <= reasons.why.start < reasons.why.stop <= torn.duration


@pytest.mark.parametrize("span", [(30.5, 33.0), (31.0, 31.5), (239.9, 240.0), (500.0, 520.0)])
def test_where_nothing_can_be_asked_the_span_is_named(phantom: Recording, span: tuple[float, float]) -> None:
    torn = Recording.from_array(phantom.read(), phantom.sampling_rate, phantom.channels, gaps=[(30.0, 34.0)])
    with pytest.raises(IctalError, match=f"{span[0]:g} to {span[1]:g} s"):
        explain_item(load_bundled("eegwavenet-scalp"), torn, Event(span[0], span[1] - span[0]))


def test_a_recording_without_the_leads_is_refused() -> None:
    few = Recording.from_array(np.zeros((2, 256 * 60)), 256.0, ["Fz", "Cz"])
    with pytest.raises(RecordingError, match="leads of double-banana"):
        explain_item(load_bundled("eegwavenet-scalp"), few, Event(10.0, 20.0))


LEADS = ("Fp2-F8", "F8-T8", "T8-P8", "Fz-Cz")


def make_reasons(times: list[float], onset: list[float], bands: list[float], *, is_found: bool = True) -> Reasons:
    """Seconds from 60 s on; theta and alpha."""
    where = Localisation(LEADS, onset, ((60.0, 60.0 + len(times)),), [onset])
    values = np.ones(4)[:, None, None] * np.array(bands)[:, None] * np.array(times)
    why = Attribution(values, 60.0, 1.0, LEADS, (6.0, 10.0))
    return Reasons("mine", Event(60.0, float(len(times))), where, why, is_found=is_found)


def test_words_say_it_as_a_reader_would() -> None:
    late = [0.1] * 12 + [1.0, 1.2, 1.2, 1.2, 1.2, 1.0] + [0.1] * 12
    said = make_reasons(late, [0.2, 1.0, 1.0, 0.0], [0.9, 0.1]).words
    assert said == "Right temporal, most at T8; theta; strongest 13–17 s after the onset"
    early = [1.0, 1.0, 1.0] + [0.0] * 20
    said = make_reasons(early, [1.0, 1.0, 1.0, 1.0], [0.3, 0.35]).words
    assert said == "Widespread, most at F8; alpha; strongest in the first 2 s"
    said = make_reasons([1.0] * 20, [0.0] * 4, [0.5, 0.5], is_found=False).words
    assert said == "No lead stands out at the onset; theta. But mine itself finds nothing there"
    said = make_reasons([0.0] * 20, [0.0, 0.0, 0.0, 1.0], [0.5, 0.5]).words
    assert said == "Midline frontal, most at Fz; no lead, band or second alone speaks for it"


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30).filter(lambda shares: sum(shares) > 1e-3))
def test_the_shortest_half_is_a_half_and_none_is_shorter(shares: list[float]) -> None:
    first, last = find_shortest_half(shares)
    half = sum(shares) / 2 - 1e-9
    assert sum(shares[first:last]) >= half
    shorter = last - first - 1
    assert all(sum(shares[i : i + shorter]) < half + 2e-9 for i in range(len(shares)))


@given(st.dictionaries(st.sampled_from([*SCALP_19, "A1", "F9", "TP10", "cortex"]), st.floats(0.0, 1.0), min_size=1))
def test_a_head_stays_within_its_circle_and_its_weights(weights: dict[str, float]) -> None:
    head = encode_head(weights)
    assert len(head["values"]) == head["size"] ** 2
    assert {one["name"] for one in head["electrodes"]} == set(weights) - {"cortex"}
    for one in head["electrodes"]:
        assert np.hypot(one["x"], one["y"]) <= 1.0 + 1e-3
    shown = [value for value in head["values"] if value is not None]
    assert bool(shown) == bool(head["electrodes"])
    if shown:
        low, high = (edge(one["weight"] for one in head["electrodes"]) for edge in (min, max))
        assert low - 1e-3 <= min(shown) <= max(shown) <= high + 1e-3


def test_no_torch_and_no_matplotlib_is_loaded() -> None:
    code = (
        "import sys, json, numpy as np\n"
        "from ictal.core.electrodes import SCALP_19\n"
        "from ictal.core.events import Event\n"
        "from ictal.core.recording import Recording\n"
        "from ictal.detection.library import load_bundled\n"
        "from ictal.review.reasons import encode_reasons, explain_item\n"
        "noise = np.random.default_rng(0).normal(0, 20, (19, 256 * 40))\n"
        "recording = Recording.from_array(noise, 256.0, SCALP_19)\n"
        "json.dumps(encode_reasons(explain_item(load_bundled('eegwavenet-scalp'), recording, Event(20.0, 5.0))))\n"
        "print(sorted({'torch', 'matplotlib', 'mne', 'pandas', 'sklearn', 'onnx'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"


def test_windows_that_the_network_was_not_made_for_are_refused(phantom: Recording) -> None:
    detector = load_bundled("eegwavenet-scalp")
    with pytest.raises(ParameterError, match=r"windows\.length"):
        explain_item(detector.with_settings({"windows.length": "5"}), phantom, SEIZURE)
