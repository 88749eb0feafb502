"""A network on whole recordings, as the detector that it will be sees them.

Every window of the detector's grid is looked at, block by block, so that memory does not grow with a recording. A
network that answers a long signal as it answers its windows, as EEGWaveNet does, is asked once for each block; another
window by window. One that answers several frames for a window is asked for each window too, and of its frames those in
the middle `step` seconds count, so that each stretch of time is judged once, with as much context before it as after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations
from ictal.core.scores import Scores
from ictal.data.labels import Labels
from ictal.data.portions import Portion
from ictal.data.schemes import Scheme
from ictal.data.store import Store
from ictal.training.frames import UNLABELLED, PortionFrames, plan_frames
from ictal.training.settings import WindowSettings

BLOCK_SECONDS = 300.0
"""Signal that a network is shown at once."""

Logits = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ScoredPortion:
    """What a network answers to a portion, and what is true of it.

    Parameters
    ----------
    portion : Portion
    logits : ndarray of float32, shape (n_frames, n_classes)
        NaN where no whole window lies in signal.
    labels : ndarray of int8, shape (n_frames,)
        Classes by the scheme; :data:`~ictal.training.frames.UNLABELLED` where it gives none.
    start, step : float
        When the first frame begins, in seconds from the start of the portion, and how long a frame is.
    reference : Annotations
        What a reader marked in the portion, in seconds from its start.
    """

    portion: Portion
    logits: Logits
    labels: Labels
    start: float
    step: float
    reference: Annotations

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The softmax of the logits, shape (n_frames, n_classes)."""
        return torch.softmax(torch.from_numpy(self.logits).double(), dim=-1).numpy()

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Which frames were looked at and have a label, shape (n_frames,)."""
        return np.asarray((self.labels != UNLABELLED) & np.isfinite(self.logits).all(axis=1))

    def scores(self, classes: tuple[str, ...]) -> Scores:
        """Return the probabilities on the time axis of the portion.

        Parameters
        ----------
        classes : tuple of str
            The event types of the columns; the first is the background.
        """
        return Scores(self.probabilities, self.start, self.step, classes)


def score_portions(
    network: nn.Module,
    store: Store,
    portions: Sequence[Portion],
    windows: WindowSettings,
    scheme: Scheme,
    *,
    device: torch.device | str | None = None,
) -> tuple[ScoredPortion, ...]:
    """Show a network every window of some portions.

    Windows lie on one grid from the start of each recording, those that a detector looks at; none reaches over a gap or
    over the border of its portion.

    Parameters
    ----------
    network : Module
        Maps ``(B, C, T)`` to logits ``(B, n_frames, n_classes)``. It is asked in evaluation mode, without gradients and
        in single precision, and left as it was.
    store : Store
    portions : sequence of Portion
    windows : WindowSettings
    scheme : Scheme
        Gives the labels of the frames: those of the windows of :func:`ictal.data.windows.cut_windows`.
    device : torch.device or str, optional
        Where the network is asked; where it is, if not given.

    Returns
    -------
    tuple of ScoredPortion
        In the order of `portions`.

    Raises
    ------
    ParameterError
        If a portion is of no recording of the store, the windows do not fit, or the network answers with another shape
        or with what is no number.
    RecordingError
        If a file of the store is missing or damaged.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from ictal.core.recording import Recording
    >>> from ictal.data.manifest import EventRow, Manifest, RecordingRow, write_manifest
    >>> from ictal.data.schemes import SeizureScheme
    >>> from ictal.data.store_write import open_for_writing, write_signal
    >>> from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
    >>> from ictal.preprocessing.chain import Chain
    >>> night = Recording.from_array(np.zeros((1, 2560)), 256.0, ["C3"])
    >>> folder = Path(tempfile.mkdtemp(), "store")
    >>> with open_for_writing(folder):
    ...     signal = write_signal(folder, "key", "hash", night, Chain())
    ...     row = RecordingRow("night", "anna", "1", signal, events=(EventRow(6.0, 4.0),))
    ...     write_manifest(folder, Manifest("0.1.0", "mine", {}, recordings=(row,)))
    >>> network = EEGWaveNet(EEGWaveNetConfig(n_channels=1))
    >>> portions = [Portion("night", "anna", 2.0, 10.0)]
    >>> (scored,) = score_portions(network, Store(folder), portions, WindowSettings(), SeizureScheme())
    >>> scored.logits.shape, scored.labels.tolist(), scored.start, scored.reference.spans
    ((5, 2), [0, 0, 0, 1, 1], 1.5, ((4.0, 8.0),))
    """
    return score_frames(network, store, plan_frames(store, portions, windows, scheme), len(scheme.classes), device)


def score_frames(
    network: nn.Module,
    store: Store,
    planned: Sequence[PortionFrames],
    n_classes: int,
    device: torch.device | str | None = None,
) -> tuple[ScoredPortion, ...]:
    """Show a network the windows that were laid out by :func:`ictal.training.frames.plan_frames`.

    Other parameters and errors are those of :func:`score_portions`.
    """
    with _asked_on(network, device) as place:
        asked = _Asked(network, place, n_classes)
        return tuple(_score_portion(asked, store, frames) for frames in planned)


def _score_portion(network: _Asked, store: Store, frames: PortionFrames) -> ScoredPortion:
    recording = store.recordings[frames.recording]
    n_windows, n_kept = frames.labels.shape
    logits = np.full((n_windows, n_kept, network.n_classes), np.nan, np.float32)
    kept = slice(frames.first_kept, frames.first_kept + n_kept)
    dense = frames.answered == 1 and network.shares_work(len(recording.channels), frames.length, frames.hop)
    samples = frames.hop if dense else frames.length
    for block in frames.blocks(max(int(BLOCK_SECONDS * recording.sampling_rate) // samples, 1)):
        starts = frames.starts[block]
        if dense:
            signal = store.read_windows([frames.recording], starts[:1], int(starts[-1] - starts[0]) + frames.length)
            answer = network.ask(signal, len(starts)).swapaxes(0, 1)
        else:
            signal = store.read_windows(np.full(len(starts), frames.recording), starts, frames.length)
            answer = network.ask(signal, frames.answered)
        logits[frames.rows[block]] = answer[:, kept]
    if not np.isfinite(logits[frames.rows]).all():
        raise ParameterError(
            f"network: its answers to {recording.name} are not all numbers; its weights have diverged."
        )
    return ScoredPortion(
        portion=frames.portion,
        logits=logits.reshape(n_windows * n_kept, network.n_classes),
        labels=frames.labels.reshape(-1),
        start=frames.start,
        step=frames.step,
        reference=frames.reference,
    )


class _Asked:
    """A network on its device."""

    def __init__(self, network: nn.Module, device: torch.device, n_classes: int) -> None:
        self.n_classes = n_classes
        self._network, self._device = network, device
        self._shares_work: dict[tuple[int, int, int], bool] = {}

    def ask(self, signal: NDArray[np.float32], n_frames: int) -> Logits:
        """Return the answer to a signal of shape (B, C, T), shape (B, n_frames, n_classes)."""
        logits = self._run(torch.from_numpy(signal))
        wanted = (len(signal), n_frames, self.n_classes)
        if logits.shape != wanted:
            raise ParameterError(
                f"network: logits of shape {tuple(logits.shape)} came for a signal of shape {signal.shape}; "
                f"allowed is {wanted}."
            )
        return logits.float().cpu().numpy()

    def shares_work(self, n_channels: int, length: int, hop: int) -> bool:
        """Whether the network answers a signal of three windows with what it answers to each of them."""
        key = (n_channels, length, hop)
        if key not in self._shares_work:
            self._shares_work[key] = self._try_three_windows(*key)
        return self._shares_work[key]

    def _try_three_windows(self, n_channels: int, length: int, hop: int) -> bool:
        signal = 50 * torch.randn(1, n_channels, length + 2 * hop, generator=torch.Generator().manual_seed(0))
        alone = self._run(signal[0].unfold(1, length, hop).transpose(0, 1).contiguous()).transpose(0, 1)
        try:
            together = self._run(signal)
        except (ParameterError, RuntimeError):
            return False
        rounding = 1e-5 * max(1.0, float(alone.abs().max()))
        return together.shape == alone.shape and torch.allclose(together, alone, rtol=0.0, atol=rounding)

    def _run(self, signal: Tensor) -> Tensor:
        answer: Tensor = self._network(signal.to(self._device))
        return answer


@contextmanager
def _asked_on(network: nn.Module, device: torch.device | str | None) -> Iterator[torch.device]:
    """Put a network into evaluation mode on a device, and back to how and where it was."""
    modes = [(module, module.training) for module in network.modules()]
    tensor = next(chain(network.parameters(), network.buffers()), torch.empty(0))
    home, place = tensor.device, tensor.device if device is None else torch.device(device)
    try:
        network.eval().to(place)
        with (
            torch.no_grad(),
            torch.autocast(place.type, enabled=False),
            torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False),
        ):
            yield place
    finally:
        network.to(home)
        for module, training in modes:
            module.training = training
