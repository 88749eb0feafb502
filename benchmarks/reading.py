"""Reading an hour, and four seconds, of a 23-channel EDF."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import edfio
import mne
from ratios import compare

from ictal import read
from ictal.experiments.bench import TiledNoise
from ictal.io.edf_write import write_edf

with tempfile.TemporaryDirectory() as folder:
    source = Path(folder) / "hour.edf"
    write_edf(source, TiledNoise(1.0), physical_range=(-800.0, 800.0))
    recording = read(source)
    lazy = edfio.read_edf(source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = mne.io.read_raw_edf(source, verbose="error")

    compare(
        "one hour, opened and read",
        {
            "ictal": lambda: read(source).read(),
            "edfio": lambda: [signal.data for signal in edfio.read_edf(source).signals],
        },
    )
    compare(
        "four seconds at 1800 s, all channels",
        {
            "ictal": lambda: recording.read(1800.0, 1804.0),
            "edfio": lambda: [signal.get_data_slice(1800.0, 1804.0) for signal in lazy.signals],
            "mne": lambda: raw.get_data(start=460800, stop=461824),
        },
        repeats=100,
    )
