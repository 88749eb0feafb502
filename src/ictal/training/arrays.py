"""A detector from arrays: windows that somebody cut, their labels, and whose they are."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn

from ictal.core.errors import IctalWarning, ParameterError, check_option, check_positive
from ictal.core.montage import MONTAGES
from ictal.core.version import __version__
from ictal.data.loader import BatchSet, LoaderSettings, WindowLoader
from ictal.data.schemes import SeizureScheme
from ictal.data.subject_splits import choose_validation
from ictal.detection.detector import Detector
from ictal.detection.settings import Model
from ictal.io.configuration import read_configuration
from ictal.models.table import MODELS
from ictal.preprocessing.chain import Chain
from ictal.preprocessing.montage import MontageStep
from ictal.preprocessing.resample import Resample
from ictal.training.assemble import assemble_detector
from ictal.training.fit import fit as fit_network
from ictal.training.held_back import answer
from ictal.training.losses import CrossEntropy
from ictal.training.metrics import measure_loss, window_figures
from ictal.training.network import build_network
from ictal.training.readers import WindowsInMemory, take_windows
from ictal.training.settings import DetectorDescription, TaskSettings, TrainingSettings, WindowSettings

History = tuple[Mapping[str, float], ...]

AS_PUBLISHED = TrainingSettings(loss=CrossEntropy(class_weights="balanced"), patience=10)
"""How the authors of EEGWaveNet train: Adam at 1e-3, classes that count the same, batches of 32."""

_LOOKED_AT = 4096
"""Windows that are looked through at once."""


def fit(
    X: ArrayLike,
    y: ArrayLike,
    groups: ArrayLike | None = None,
    model: str | Model = "eegwavenet",
    sampling_rate: float = 256.0,
    settings: TrainingSettings | Mapping[str, Any] | None = None,
    channels: Sequence[str] | None = None,
    seed: int = 0,
    *,
    validation: float = 0.2,
) -> tuple[Detector, History]:
    """Train a detector on windows in an array.

    Some of the persons are not trained on: the epoch that does best on them is kept.

    Parameters
    ----------
    X : array-like of float, shape (n_windows, n_channels, n_samples)
        In µV; mapped from a file perhaps.
    y : array-like of int, shape (n_windows,)
        0 is background, 1 is seizure.
    groups : sequence, length n_windows
        Which person each window is of.
    model : str or Model
        A network of windows by name, or with settings of its own.
    sampling_rate : float
        Hz.
    settings : TrainingSettings or mapping, optional
        :data:`AS_PUBLISHED` where not given; a mapping changes some of it.
    channels : sequence of str, optional
        What the rows of a window are. If these are the leads of a montage of ictal, the detector makes them of any
        recording; else it takes recordings with as many EEG channels, as they are.
    seed : int
        Of the weights, of the order of the windows and of the choice of persons.
    validation : float
        Share of the persons that training is watched on.

    Returns
    -------
    detector : Detector
        It resamples recordings to `sampling_rate`; what else was done to the windows must be done to a recording first.
    history : tuple of mapping of str to float
        The figures of each epoch; see :class:`ictal.training.fit.Fitted`.

    Raises
    ------
    ParameterError
        If the arrays do not belong together or hold what is no number, a class is missing, or there are no groups.

    Warns
    -----
    IctalWarning
        If there is one group: its last windows are watched, which says little of other persons.

    Examples
    --------
    >>> import ictal
    >>> draws = np.random.default_rng(0)
    >>> y = np.tile([0, 1], 12)
    >>> X = draws.normal(0.0, 20.0, (24, 1, 512)) * (1 + 2 * y[:, None, None])
    >>> groups = np.repeat(["anna", "ben", "carla"], 8)
    >>> detector, history = ictal.fit(X, y, groups, sampling_rate=128.0, settings={"epochs": 2})
    >>> len(history), "validation/pr_auc" in history[0]
    (2, True)
    >>> night = ictal.Recording.from_array(draws.normal(0.0, 20.0, 1280), 128.0, ["C3"])
    >>> detector.analyse(night).scores.values.shape
    (7, 2)
    """
    signal, labels, persons = check_arrays(X, y, groups)
    rate = check_positive("sampling_rate", sampling_rate)
    names = _check_channels(channels, signal.shape[1])
    wanted = _read_settings(settings, seed)
    facts = {"n_channels": signal.shape[1], "n_classes": 2, "sampling_rate": rate, "window": signal.shape[2] / rate}
    task = _make_task(model, facts, wanted, names)
    reader = WindowsInMemory(signal, persons, names, rate)
    windows = BatchSet(reader, reader.tabulate(labels, task.scheme.classes))
    rows, watched = choose_sides(persons, labels, validation, seed)
    train = take_windows(windows, rows)
    loss = wanted.loss.build(np.bincount(labels[rows], minlength=len(task.scheme.classes)))
    fitted = fit_network(
        build_network(task.model, {**facts, "hop": task.windows.step}, seed=seed),
        WindowLoader(reader, train.windows, settings=LoaderSettings(batch_size=wanted.batch_size), seed=seed),
        wanted,
        validate=partial(_validate, windows=take_windows(windows, watched), loss=loss) if len(watched) else None,
    )
    counts = ", ".join(f"{count} {name}" for name, count in train.windows.count().items())
    detector = assemble_detector(
        fitted.network,
        task,
        chain_of(names, rate),
        signal.shape[1],
        card={
            "data": f"arrays of {len(set(persons))} persons; windows: {counts}",
            "confidence": "Not calibrated: it orders events and is no probability.",
        },
        provenance={"trained_with": f"ictal {__version__}", "seed": str(seed), "threads": str(wanted.threads)},
    )
    return detector, fitted.history


def check_arrays(
    signal: ArrayLike, labels: ArrayLike, groups: ArrayLike | None
) -> tuple[NDArray[Any], NDArray[np.int8], list[str]]:
    """Return windows, labels and whose they are, or say what is wrong with them.

    Raises
    ------
    ParameterError
        If something is; the message says what came and what is allowed.

    Examples
    --------
    >>> check_arrays(np.zeros((2, 3)), [0, 1], ["a", "b"])
    Traceback (most recent call last):
    ...
    ictal.core.errors.ParameterError: X: shape (2, 3) came; allowed is (n_windows, n_channels, n_samples).
    """
    windows, classes = np.asanyarray(signal), np.asarray(labels)
    if windows.ndim != 3 or 0 in windows.shape:
        raise ParameterError(f"X: shape {windows.shape} came; allowed is (n_windows, n_channels, n_samples).")
    if windows.dtype.kind not in "fiu":
        raise ParameterError(f"X: numbers of type {windows.dtype} came; allowed are floats, in µV.")
    n = len(windows)
    if classes.shape != (n,) or classes.dtype.kind not in "iub":
        raise ParameterError(
            f"y: shape {classes.shape} of type {classes.dtype} came; allowed is ({n},) of integers, one a window."
        )
    came = np.unique(classes)
    if came.tolist() != [0, 1]:
        raise ParameterError(f"y: {', '.join(map(str, came))} came; allowed are 0 and 1, and both must occur.")
    if groups is None:
        raise ParameterError(
            "groups: none came; give one for each window, the person it is of: no person may be trained on and watched "
            "at once. Windows of one person alone have one group."
        )
    persons = np.asarray(groups)
    if persons.shape != (n,):
        raise ParameterError(f"groups: shape {persons.shape} came; allowed is ({n},), one for each window.")
    for first in range(0, n, _LOOKED_AT):
        bad = ~np.isfinite(windows[first : first + _LOOKED_AT]).all(axis=(1, 2))
        if bad.any():
            raise ParameterError(
                f"X: window {first + int(np.argmax(bad))} holds NaN or infinity; allowed are finite numbers, in µV."
            )
    return windows, classes.astype(np.int8), [str(person) for person in persons.tolist()]


def choose_sides(
    persons: Sequence[str], labels: NDArray[np.int8], share: float, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which windows are trained on, and which training is watched on.

    Raises
    ------
    ParameterError
        If the share is not from 0 to 0.5, or a class is not there to be trained on.

    Examples
    --------
    >>> rows, watched = choose_sides([*"aabbcc"], np.array([0, 1, 0, 1, 0, 1], np.int8), 0.3, seed=0)
    >>> len(rows), len(watched)
    (4, 2)
    """
    if not 0.0 <= share <= 0.5:
        raise ParameterError(f"validation: {share!r} is not allowed; it must be from 0 to 0.5.")
    counts = Counter(dict.fromkeys(persons, 0))
    for person, label in zip(persons, labels.tolist(), strict=True):
        counts[person] += label
    if len(counts) == 1 and share > 0:
        warnings.warn(
            f"groups: there is one; the last {100 * share:.0f} % of its windows are watched, which says little of "
            "other persons",
            IctalWarning,
            stacklevel=3,
        )
        held = np.arange(len(persons)) >= len(persons) - round(share * len(persons))
    else:
        chosen = choose_validation(counts, share, np.random.default_rng(seed))
        held = np.array([person in chosen for person in persons])
    rows = np.flatnonzero(~held)
    for number, name in enumerate(SeizureScheme().classes):
        if not (labels[rows] == number).any():
            raise ParameterError(
                f"y: all windows of class {number} ({name}) are of the group that is watched; give more persons."
            )
    return rows, np.flatnonzero(held)


def _check_channels(channels: Sequence[str] | None, n_channels: int) -> tuple[str, ...]:
    if channels is None:
        return tuple(f"EEG {number}" for number in range(1, n_channels + 1))
    if len(channels) != n_channels or len(set(channels)) != n_channels:
        raise ParameterError(f"channels: {len(channels)} came; allowed are {n_channels} names, all different.")
    return tuple(map(str, channels))


def _read_settings(settings: TrainingSettings | Mapping[str, Any] | None, seed: int) -> TrainingSettings:
    if isinstance(settings, TrainingSettings):
        return settings.model_copy(update={"seed": seed})
    changes = {} if settings is None else dict(settings)
    wanted = {**AS_PUBLISHED.model_dump(mode="json"), "seed": seed, **changes}
    return read_configuration(TrainingSettings, wanted, "settings")


def choose_hop(model: Model, facts: Mapping[str, Any]) -> float:
    """Return how many seconds a detector goes on between two windows: one, or less where the network asks for that.

    Parameters
    ----------
    model : Model
    facts : mapping
        As :func:`~ictal.training.network.build_network` takes them, without the hop.

    Raises
    ------
    ParameterError
        If the network does not answer windows of this length on a long signal, with any hop.

    Examples
    --------
    >>> facts = {"n_channels": 1, "n_classes": 2, "sampling_rate": 250.0, "window": 1024 / 250.0}
    >>> choose_hop(Model(name="eegwavenet"), facts)
    0.512
    """
    rate = float(facts["sampling_rate"])
    second = [rate] if rate.is_integer() else []
    problem = ""
    for samples in [*second, *(2.0**power for power in range(int(np.log2(rate)), -1, -1))]:
        try:
            network = build_network(model, {**facts, "hop": samples / rate}, seed=0).eval()
            with torch.no_grad():
                network(torch.zeros(1, facts["n_channels"], round(facts["window"] * rate + 2 * samples)))
        except ParameterError as error:
            problem = str(error)
        else:
            return samples / rate
    raise ParameterError(f"X: windows of {round(facts['window'] * rate)} samples: {model.name}: {problem}")


def _make_task(
    model: str | Model, facts: Mapping[str, Any], training: TrainingSettings, names: tuple[str, ...]
) -> TaskSettings:
    named = Model(name=model) if isinstance(model, str) else model
    check_option("model", named.name, [name for name in MODELS if MODELS.load(name).kind == "waveform"])
    if training.monitor.startswith("event") or training.monitor == "false_alarms_per_day":
        raise ParameterError(
            f"settings.monitor: {training.monitor!r} is not allowed; windows make no events. Take pr_auc, or train by "
            "a recipe."
        )
    return TaskSettings(
        detector=DetectorDescription(
            summary=f"{named.name}, trained on arrays", minimum=len(names) if _montage_of(names) is None else 1
        ),
        windows=WindowSettings(length=facts["window"], step=choose_hop(named, facts)),
        model=named,
        training=training,
    )


def chain_of(channels: tuple[str, ...], sampling_rate: float) -> Chain:
    """Return what the detector does to a recording: the montage, where the channels are one, and the rate."""
    montage = _montage_of(channels)
    leads = () if montage is None else (MontageStep(to=montage),)
    return Chain(steps=(*leads, Resample(sampling_rate=sampling_rate)))


def _montage_of(channels: tuple[str, ...]) -> str | None:
    """Return the montage whose leads the channels are."""
    known = {tuple(map(str, montage.leads)): name for name, montage in MONTAGES.items()}
    return known.get(channels)


def _validate(network: nn.Module, *, windows: BatchSet, loss: nn.Module) -> dict[str, float]:
    logits, labels = answer(network, windows)
    probabilities = torch.softmax(torch.from_numpy(logits), dim=-1).numpy()
    return {"loss": measure_loss(loss, logits, labels), **window_figures(probabilities, labels)}
