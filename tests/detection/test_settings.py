from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import butter

from ictal.core.errors import IctalError, ParameterError
from ictal.core.recording import Recording
from ictal.detection.detector import Detector
from ictal.detection.file import DetectorParts
from ictal.detection.library import BUNDLED, load_bundled
from ictal.detection.settings import (
    DetectorSettings,
    Leads,
    Model,
    Windows,
    change_settings,
    decode_settings,
    encode_settings,
)
from ictal.postprocessing.settings import PostProcessing
from ictal.preprocessing.chain import Chain

PLAIN = {
    "name": "test",
    "summary": "for tests",
    "model": {"name": "line-length", "config": {"n_top": 4}},
    "sampling_rate": 128.0,
    "chain": {"steps": [{"step": "resample", "sampling_rate": 128.0}, {"step": "low-pass", "cutoff": 30.0}]},
    "windows": {"length": 2.0, "step": 1.0},
    "postprocessing": {"threshold": 0.5, "release": 0.3},
}


def plain() -> dict[str, Any]:
    """The settings above as a fresh mapping."""
    values: dict[str, Any] = json.loads(json.dumps(PLAIN))
    return values


@pytest.fixture
def settings() -> DetectorSettings:
    return decode_settings(json.dumps(PLAIN), "test.ictal")


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_settings_survive_json(name: str) -> None:
    settings = load_bundled(name).settings
    assert decode_settings(encode_settings(settings), "again") == settings


@given(
    threshold=st.floats(0.01, 1.0),
    merge_gap=st.floats(0.0, 1e6),
    step=st.integers(1, 512),
    card=st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=3),
    otherwise=st.sampled_from([None, "as-recorded", "average"]),
)
def test_any_settings_survive_json(
    threshold: float, merge_gap: float, step: int, card: dict[str, str], otherwise: str | None
) -> None:
    settings = DetectorSettings(
        name="µ-test",
        summary="",
        model=Model(name="spike-rate"),
        leads=Leads(otherwise=otherwise),
        sampling_rate=256.0,
        chain=Chain(),
        windows=Windows(length=2.0, step=step / 256),
        postprocessing=PostProcessing(threshold=threshold, merge_gap=merge_gap),
        card=card,
    )
    assert decode_settings(encode_settings(settings), "again") == settings
    assert decode_settings(encode_settings(settings).encode(), "again") == settings


def test_json_says_what_was_set(settings: DetectorSettings) -> None:
    written = json.loads(encode_settings(settings))
    assert written["format"] == 1
    assert written["model"] == {**PLAIN["model"], "features": None}
    assert written["windows"] == {**PLAIN["windows"], "frames": 1}
    assert written["chain"]["steps"][1]["cutoff"] == 30.0
    assert written["classes"] == ["bckg", "sz"]


@pytest.mark.parametrize(
    ("place", "allowed"),
    [
        ((), "'postprocessing'"),
        (("model",), "'config'"),
        (("windows",), "'length', 'step'"),
        (("postprocessing",), "'smoothing', 'threshold', 'release'"),
        (("chain",), "'steps'"),
    ],
)
def test_an_unknown_key_lists_the_allowed_ones(place: tuple[str, ...], allowed: str) -> None:
    values = plain()
    inner = values
    for part in place:
        inner = inner[part]
    inner["treshold"] = 1
    with pytest.raises(ParameterError, match=rf"^night\.ictal: .*'treshold' is not allowed; .*{allowed}") as caught:
        decode_settings(json.dumps(values), "night.ictal")
    assert ".".join([*place, "treshold"]) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_key_of_a_step_lists_the_allowed_ones() -> None:
    values = plain()
    values["chain"]["steps"][1]["cutof"] = 3
    with pytest.raises(ParameterError, match=r"cutof.*'cutoff'"):
        decode_settings(json.dumps(values), "night.ictal")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, r"format: .*1.*came: '2'"),
        ({"name": None}, "name: .*string"),
        ({"sampling_rate": -1}, "sampling_rate: .*greater than 0"),
        ({"leads": {"minimum": 0}}, r"leads\.minimum: .*greater than or equal to 1"),
        ({"leads": {"montage": "doble-banana"}}, r"leads\.montage: .*'average', 'laplacian', 'as-recorded'"),
        ({"leads": {"otherwise": "as-recordd"}}, r"leads\.otherwise: .*Did you mean 'as-recorded'"),
        ({"windows": {"length": 1.0, "step": 2.0}}, "window step: 2.0 s is not allowed"),
        ({"windows": {"length": 1.0, "step": 0.3}}, r"windows\.step: 0\.3 s .* 38\.4 samples at 128 Hz"),
        ({"windows": {"length": 1.001, "step": 0.5}}, r"windows\.length: 1\.001 s"),
        ({"chain": {"steps": [{"step": "lowpass"}]}}, "'lowpass' is not allowed.*Did you mean 'low-pass'"),
        ({"calibration": {"kind": "sigmoid"}}, r"calibration\.kind: .*'none', 'platt', 'temperature' or 'isotonic'"),
    ],
)
def test_a_wrong_value_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        decode_settings(json.dumps(plain() | change), "night.ictal")
    assert str(caught.value).startswith("night.ictal: ")
    assert "\n" not in str(caught.value)


def test_a_missing_key_is_named() -> None:
    values = plain()
    del values["windows"]["step"]
    with pytest.raises(ParameterError, match=r"night\.ictal: windows\.step: Field required"):
        decode_settings(json.dumps(values), "night.ictal")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"text"', b"\xff\xfe\x00", "[" * 100_000, '{"format": 1}'])
def test_text_that_is_no_settings_is_refused(text: str | bytes) -> None:
    with pytest.raises(ParameterError, match=r"^night\.ictal: "):
        decode_settings(text, "night.ictal")


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ("", "sampling_rate"),
        ("windows", "length"),
        ("calibration", "slope"),
        ("postprocessing", "merge_gap"),
        ("postprocessing", "smoothing"),
    ],
)
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_are_finite(place: str, key: str, number: str) -> None:
    """JSON of Python knows NaN and Infinity; a detector that holds one would be written as null and be lost."""
    values = plain()
    (values.setdefault(place, {}) if place else values)[key] = "?"
    with pytest.raises(ParameterError, match=key):
        decode_settings(json.dumps(values).replace('"?"', number), "night.ictal")


def test_changes_reach_every_depth(settings: DetectorSettings) -> None:
    changed = change_settings(
        settings,
        {
            "name": "mine",
            "sampling_rate": "64",
            "chain.steps.0.sampling_rate": "64",
            "chain.steps.1": '{"step": "high-pass", "cutoff": 0.5}',
            "model.config.n_top": "3",
            "leads.otherwise": "as-recorded",
            "postprocessing.maximum_duration": "300",
        },
    )
    expected = plain() | {"name": "mine", "sampling_rate": 64.0}
    expected["chain"]["steps"] = [{"step": "resample", "sampling_rate": 64.0}, {"step": "high-pass", "cutoff": 0.5}]
    expected["model"]["config"]["n_top"] = 3
    expected["leads"] = {"otherwise": "as-recorded"}
    expected["postprocessing"]["maximum_duration"] = 300.0
    assert changed == DetectorSettings.model_validate(expected)
    assert settings == DetectorSettings.model_validate(PLAIN)


def test_no_changes_change_nothing(settings: DetectorSettings) -> None:
    assert change_settings(settings, {}) == settings


def test_null_is_nothing(settings: DetectorSettings) -> None:
    assert change_settings(settings, {"postprocessing.release": "null"}).postprocessing.release is None


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("postprocessing.treshold", r"--set postprocessing\.treshold: 'treshold'.*Did you mean 'threshold'"),
        ("postproces.threshold", r"--set postproces: 'postproces' is not allowed; .*Did you mean 'postprocessing'"),
        ("chain.steps.2.cutoff", r"--set chain\.steps\.2: '2' is not allowed; allowed are '0', '1'"),
        ("chain.steps.-1.cutoff", r"--set chain\.steps\.-1: '-1' is not allowed; allowed are '0', '1'"),
        ("chain.steps.1.cut", r"--set chain\.steps\.1\.cut: 'cut' is not allowed.*'cutoff'"),
        ("sampling_rate.hertz", "'hertz' is not allowed; --set sampling_rate has no keys"),
        ("card.use", "'use' is not allowed; --set card has no keys"),
        ("", "--set : '' is not allowed; allowed are 'format', 'name'"),
    ],
)
def test_a_wrong_key_lists_those_at_its_place(settings: DetectorSettings, key: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        change_settings(settings, {key: "1"})


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        ("postprocessing.threshold", "high", r"postprocessing\.threshold: .*number.*came: 'high'"),
        ("postprocessing.threshold", "1.5", r"postprocessing\.threshold: .*less than or equal to 1.*came: '1.5'"),
        ("leads.missing", "drop", r"leads\.missing: .*'interpolate' or 'mask'.*came: 'drop'"),
        ("classes", "sz", r"classes: .*tuple.*came: 'sz'"),
        ("windows", "4", r"windows: .*came: '4'"),
        ("postprocessing", "[1]", r"postprocessing: .*came: '\[1\]'"),
    ],
)
def test_a_value_that_does_not_fit_says_what_came(
    settings: DetectorSettings, key: str, text: str, message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        change_settings(settings, {key: text})


@given(key=st.text(max_size=20) | st.sampled_from(["chain", "chain.steps", "postprocessing.threshold"]), text=st.text())
def test_no_change_crashes(key: str, text: str) -> None:
    try:
        changed = change_settings(DetectorSettings.model_validate(PLAIN), {key: text})
    except IctalError:
        return
    assert decode_settings(encode_settings(changed), "again") == changed


def test_release_goes_down_with_the_threshold(settings: DetectorSettings) -> None:
    low = change_settings(settings, {"postprocessing.threshold": "0.2"}).postprocessing
    assert (low.threshold, low.release) == (0.2, 0.2)
    high = change_settings(settings, {"postprocessing.threshold": "0.8"}).postprocessing
    assert (high.threshold, high.release) == (0.8, 0.3)


def test_release_that_is_asked_for_is_never_changed(settings: DetectorSettings) -> None:
    both = {"postprocessing.release": "0.1", "postprocessing.threshold": "0.2"}
    assert change_settings(settings, both).postprocessing.release == 0.1
    with pytest.raises(ParameterError, match=r"postprocessing: release 0\.3 is above threshold 0\.2"):
        change_settings(settings, both | {"postprocessing.release": "0.3"})
    with pytest.raises(ParameterError, match=r"release 0\.6 is above threshold 0\.5"):
        change_settings(settings, {"postprocessing.release": "0.6"})


def test_release_that_follows_the_threshold_goes_on_following(settings: DetectorSettings) -> None:
    loose = change_settings(settings, {"postprocessing.release": "null"})
    lower = change_settings(loose, {"postprocessing.threshold": "0.2"}).postprocessing
    assert lower.release is None
    assert lower.release_level == 0.2


def test_filters_are_designed_anew_where_the_chain_was_changed() -> None:
    """Otherwise the design of the file would speak against the new setting."""
    settings = load_bundled("line-length").settings
    changes = {"chain.steps.0.sampling_rate": "200", "sampling_rate": "200", "chain.steps.1.high": "40"}
    changed = change_settings(settings, changes)
    band = changed.chain.steps[1].design(200.0).model_dump()
    assert band["designed_for"] == 200.0
    np.testing.assert_allclose(band["sections"], butter(4, [1.0, 40.0], "bandpass", fs=200.0, output="sos"))
    noise = np.random.default_rng(0).normal(0, 10, (2, 200 * 30))
    detection = Detector(DetectorParts(changed)).analyse(Recording.from_array(noise, 200.0, ["Fz-Cz", "Cz-Pz"]))
    assert detection.scores.analysed.all()


def test_designs_stay_where_the_chain_was_not_changed() -> None:
    settings = load_bundled("line-length").settings
    changed = change_settings(settings, {"postprocessing.threshold": "0.6"})
    assert changed.chain == settings.chain
    assert changed.chain.steps[1].model_dump()["designed_for"] == 256.0


def test_settings_are_frozen(settings: DetectorSettings) -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings.name = "other"
