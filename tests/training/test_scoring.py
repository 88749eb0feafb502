"""A network is shown exactly the windows of the detector that it will be, and answers them as that detector does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import ArrayLike, NDArray
from safetensors.numpy import load
from torch import Tensor, nn

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.recording import Recording, Signal
from ictal.data.manifest import EventRow, Manifest, RecordingRow, write_manifest
from ictal.data.portions import Portion, whole_recordings
from ictal.data.schemes import PreictalScheme, SeizureScheme
from ictal.data.store import Store
from ictal.data.store_write import open_for_writing, write_signal
from ictal.detection.detector import Detector
from ictal.detection.leads import take_leads
from ictal.detection.library import load_bundled
from ictal.detection.settings import Leads, Model
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.models.tcn import TCN, TCNConfig
from ictal.preprocessing.chain import Chain
from ictal.training import scoring
from ictal.training.assemble import assemble_detector
from ictal.training.scoring import score_portions
from ictal.training.settings import TaskSettings, WindowSettings

RATE = 128.0
WINDOWS = WindowSettings(length=4.0, step=1.0)
SEIZURES = (EventRow(20.0, 15.0), EventRow(70.0, 3.0, "impd"))
GAPS: dict[str, tuple[tuple[float, float], ...]] = {
    "whole": (),
    "gappy": ((0.0, 2.5), (31.25, 31.5), (50.0, 61.0)),
    "short": (),
}
SECONDS = {"whole": 100.0, "gappy": 90.0, "short": 3.0}


def make_store(folder: Path, rate: float = RATE, channels: Sequence[str] = ("C3-P3", "C4-P4")) -> Store:
    """Noise; `gappy` lacks stretches of it, `short` has no room for a window."""
    rows = []
    with open_for_writing(folder):
        for seed, (name, gaps) in enumerate(GAPS.items()):
            noise = np.random.default_rng(seed).normal(0, 40, (len(channels), round(SECONDS[name] * rate)))
            recording = Recording.from_array(noise, rate, channels, gaps=gaps)
            signal = write_signal(folder, f"{seed:032x}", "", recording, Chain())
            rows.append(RecordingRow(name, name, "1", signal, events=SEIZURES))
        write_manifest(folder, Manifest("0", "mine", Chain().model_dump(mode="json"), recordings=tuple(rows)))
    return Store(folder)


def make_network(**changes: Any) -> EEGWaveNet:
    """A network in training mode, with means and variances that are not the initial ones."""
    torch.manual_seed(1)
    network = EEGWaveNet(EEGWaveNetConfig(**{"n_channels": 2, "sampling_rate": RATE, **changes}))
    for _ in range(3):
        network(40 * torch.randn(4, 2, network.config.window_samples))
    return network


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return make_store(tmp_path_factory.mktemp("scoring") / "store")


@pytest.fixture(scope="module")
def network() -> EEGWaveNet:
    return make_network()


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads gain nothing on signals so short, and wait for each other where tests run side by side."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def answer_windows(network: nn.Module, store: Store, portion: Portion, windows: WindowSettings) -> NDArray[np.float32]:
    """Return the answers to all windows of a portion, each cut by itself; NaN for one that is not all there."""
    number = [one.name for one in store].index(portion.recording)
    signal = store.recording(number).read_samples(0, store.recordings[number].n_samples)
    length, hop = round(windows.length * RATE), round(windows.step * RATE)
    stop = min(portion.stop * RATE, signal.shape[1])
    starts = [s for s in range(0, signal.shape[1], hop) if s >= portion.start * RATE and s + length <= stop]
    cut = np.array([signal[:, start : start + length] for start in starts], np.float32).reshape(-1, 2, length)
    there = np.isfinite(cut).all(axis=(1, 2))
    answers = np.full((len(cut), 2), np.nan, np.float32)
    if there.any():
        with torch.no_grad():
            answers[there] = network.eval()(torch.from_numpy(cut[there]))[:, 0].numpy()
    return answers


PORTIONS = [
    Portion("whole", "whole", 0.0, 100.0),
    Portion("gappy", "gappy", 0.0, 90.0),
    Portion("gappy", "gappy", 10.0, 45.0),
    Portion("whole", "whole", 3.3, 20.999),
    Portion("whole", "whole", 20.999, 60.0),
    Portion("short", "short", 0.0, 3.0),
    Portion("gappy", "gappy", 51.0, 60.0),
]


@pytest.mark.parametrize("block", [1.0, 7.0, 300.0])
def test_blocks_gaps_and_borders_give_the_answers_to_single_windows(
    store: Store, network: EEGWaveNet, monkeypatch: pytest.MonkeyPatch, block: float
) -> None:
    monkeypatch.setattr(scoring, "BLOCK_SECONDS", block)
    for scored in score_portions(network, store, PORTIONS, WINDOWS, SeizureScheme()):
        expected = answer_windows(network, store, scored.portion, WINDOWS)
        assert scored.logits.dtype == np.float32
        assert_allclose(scored.logits, expected, rtol=0.0, atol=1e-5)


def test_a_recording_is_answered_as_in_one_pass(store: Store, network: EEGWaveNet) -> None:
    signal = store.recording(0).read_samples(0, round(100 * RATE))
    with torch.no_grad():
        expected = network.eval()(torch.from_numpy(signal)[None])[0].numpy()
    (scored,) = score_portions(network, store, PORTIONS[:1], WINDOWS, SeizureScheme())
    assert_allclose(scored.logits, expected, rtol=0.0, atol=1e-5)


def test_frames_lie_where_those_of_the_detector_lie(tmp_path: Path) -> None:
    """A detector gives the same probabilities at the same times as its network does in training."""
    parts = load_bundled("eegwavenet-untrained").parts
    plain = {"leads": Leads(montage="as-recorded"), "chain": Chain()}
    detector = Detector(replace(parts, settings=parts.settings.model_copy(update=plain)))
    network = EEGWaveNet(EEGWaveNetConfig.model_validate(parts.settings.model.config))
    network.load_state_dict({key: torch.from_numpy(np.array(value)) for key, value in load(parts.weights).items()})
    leads = take_leads(Recording.from_array(np.zeros((19, 1)), 256.0, SCALP_19), parts.settings.leads, {}).channels
    store = make_store(tmp_path / "store", rate=256.0, channels=leads)
    portions = whole_recordings(store.recordings[:2])
    for number, scored in enumerate(score_portions(network, store, portions, WINDOWS, SeizureScheme())):
        expected = detector.analyse(store.recording(number)).scores
        ours = scored.scores(expected.classes)
        assert (ours.start, ours.step, len(ours)) == (expected.start, expected.step, len(expected))
        assert 0 < expected.analysed.sum() < len(expected) + (number == 0)
        assert_allclose(ours.values, expected.values, rtol=0.0, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(["whole", "gappy"]),
    start=st.integers(0, 80 * 128),
    length=st.integers(1, 60 * 128),
)
def test_any_portion_gives_the_frames_of_the_whole_recording(
    store: Store, network: EEGWaveNet, name: str, start: int, length: int
) -> None:
    """Frames keep their times and their answers; those whose window reaches over the border are gone."""
    stop = min(start + length, round(SECONDS[name] * RATE))
    portion = Portion(name, name, start / RATE, stop / RATE)
    whole = Portion(name, name, 0.0, SECONDS[name])
    part, full = score_portions(network, store, [portion, whole], WINDOWS, SeizureScheme())
    first = -(-start // 128)
    n_frames = max((stop - 512) // 128 + 1 - first, 0)
    assert len(part.logits) == len(part.labels) == n_frames
    assert part.start == pytest.approx(first + 1.5 - start / RATE, abs=1e-9)
    assert_allclose(part.logits, full.logits[first : first + n_frames], rtol=0.0, atol=1e-5)
    assert_array_equal(part.labels, full.labels[first : first + n_frames])
    assert part.reference.duration == pytest.approx(portion.duration)


def test_labels_are_those_of_the_windows(store: Store, network: EEGWaveNet) -> None:
    (scored,) = score_portions(network, store, PORTIONS[:1], WINDOWS, SeizureScheme())
    covered = [max(min(k + 4.0, 35.0) - max(k, 20.0), 0.0) for k in range(97)]
    assert_array_equal(scored.labels, np.array(covered) > 2.0)
    assert scored.labels.dtype == np.int8
    assert scored.counted.all()


def test_what_the_scheme_leaves_out_is_scored_and_has_no_label(store: Store, network: EEGWaveNet) -> None:
    scheme = SeizureScheme(exclude=("impd",))
    whole, gappy = score_portions(network, store, PORTIONS[:2], WINDOWS, scheme)
    touched = [70.0 - 4.0 < k < 73.0 for k in range(97)]
    assert_array_equal(whole.labels == -1, touched)
    assert np.isfinite(whole.logits).all()
    assert_array_equal(whole.counted, ~np.array(touched))
    unseen = np.isnan(gappy.logits).all(axis=1)
    assert (gappy.labels[unseen] == -1).all()
    assert 0 < unseen.sum() < len(unseen)
    assert not gappy.counted[unseen].any()


def test_classes_of_another_scheme(store: Store) -> None:
    scheme = PreictalScheme(horizon=10.0, intervention=2.0, postictal=5.0)
    (scored,) = score_portions(make_network(n_classes=3), store, PORTIONS[:1], WINDOWS, scheme)
    assert scored.logits.shape == (97, 3)
    assert set(scored.labels.tolist()) == {-1, 0, 1, 2}
    assert_allclose(scored.probabilities.sum(axis=1), 1.0)
    assert scored.scores(scheme.classes).seizure == pytest.approx(1.0 - scored.probabilities[:, 0])


def test_a_network_that_cannot_share_work_is_asked_window_by_window(store: Store) -> None:
    windows = WindowSettings(length=4.0, step=0.25)
    network = make_network(window=4.0, hop=0.25)
    assert network.config.hop_samples % 64 != 0
    for scored in score_portions(network, store, PORTIONS[:3], windows, SeizureScheme()):
        expected = answer_windows(network, store, scored.portion, windows)
        assert_allclose(scored.logits, expected, rtol=0.0, atol=1e-5)


class Scaled(nn.Module):
    """Divides the whole signal by its deviation: it has an answer to a long signal, and not that to its windows."""

    def __init__(self) -> None:
        super().__init__()
        self.network = make_network()

    def forward(self, signal: Tensor) -> Tensor:
        ramp = torch.linspace(1.0, 5.0, signal.shape[2])
        answer: Tensor = self.network(signal * ramp / signal.std(dim=(1, 2), keepdim=True))
        return answer


def test_a_network_that_answers_a_long_signal_otherwise_is_asked_window_by_window(store: Store) -> None:
    network = Scaled()
    (scored,) = score_portions(network, store, PORTIONS[:1], WINDOWS, SeizureScheme())
    expected = answer_windows(network, store, PORTIONS[0], WINDOWS)
    assert_allclose(scored.logits, expected, rtol=0.0, atol=1e-5)


class Amplitudes(nn.Module):
    """The mean and the largest of the first lead in each frame of half a second."""

    def forward(self, signal: Tensor) -> Tensor:
        frames = signal[:, 0].unflatten(1, (-1, 64))
        return torch.stack([frames.mean(dim=2), frames.amax(dim=2)], dim=2)


@pytest.mark.parametrize(("step", "first", "last"), [(8.0, 0, 192), (4.0, 4, 196), (1.0, 7, 193)])
def test_the_frames_in_the_middle_of_each_window_count(store: Store, step: float, first: int, last: int) -> None:
    """Each half second is answered once, by the window of which it is in the middle."""
    windows = WindowSettings(length=8.0, step=step, n_frames=16)
    (scored,) = score_portions(Amplitudes(), store, PORTIONS[:1], windows, SeizureScheme())
    assert (scored.start, scored.step) == (first / 2, 0.5)
    halves = store.recording(0).read_samples(0, round(100 * RATE))[0].reshape(200, 64)
    expected = np.stack([halves.mean(axis=1), halves.max(axis=1)], axis=1)[first:last]
    assert_allclose(scored.logits, expected, rtol=0.0, atol=1e-4)
    middles = np.arange(first, last) / 2 + 0.25
    assert_array_equal(scored.labels, (middles > 20.0) & (middles < 35.0))


def test_a_network_of_frames_is_answered_as_by_its_detector(store: Store) -> None:
    """Windows of a detector lie on the same grid, but for the last, which ends with the recording."""
    torch.manual_seed(0)
    network = TCN(TCNConfig(n_channels=2, sampling_rate=RATE, width=8, n_blocks=3)).eval()
    windows = WindowSettings(length=9.0, step=3.0, n_frames=9)
    (scored,) = score_portions(network, store, PORTIONS[:1], windows, SeizureScheme())
    task = TaskSettings(windows=windows, model=Model(name="tcn"))
    detector = assemble_detector(network, task, Chain(), 2, card={}, provenance={})
    found = detector.analyse(store.recording(0)).scores
    assert (scored.start, scored.step, found.start, found.step) == (3.0, 1.0, 0.0, 1.0)
    assert len(found) == 100
    assert_allclose(found.values[3 : 3 + len(scored.logits)], scored.probabilities, rtol=0.0, atol=1e-5)


class WatchedStore(Store):
    """Notes how many samples are read at once."""

    most = 0

    def read_windows(self, recordings: ArrayLike, starts: ArrayLike, length: int, out: Signal | None = None) -> Signal:
        signal = super().read_windows(recordings, starts, length, out)
        self.most = max(self.most, signal.shape[0] * signal.shape[2])
        return signal


@pytest.mark.parametrize(
    ("windows", "scored_by"),
    [(WINDOWS, make_network()), (WindowSettings(length=8.0, step=4.0, n_frames=16), Amplitudes())],
)
def test_no_more_than_a_block_is_read_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, windows: WindowSettings, scored_by: nn.Module
) -> None:
    monkeypatch.setattr(scoring, "BLOCK_SECONDS", 16.0)
    watched = WatchedStore(store.folder)
    score_portions(scored_by, watched, PORTIONS[:1], windows, SeizureScheme())
    assert 8 * RATE < watched.most <= (16.0 + windows.length) * RATE


def test_the_network_is_left_as_it_was(store: Store) -> None:
    """Also one of which some layers are not trained, and stay in evaluation mode."""
    network = make_network()
    network.branches[0].eval()
    network.classifier.requires_grad_(False)
    modes = [module.training for module in network.modules()]
    state = {name: value.clone() for name, value in network.state_dict().items()}
    first = score_portions(network, store, PORTIONS[:1], WINDOWS, SeizureScheme(), device="cpu")
    again = score_portions(network, store, PORTIONS[:1], WINDOWS, SeizureScheme())
    assert_array_equal(first[0].logits, again[0].logits)
    assert [module.training for module in network.modules()] == modes
    assert all(torch.equal(state[name], value) for name, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert torch.is_grad_enabled()


def test_mixed_precision_of_a_training_has_no_part(store: Store, network: EEGWaveNet) -> None:
    (expected,) = score_portions(network, store, PORTIONS[:1], WINDOWS, SeizureScheme())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        (scored,) = score_portions(network, store, PORTIONS[:1], WINDOWS, SeizureScheme())
    assert_array_equal(scored.logits, expected.logits)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_gpu_gives_the_same_answers(store: Store, network: EEGWaveNet) -> None:
    on_processor = score_portions(network, store, PORTIONS, WINDOWS, SeizureScheme())
    on_gpu = score_portions(network, store, PORTIONS, WINDOWS, SeizureScheme(), device="cuda")
    assert next(network.parameters()).device.type == "cpu"
    for ours, expected in zip(on_gpu, on_processor, strict=True):
        assert_allclose(ours.logits, expected.logits, rtol=0.0, atol=1e-4)


def test_another_number_of_classes_and_weights_that_are_no_numbers_are_refused(store: Store) -> None:
    with pytest.raises(ParameterError, match=r"network: logits of shape .* came .* allowed is \(1, 97, 2\)"):
        score_portions(make_network(n_classes=3), store, PORTIONS[:1], WINDOWS, SeizureScheme())
    broken = make_network()
    with torch.no_grad():
        broken.classifier[0].weight.fill_(torch.inf)
    with pytest.raises(ParameterError, match="whole are not all numbers; its weights have diverged"):
        score_portions(broken, store, PORTIONS[:1], WINDOWS, SeizureScheme())


def test_a_portion_of_no_recording_is_refused(store: Store, network: EEGWaveNet) -> None:
    with pytest.raises(ParameterError, match="there is no recording 'other'"):
        score_portions(network, store, [Portion("other", "other", 0.0, 9.0)], WINDOWS, SeizureScheme())
