"""The detectors that come with ictal.

Rules are made from their settings: ``python -m ictal.training.bundle``. Trained ones are made by recipes
(``ictal train scalp``, ``ictal calibrate``) and taken in with ``python -m ictal.training.bundle FILE``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import ictal.detection
from ictal.core.errors import check_option
from ictal.detection.detector import Detector
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

CARDS = {
    "eegwavenet-scalp": {
        "trained_on": "Simulated EEG alone, of no patient: the recipe `scalp`, seed 0.",
        "chosen_on": (
            "A simulated development corpus. Real clips (IIIC, CHB-MIT chb01) were looked at as a check, and had a say "
            "in the augmentations, the scale and the threshold."
        ),
        "figures": "docs/benchmarks.md: the frozen simulated exam and the real clips, with intervals.",
        "limits": (
            "Never tried on long real recordings. Real seizures get lower probabilities than simulated ones; rhythmic "
            "delta and periodic discharges of intensive care are its most frequent false alarms."
        ),
    },
    "eegwavenet-rodent": {
        "trained_on": "Simulated EEG alone, of no animal: the recipe `rodent`, seed 0.",
        "chosen_on": "A simulated development corpus.",
        "limits": "Never tried on a real recording; simulated seizures of rodents are easier than real ones.",
    },
}
"""What the cards of trained detectors say beside what training and calibration write."""


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


def adopt(file: Path) -> Path:
    """Take a trained detector into the package, with what its card must say; return where it is.

    Raises
    ------
    ParameterError
        If no bundled detector has its name.
    DetectorFileError
        If it is no detector.
    """
    detector = Detector.read(file)
    name = check_option("detector", detector.name, CARDS)
    card = {**detector.settings.card, **CARDS[name]}
    parts = replace(detector.parts, settings=detector.settings.model_copy(update={"card": card}))
    FOLDER.mkdir(exist_ok=True)
    target = FOLDER / BUNDLED[name]
    target.write_bytes(encode_detector(parts))
    return target


def main(files: Sequence[str] = ()) -> None:
    """Write the rules, or the trained detectors that are named, to where the package looks for them."""
    for file in files:
        adopt(Path(file))
    if files:
        return
    FOLDER.mkdir(exist_ok=True)
    for name, make in {
        "line-length": line_length,
        "spike-rate": spike_rate,
        "eegwavenet-untrained": eegwavenet_untrained,
    }.items():
        (FOLDER / BUNDLED[name]).write_bytes(encode_detector(make()))


if __name__ == "__main__":
    main(sys.argv[1:])
