"""The detectors that come with ictal, made from their settings: ``python -m ictal.training.bundle``."""

from __future__ import annotations

from pathlib import Path

import ictal.detection
from ictal.detection.file import DetectorParts, encode_detector
from ictal.detection.library import BUNDLED
from ictal.detection.settings import DetectorSettings, Leads, Model, Windows
from ictal.models.eegwavenet import EEGWaveNetConfig
from ictal.models.line_length import LineLengthConfig
from ictal.models.spike_rate import SpikeRateConfig
from ictal.postprocessing.settings import PostProcessing
from ictal.preprocessing.chain import Chain
from ictal.training.untrained import make_untrained

RATE = 256.0
FOLDER = Path(ictal.detection.__path__[0]) / "bundled"

RESEARCH = "For research only; not a medical device."
UNCALIBRATED = "The confidence orders events and is no probability: the rule was never fitted to data."


def design_chain(*steps: dict[str, object]) -> Chain:
    """Return a chain that ends at 256 Hz, with the filters designed for that rate."""
    resample, *rest = Chain.model_validate({"steps": [{"step": "resample", "sampling_rate": RATE}, *steps]}).steps
    return Chain(steps=(resample, *Chain(steps=tuple(rest)).design(RATE).steps))


def line_length() -> DetectorParts:
    """Return the baseline for scalp EEG."""
    settings = DetectorSettings(
        name="line-length",
        summary="robust adaptive line length with persistence; the baseline for scalp EEG",
        model=Model(name="line-length", config=LineLengthConfig().model_dump()),
        leads=Leads(montage="double-banana", missing="interpolate", minimum=4, otherwise="as-recorded"),
        sampling_rate=RATE,
        chain=design_chain({"step": "band-pass", "low": 1.0, "high": 30.0, "order": 4}),
        windows=Windows(length=2.0, step=1.0),
        postprocessing=PostProcessing(smoothing=9.0, threshold=0.5, release=0.3, merge_gap=10.0, minimum_duration=10.0),
        card={
            "use": RESEARCH,
            "confidence": UNCALIBRATED,
            "settings": "Chosen by eye on four clips of CHB-MIT chb01 and five simulated half hours.",
            "limits": "Movement, chewing and long runs of alpha raise line length too.",
        },
    )
    return DetectorParts(settings)


def spike_rate() -> DetectorParts:
    """Return the rule of the mouse laboratories."""
    settings = DetectorSettings(
        name="spike-rate",
        summary="arc length and spike count over a running baseline; for single-channel animal EEG",
        model=Model(name="spike-rate", config=SpikeRateConfig().model_dump()),
        leads=Leads(montage="as-recorded"),
        sampling_rate=RATE,
        chain=design_chain({"step": "band-pass", "low": 1.0, "high": 45.0, "order": 4}),
        windows=Windows(length=5.0, step=1.0),
        postprocessing=PostProcessing(smoothing=5.0, threshold=0.5, release=0.3, merge_gap=10.0, minimum_duration=8.0),
        card={
            "use": RESEARCH,
            "confidence": UNCALIBRATED,
            "settings": "Chosen on eight simulated hours; no real rodent recording was at hand.",
            "limits": "Grooming and chewing can look like spikes.",
        },
    )
    return DetectorParts(settings)


def eegwavenet_untrained() -> DetectorParts:
    """Return EEGWaveNet with random weights, to measure speed."""
    network = EEGWaveNetConfig(n_channels=18)
    graph, weights = make_untrained(seed=0, n_channels=network.n_channels)
    settings = DetectorSettings(
        name="eegwavenet-untrained",
        summary="EEGWaveNet with random weights, for benchmarks alone: its events mean nothing",
        model=Model(name="eegwavenet", config=network.model_dump()),
        leads=Leads(montage="double-banana", missing="interpolate", minimum=12),
        sampling_rate=RATE,
        chain=design_chain({"step": "low-pass", "cutoff": 64.0, "order": 4}),
        windows=Windows(length=4.0, step=1.0),
        postprocessing=PostProcessing(threshold=0.9, merge_gap=30.0, minimum_duration=10.0),
        card={"use": "For benchmarks alone. " + RESEARCH, "weights": "Random, seed 0; never trained."},
    )
    return DetectorParts(settings, graph, weights)


def main() -> None:
    """Write every bundled detector to where the package looks for it."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in {
        "line-length": line_length,
        "spike-rate": spike_rate,
        "eegwavenet-untrained": eegwavenet_untrained,
    }.items():
        (FOLDER / BUNDLED[name]).write_bytes(encode_detector(make()))


if __name__ == "__main__":
    main()
