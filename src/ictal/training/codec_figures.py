"""What is said of a codec: how far its copies are from their signals, and how well it uses its codes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ictal.evaluation.distortion import measure_distortion
from ictal.models.braincodec import BrainCodec

_BATCH = 32


def describe_codec(codec: BrainCodec, segments: Tensor) -> dict[str, Any]:
    """Return the figures of a codec on some segments.

    A codec whose quantiser has not started is looked at without it.

    Parameters
    ----------
    codec : BrainCodec
        Left in evaluation mode.
    segments : Tensor, shape (N, 1, T)
        Standardised.

    Returns
    -------
    dict
        ``n_segments``; ``ratio``, 32-bit samples to codes; ``prd`` in per cent, ``snr`` in dB, and both of each band
        under ``bands``: of the median segment, as :mod:`ictal.evaluation.distortion` has them; and for each codebook,
        under ``codebooks``, the share of its entries that was ``used`` and their ``perplexity``.

    Examples
    --------
    >>> from ictal.models.braincodec import BrainCodecConfig
    >>> figures = describe_codec(BrainCodec(BrainCodecConfig(ratios=(2, 2), widest=32)), torch.randn(2, 1, 2048))
    >>> figures["n_segments"], figures["ratio"], sorted(figures["bands"]["alpha"])
    (2, 4.0, ['prd', 'snr'])
    """
    copy, codes = copy_segments(codec, segments)
    config = codec.config
    found = measure_distortion(segments[:, 0].numpy(), copy[:, 0].numpy(), config.sampling_rate)
    bands = {band: {"prd": found.prd(band), "snr": found.snr(band)} for band in found.bands[1:]}
    figures: dict[str, Any] = {
        "n_segments": len(segments),
        "ratio": 32.0 * config.sampling_rate / config.bit_rate,
        "prd": found.prd(),
        "snr": found.snr(),
        "bands": bands,
    }
    if codes is None:
        return figures
    return figures | {"codebooks": [describe_use(codes[..., i], config.n_entries) for i in range(codes.shape[-1])]}


@torch.no_grad()
def copy_segments(codec: BrainCodec, segments: Tensor) -> tuple[Tensor, Tensor | None]:
    """Return what comes back of segments, and their codes; without a started quantiser there are none.

    Parameters
    ----------
    codec : BrainCodec
        Left in evaluation mode.
    segments : Tensor, shape (N, 1, T)

    Returns
    -------
    copy : Tensor, shape (N, 1, T)
    codes : Tensor of int64, shape (N, n_frames, n_codebooks), or None
        Both on the processor.
    """
    codec.eval()
    started = all(bool(codebook.started) for codebook in codec.quantizer.books)
    device = next(codec.parameters()).device
    copies, codes = [], []
    for first in range(0, len(segments), _BATCH):
        latent = codec.encoder(segments[first : first + _BATCH].to(device))
        if started:
            quantized = codec.quantizer(latent)
            latent = quantized.quantised
            codes.append(quantized.codes.cpu())
        copies.append(codec.decoder(latent)[..., : segments.shape[-1]].cpu())
    return torch.cat(copies), torch.cat(codes) if started else None


def describe_use(codes: Tensor, n_entries: int) -> dict[str, float]:
    """Return the share of entries that occur among codes, and how many even ones would say as much.

    Examples
    --------
    >>> describe_use(torch.tensor([0, 0, 3, 3]), 4)
    {'used': 0.5, 'perplexity': 2.0}
    """
    counts = torch.bincount(codes.flatten(), minlength=n_entries).double()
    shares = counts[counts > 0] / counts.sum()
    perplexity = float((-(shares * shares.log()).sum()).exp())
    return {"used": round(len(shares) / n_entries, 4), "perplexity": round(perplexity, 1)}
