"""Corpora in the forms that the recipes ask for, as short as their windows allow."""

from __future__ import annotations

from pathlib import Path

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Event
from ictal.core.recording import Recording
from ictal.experiments.simulate import simulate_corpus
from ictal.experiments.twin import simulate_twin
from ictal.io.edf_write import write_edf
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.seizure import Seizure

SEIZURE = Event(60.0, 30.0)


def twin_chb_mit(folder: Path) -> Path:
    """Five cases of the form of CHB-MIT with a seizure of 30 s in 150 s; the first has three recordings."""
    for case, n_files in ("chb02", 3), ("chb03", 1), ("chb04", 1), ("chb05", 1), ("chb06", 1):
        lines = ["Data Sampling Rate: 256 Hz", "", "Channels in EDF Files:", "Channel 1: FP1-F7", ""]
        for number in range(1, n_files + 1):
            lines += [
                f"File Name: {case}_{number:02d}.edf",
                f"File Start Time: 1{number}:00:00",
                f"File End Time: 1{number}:02:30",
                "Number of Seizures in File: 1",
                f"Seizure Start Time: {SEIZURE.onset:.0f} seconds",
                f"Seizure End Time: {SEIZURE.stop:.0f} seconds",
                "",
            ]
        place = folder / "annotations" / case
        place.mkdir(parents=True)
        (place / f"{case}-summary.txt").write_text("\n".join(lines))
    return simulate_twin(folder / "twin", "chb-mit", folder / "annotations", difficulty=0.0).folder


def twin_siena(folder: Path) -> Path:
    """Ten persons of the form of Siena with a seizure of 20 s in a minute."""
    for number in range(10):
        person = f"PN{number:02d}"
        place = folder / "annotations" / person
        place.mkdir(parents=True)
        lines = [
            *(person, "", "Data Sampling Rate: 512 Hz", "", "Channels in EDF files:", "Channel 1: Fp1", ""),
            *("Seizure n 1", f"File name: {person}-1.edf", "Registration start time: 10.00.00"),
            *("Registration end time: 10.01.00", "Seizure start time: 10.00.20", "Seizure end time: 10.00.40", ""),
        ]
        (place / f"Seizures-list-{person}.txt").write_text("\n".join(lines))
    return simulate_twin(folder / "twin", "siena", folder / "annotations", difficulty=0.0).folder


def simulate_tusz(folder: Path) -> Path:
    """Two patients to train on, one to watch and one to test, in the folders of TUSZ: 150 s with a seizure of 30 s."""
    for side, patient in ("train", "aaaaaaac"), ("train", "aaaaaaad"), ("dev", "aaaaaaae"), ("eval", "aaaaaaaf"):
        place = folder / "edf" / side / patient / "s001_2015" / "01_tcp_ar"
        place.mkdir(parents=True)
        name = f"{patient}_s001_t000"
        seizure = Seizure(SEIZURE.onset, SEIZURE.duration)
        scalp = simulate_recording(
            150.0, seed=ord(patient[-1]), seizures=[seizure], difficulty=0.0, sampling_rate=250.0
        )
        labels = [f"EEG {electrode}-REF" for electrode in map(str.upper, SCALP_19)]
        write_edf(place / f"{name}.edf", Recording.from_array(scalp.read(), 250.0, labels))
        rows = ["# version = csv_v1.0.0", f"# bname = {name}", "# duration = 150.00 secs", "#"]
        rows += ["channel,start_time,stop_time,label,confidence", "TERM,60.0000,90.0000,seiz,1.0000", ""]
        (place / f"{name}.csv_bi").write_text("\n".join(rows))
    return folder


def simulate_mice(folder: Path) -> Path:
    """Five mice, one channel each, a seizure every three minutes or so."""
    return simulate_corpus(folder / "mice", 5, 0.1, 3, population="rodent", seizures_per_hour=20.0).folder
