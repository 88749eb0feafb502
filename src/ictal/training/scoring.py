"""A network on whole recordings, as the detector that it will be sees them.

Every window of the detector's grid is looked at, block by block, so that memory does not grow with a recording. A
network that answers a long signal as it answers its windows, as EEGWaveNet does, is asked once for each block; another
window by window. One that answers several frames for a window is asked for each window too, and of its frames those in
the middle `step` seconds count, so that each stretch of time is judged once, with as much context before it as after.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.core.spans import Span
from ictal.data.labels import Labels
from ictal.data.portions import Portion
from ictal.data.schemes import Scheme
from ictal.data.store import Store
from ictal.data.windows import WindowTable, cut_windows
from ictal.training.settings import WindowSettings

BLOCK_SECONDS = 300.0
"""Signal that a network is shown at once."""

UNLABELLED = -1
"""The label of a frame to which the scheme gives none, or in which there is no signal."""

_ROUNDING = 1e-6
"""Of a sample: times in seconds are not exact."""

Logits = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PortionFrames:
    """Which windows of a portion are looked at, and what their frames are called; no signal is read for it.

    Parameters
    ----------
    portion : Portion
    recording : int
        Its number in the store.
    starts : ndarray of int64, shape (n_seen,)
        First sample of every window that lies wholly in signal, ascending.
    rows : ndarray of int64, shape (n_seen,)
        Which windows of the portion's axis they are; the others lie over a gap.
    labels : ndarray of int8, shape (n_windows, n_kept)
        Of the frames that count of every window on the axis; :data:`UNLABELLED` where there is none.
    length, hop : int
        Samples of a window, and between two.
    answered, first_kept : int
        Frames that the network answers for a window, and the first of them that counts.
    start, step : float
        When the first frame begins, in seconds of the portion, and how long a frame is.
    reference : Annotations
        In seconds of the portion.
    """

    portion: Portion
    recording: int
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    labels: Labels
    length: int
    hop: int
    answered: int
    first_kept: int
    start: float
    step: float
    reference: Annotations

    def blocks(self, n_windows: int) -> Iterator[slice]:
        """Yield runs of at most so many windows between which no window is missing."""
        n_seen = len(self.starts)
        breaks = np.flatnonzero(np.diff(self.starts) != self.hop) + 1
        for first, stop in pairwise([0, *breaks.tolist(), n_seen]):
            for begin in range(first, stop, n_windows):
                yield slice(begin, min(begin + n_windows, stop))


@dataclass(frozen=True, eq=False)
class ScoredPortion:
    """What a network answers to a portion, and what is true of it.

    Parameters
    ----------
    portion : Portion
    logits : ndarray of float32, shape (n_frames, n_classes)
        NaN where no whole window lies in signal.
    labels : ndarray of int8, shape (n_frames,)
        Classes by the scheme; :data:`UNLABELLED` where it gives none.
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


def plan_frames(
    store: Store, portions: Sequence[Portion], windows: WindowSettings, scheme: Scheme
) -> tuple[PortionFrames, ...]:
    """Return what :func:`score_frames` looks at; parameters and errors as in :func:`score_portions`."""
    cut = partial(cut_windows, store.recordings, windows.grid, portions=portions)
    seen = cut()
    labelled = cut(scheme, rule=windows.rule, n_frames=windows.n_frames, starts=store.starts)
    numbers = {one.name: number for number, one in enumerate(store.recordings)}
    plan = partial(_plan_portion, seen=seen, labelled=labelled, windows=windows)
    return tuple(plan(portion, numbers[portion.recording]) for portion in portions)


def score_frames(
    network: nn.Module,
    store: Store,
    planned: Sequence[PortionFrames],
    n_classes: int,
    device: torch.device | str | None = None,
) -> tuple[ScoredPortion, ...]:
    """Show a network the windows that :func:`plan_frames` chose; parameters and errors as in :func:`score_portions`."""
    with _asked_on(network, device) as place:
        return tuple(_score_portion(_Asked(network, place, n_classes), store, frames) for frames in planned)


def clip_annotations(annotations: Annotations, start: float, stop: float) -> Annotations:
    """Return what of some annotations lies in a stretch, in seconds from its start.

    Examples
    --------
    >>> clip_annotations(Annotations([Event(10.0, 30.0), Event(50.0, 5.0)], 60.0), 20.0, 45.0)
    Annotations(events=(Event(onset=0.0, duration=20.0, event_type='sz', confidence=None, channels=()),), duration=25.0)
    """
    clipped = ((event, (max(event.onset, start), min(event.stop, stop))) for event in annotations)
    events = [_move(event, span, start) for event, span in clipped if _is_inside(event, span, stop)]
    return Annotations(events, stop - start)


def _is_inside(event: Event, span: Span, stop: float) -> bool:
    """Whether a clipped event still is one; an instant is where it is before the end."""
    return span[0] < span[1] or (event.duration == 0 and span == event.span and event.onset < stop)


def _move(event: Event, span: Span, start: float) -> Event:
    return Event(span[0] - start, span[1] - span[0], event.event_type, event.confidence, event.channels)


def _plan_portion(
    portion: Portion, number: int, *, seen: WindowTable, labelled: WindowTable, windows: WindowSettings
) -> PortionFrames:
    rate, length = seen.sampling_rate, seen.length
    hop = round(windows.step * rate)
    first, last = _axis_of(portion, seen.recordings[number].n_samples / rate, rate, length, hop)
    answered, first_kept, n_kept = kept_frames(windows)
    kept = slice(first_kept, first_kept + n_kept)
    with_label, with_signal = (_rows_within(table, number, first * hop, last * hop) for table in (labelled, seen))
    labels = np.full((last - first, n_kept), UNLABELLED, np.int8)
    labels[labelled.start[with_label] // hop - first] = labelled.labels[with_label].reshape(-1, answered)[:, kept]
    return PortionFrames(
        portion=portion,
        recording=number,
        starts=seen.start[with_signal],
        rows=seen.start[with_signal] // hop - first,
        labels=labels,
        length=length,
        hop=hop,
        answered=answered,
        first_kept=first_kept,
        start=first * hop / rate + windows.grid.frame_start - portion.start,
        step=windows.step / n_kept,
        reference=clip_annotations(seen.recordings[number].annotations, portion.start, portion.stop),
    )


def _axis_of(portion: Portion, duration: float, rate: float, length: int, hop: int) -> tuple[int, int]:
    """Return the numbers ``[first, last)`` on the grid of the recording of the windows that a portion has room for."""
    begin = math.ceil(portion.start * rate - _ROUNDING)
    end = math.floor(min(portion.stop, duration) * rate + _ROUNDING)
    first = -(-begin // hop)
    return first, max((end - length) // hop + 1, first)


def _rows_within(table: WindowTable, number: int, start: int, stop: int) -> slice:
    """Return which rows of a table are windows of a recording that begin in ``[start, stop)``."""
    begin, end = np.searchsorted(table.recording, [number, number + 1])
    first, last = np.searchsorted(table.start[begin:end], [start, stop])
    return slice(int(begin + first), int(begin + last))


def kept_frames(windows: WindowSettings) -> tuple[int, int, int]:
    """Return how many frames a network answers for a window, the first that counts and how many count.

    Raises
    ------
    ParameterError
        If the middle `step` seconds of a window are not whole frames.

    Examples
    --------
    >>> kept_frames(WindowSettings(length=60.0, step=30.0, n_frames=120)), kept_frames(WindowSettings())
    ((120, 30, 60), (1, 0, 1))
    """
    if windows.n_frames is None:
        return 1, 0, 1
    frame = windows.length / windows.n_frames
    counts = windows.grid.frame_start / frame, windows.step / frame
    if any(abs(count - round(count)) > 1e-6 for count in counts) or round(counts[1]) < 1:
        raise ParameterError(
            f"windows.step: {windows.step:g} s is not allowed with {windows.n_frames} frames in {windows.length:g} s; "
            f"what is before, in and after the middle {windows.step:g} s must be whole frames of {frame:g} s."
        )
    return windows.n_frames, round(counts[0]), round(counts[1])


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
