"""Codecs with weights by chance, small enough to run in a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from ictal.models.braincodec import BrainCodec, BrainCodecConfig
from ictal.models.codec_file import encode_codec


def write_codec(file: Path, **settings: Any) -> Path:
    """Write a codec of some settings, narrow where they do not say how wide."""
    torch.manual_seed(0)
    file.write_bytes(encode_codec(BrainCodec(BrainCodecConfig(**{"width": 4, "widest": 8, **settings}))))
    return file


def write_quick_codec(file: Path) -> Path:
    """Write a codec for what is below 32 Hz, which has less to do."""
    return write_codec(file, sampling_rate=64.0, width=2, widest=4)
