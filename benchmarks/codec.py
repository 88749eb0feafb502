"""How far copies at 64 × are from recordings, band by band: BrainCodec beside cosines of the same rate.

    python benchmarks/codec.py FOLDER… [--codec FILE]

Each folder is a line of the table for each way: the median recording, of each the median channel. The rival keeps the
first 205 cosines of each window of 4 s, up to 25 Hz, in 5 bits each: as many bits as the codes, beside the same two
numbers for the size of a window. Bits and range are those that suit the clips of IIIC best.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.fft import dct, idct

from ictal.core.recording import Recording
from ictal.evaluation.distortion import Distortion, measure_distortion
from ictal.io.discover import find_recordings
from ictal.io.formats import read
from ictal.models.braincodec import BrainCodec, standardise
from ictal.models.codec_file import load_codec
from ictal.preprocessing.resample import Resample

Segments = NDArray[np.float32]
BITS, WIDEST = 5, 2.0


def copy_by_codec(codec: BrainCodec, segments: Segments) -> Segments:
    """Return what comes back of segments (n, T) of mean 0 and deviation 1."""
    with torch.no_grad():
        parts = torch.from_numpy(segments)[:, None].split(64)
        return torch.cat([codec.decode(codec.encode(part)) for part in parts])[:, 0].numpy()


def copy_by_cosines(codec: BrainCodec, segments: Segments) -> Segments:
    """Return what comes back of segments of which the lowest cosines are kept, as many as the bits of codes allow."""
    config = codec.config
    n_kept = round(config.bit_rate * config.window / BITS)
    cosines = dct(segments, norm="ortho", axis=1)
    # The lowest are the largest: each has the range that EEG, whose spectrum falls as 1/f, needs at most.
    ranges = WIDEST * np.sqrt(segments.shape[1]) / np.sqrt(1.0 + np.arange(n_kept))
    levels = np.clip(np.round(cosines[:, :n_kept] / ranges * 2 ** (BITS - 1)), -(2 ** (BITS - 1)), 2 ** (BITS - 1) - 1)
    kept = np.zeros_like(cosines)
    kept[:, :n_kept] = levels * ranges / 2 ** (BITS - 1)
    return np.asarray(idct(kept, norm="ortho", axis=1), dtype=np.float32)


def measure(recording: Recording, codec: BrainCodec, way: Callable[[BrainCodec, Segments], Segments]) -> Distortion:
    """Return how far the copy of a recording is from it, over its whole windows, at the rate of the codec."""
    config = codec.config
    signal = Resample(sampling_rate=config.sampling_rate).apply(recording).read()
    n_windows = signal.shape[1] // config.window_samples
    signal = signal[:, : n_windows * config.window_samples]
    segments = standardise(torch.from_numpy(signal.reshape(-1, config.window_samples)))
    copy = way(codec, segments.signal.numpy()) * segments.deviation.numpy() + segments.mean.numpy()
    return measure_distortion(signal, copy.reshape(signal.shape), config.sampling_rate)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--codec", default="braincodec")
    options = parser.parse_args()
    codec = load_codec(options.codec)
    ways = {"BrainCodec": copy_by_codec, "cosines": copy_by_cosines}
    for folder in options.folders:
        recordings = [read(found.path) for found in find_recordings([folder])]
        for name, way in ways.items():
            found = [measure(recording, codec, way) for recording in recordings]
            print(f"{folder.name}, {len(recordings)} recordings, {name}")
            for band in found[0].bands:
                prd, snr = (np.median([getattr(one, figure)(band) for one in found]) for figure in ("prd", "snr"))
                print(f"  {band:<12}PRD {prd:6.1f} %   SNR {snr:6.1f} dB")


if __name__ == "__main__":
    main()
