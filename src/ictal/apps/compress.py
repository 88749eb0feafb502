"""The verb that compresses a recording with a neural codec, and brings it back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ictal.apps.console import progress_bar, say
from ictal.apps.options import Identity
from ictal.apps.verbs import PARTS, VERBS


def compress(
    source: Annotated[Path, typer.Argument(help="One recording, or a compressed one.", metavar="FILE")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file that is written.", metavar="FILE")],
    decompress: Annotated[
        bool, typer.Option("--decompress", help="Bring a compressed recording back as EDF+.")
    ] = False,
    codec: Annotated[
        str | None, typer.Option(help="A bundled codec or a file of one; braincodec.", metavar="NAME|FILE")
    ] = None,
    measure: Annotated[bool, typer.Option(help="Say how far what comes back is from the recording.")] = True,
    keep_identity: Identity = False,
) -> None:
    """Compress a recording with a neural codec, 60 times and with loss, or bring it back."""
    if decompress:
        with progress_bar("decompress"):
            written = PARTS.load("decompress")(source, output, codec=codec)
        say(f"recording  {written}")
        return
    with progress_bar("compress") as progress:
        done = VERBS.load("compress")(
            source, output, codec=codec, keep_identity=keep_identity, measure=measure, progress=progress
        )
    tell_compression(done)


def tell_compression(done: Any) -> None:
    """Print how much smaller the recording became, and how far what comes back is from it in each band."""
    say(f"compressed  {done.output}")
    say(f"codes       {done.code_rate:.0f} bit/s a channel, {done.raw_rate / done.code_rate:.1f} times less")
    say(f"with sizes  {done.bit_rate:.0f} bit/s a channel, {done.raw_rate / done.bit_rate:.1f} times less")
    smaller = done.source_bytes / done.output_bytes
    say(f"file        {done.output_bytes} bytes, {smaller:.1f} times less than {done.source_bytes}")
    if done.distortion is not None:
        say("")
        say(f"{'median channel':<16}{'PRD %':>8}{'SNR dB':>8}")
        for band in done.distortion.bands:
            say(f"{band:<16}{done.distortion.prd(band):>8.1f}{done.distortion.snr(band):>8.1f}")
