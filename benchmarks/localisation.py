"""Whether the leads that an event names are where its seizure was planted: on simulated EEG, where that is known.

``ictal simulate EXAM --exam`` writes the exam. A detected event counts if it overlaps a seizure that begins at one
place; where that is says the phantom's own record of the subject. What is printed can be pasted into markdown.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ictal.core.electrodes import Electrode
from ictal.core.localisation import find_focus
from ictal.core.version import __version__
from ictal.detection.detector import Detector
from ictal.detection.library import BUNDLED, SCALP_DETECTOR, load_detector
from ictal.evaluation.bootstrap import LEVEL, N_RESAMPLES
from ictal.io.events_tsv import read_events
from ictal.io.formats import read
from ictal.simulation.corpus import TRUTH_FOLDER
from ictal.simulation.seizure import KINDS, nearest

GENERALISED = {"absence", "tonic"}
BILATERAL = "focal-to-bilateral"


@dataclass(frozen=True)
class Found:
    """An event that overlaps a planted focal seizure.

    Parameters
    ----------
    subject, kind : str
    hemisphere, lobe : float
        1 where right, 0 where wrong; the hemisphere is NaN where the focus is on the midline.
    n_channels : int
        Leads that it names.
    """

    subject: str
    kind: str
    hemisphere: float
    lobe: float
    n_channels: int


def main() -> None:
    """Print the table that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exam", type=Path, required=True, metavar="FOLDER", help="what `ictal simulate` wrote")
    parser.add_argument("--detector", nargs="+", default=[SCALP_DETECTOR], metavar="NAME", help=", ".join(BUNDLED))
    asked = parser.parse_args()
    warnings.simplefilter("ignore")  # what is odd in the recordings is planted
    print(
        f"`{' '.join([Path(sys.argv[0]).name, *sys.argv[1:]])}`; ictal {__version__}; in brackets the middle "
        f"{LEVEL:.0%} of {N_RESAMPLES} bootstrap resamples of subjects, seed 0.\n"
    )
    for name in asked.detector:
        detector = load_detector(name)
        if not isinstance(detector, Detector):
            parser.error("name a detector")
        print_table(name, list(look_at_all(asked.exam, detector)))


def look_at_all(folder: Path, detector: Detector) -> Iterator[Found]:
    """Yield every event that overlaps a planted focal seizure."""
    for path in sorted(folder.glob("sub-*/**/*_eeg.edf")):
        stem = path.name.removesuffix("_eeg.edf")
        truth = folder / TRUTH_FOLDER / path.parent.relative_to(folder) / f"{stem}_desc-truth_phantom.json"
        planned = json.loads(truth.read_text(encoding="utf-8"))
        kind = planned["subject"]["epilepsy"]["kind"]
        if kind in GENERALISED:
            continue
        focus = Electrode(nearest(planned["subject"]["epilepsy"]["focus"], KINDS[kind].foci))
        recording = read(path)
        seizures = [
            event
            for event in read_events(truth.with_name(f"{stem}_desc-truth_events.tsv"), duration=recording.duration)
            if event.event_type == KINDS[kind].event_type
        ]
        detection = detector.analyse(recording)
        for event, where in zip(detection.events, detection.localised, strict=True):
            if any(event.onset < seizure.stop and seizure.onset < event.stop for seizure in seizures):
                yield judge(stem.split("_")[0], kind, focus, where.of_onset, len(event.channels))


def judge(subject: str, kind: str, focus: Electrode, weights: dict[str, float], n_channels: int) -> Found:
    """Compare what the weights of leads say with the electrode above the place where the seizure was planted."""
    said = find_focus(weights)
    side = float(said is not None and said.hemisphere == focus.hemisphere)
    lobe = float(said is not None and said.lobe == focus.lobe)
    return Found(subject, kind, np.nan if focus.hemisphere == "midline" else side, lobe, n_channels)


def print_table(name: str, found: Sequence[Found]) -> None:
    """Print how many events were put where their seizure is."""
    print(f"### {name}\n")
    print("| kind of seizure | subjects | detected events | hemisphere correct | lobe correct | leads named, median |")
    print("|---|---|---|---|---|---|")
    rows = [("all focal", list(found)), ("focal, not bilateral", [one for one in found if one.kind != BILATERAL])]
    rows += [(kind, [one for one in found if one.kind == kind]) for kind in sorted({one.kind for one in found})]
    for title, chosen in rows:
        if chosen:
            print(
                f"| {title} | {len({one.subject for one in chosen})} | {len(chosen)} | "
                f"{estimate(chosen, lambda one: one.hemisphere)} | {estimate(chosen, lambda one: one.lobe)} | "
                f"{np.median([one.n_channels for one in chosen]):g} |"
            )
    print()


def estimate(found: Sequence[Found], of: Callable[[Found], float]) -> str:
    """Return the share of events that are right, with its interval where subjects are drawn again."""
    subjects = sorted({one.subject for one in found})
    values = np.array([of(one) for one in found])
    known = np.isfinite(values)
    owner = np.array([subjects.index(one.subject) for one in found])
    right = np.bincount(owner[known], values[known], len(subjects))
    count = np.bincount(owner[known], minlength=len(subjects))
    rng = np.random.default_rng(0)
    draws = rng.integers(len(subjects), size=(N_RESAMPLES, len(subjects)))
    shares = right[draws].sum(axis=1) / np.maximum(count[draws].sum(axis=1), 1)
    low, high = np.quantile(shares[count[draws].sum(axis=1) > 0], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return f"{right.sum():.0f}/{count.sum()} = {right.sum() / count.sum():.0%} [{low:.0%}, {high:.0%}]"


if __name__ == "__main__":
    main()
