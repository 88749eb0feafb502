"""A network is adapted to one patient, and kept from forgetting what it knew.

It is trained further on the patient's windows, pulled back towards the weights that it came with, and taken only where
it does better than before on windows that were held back. Where the patient shows no seizure, seizures of others, or
imagined ones, are shown among the windows and held back with them: else a network that is shown background alone soon
calls everything background.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, SerializeAsAny
from torch import Tensor, nn
from torch.nn import Parameter
from torch.nn.modules.batchnorm import _BatchNorm

from ictal.core.errors import ParameterError
from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.balance import AllWindows, Balance
from ictal.data.loader import BatchSet, WindowLoader
from ictal.data.windows import WindowTable
from ictal.detection.calibration import Calibration
from ictal.training.finetune_settings import FinetuneSettings, Layers
from ictal.training.fit import fit
from ictal.training.held_back import Decision, Judgement, hold_back, judge
from ictal.training.imagined import imagine_seizures
from ictal.training.losses import Loss, LossModule
from ictal.training.optimizers import Optimizer
from ictal.training.readers import join_windows, take_windows
from ictal.training.rehearsal import KnownAnswers, Rehearsed, balance_patient, fill_epoch, take_witnesses
from ictal.training.settings import TaskSettings, TrainingSettings

Progress = Callable[..., None]


@dataclass(frozen=True, eq=False)
class Adapted:
    """What an adaptation came to.

    Attributes
    ----------
    network : Module
        In evaluation mode: the adapted one, or that which came where it is better.
    problem : str
        Why the adapted one is not taken; empty where it is.
    history : tuple of mapping of str to float
        As in :class:`ictal.training.fit.Fitted`.
    windows : dict of str to int
        Of the patient, by class, that were learned from.
    """

    network: nn.Module
    problem: str
    history: tuple[Mapping[str, float], ...]
    windows: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class _Material:
    """What is shown in which balance, and what a network is judged by."""

    shown: BatchSet
    balance: Balance
    steps: tuple[KnownAnswers, ...]
    held: BatchSet


def adapt(
    network: nn.Module,
    patient: BatchSet,
    task: TaskSettings,
    settings: FinetuneSettings | None = None,
    *,
    rehearsal: BatchSet | None = None,
    calibration: Calibration | None = None,
    progress: Progress = lambda share, text="": None,
) -> Adapted:
    """Adapt a network to a patient.

    The last windows of each class are held back; the rest is learned from for some epochs. The epoch that does best on
    what is held back is taken, and only if it does better there than the network that came.

    Parameters
    ----------
    network : Module
        Answers logits ``(B, n_frames, n_classes)``. It is left as it is.
    patient : BatchSet
        Windows of the patient, of background alone perhaps.
    task : TaskSettings
        What the network was trained with: its loss, the balance of its classes, the threshold of its detector.
    settings : FinetuneSettings, optional
    rehearsal : BatchSet, optional
        Windows of other patients, with every class; a share of each epoch is of them.
    calibration : Calibration, optional
        Of the detector that the network is of.
    progress : callable
        Called with the share that is done and a text.

    Raises
    ------
    ParameterError
        If the patient has too few windows, or a class lies between those that there are and none rehearses it.
    DivergedError
        If the loss is no longer a number.
    """
    chosen = FinetuneSettings() if settings is None else settings
    rows, held_rows = hold_back(patient.windows, chosen.validation)
    own, held = take_windows(patient, rows), take_windows(patient, held_rows)
    counts = own.windows.count()
    came = copy.deepcopy(network).cpu().eval()
    decision = Decision(task.postprocessing.threshold, Calibration() if calibration is None else calibration)
    material = _gather(came, own, held, task, chosen, rehearsal, decision)
    if material is None:
        return Adapted(came, "it takes nothing that can be imagined for a seizure, so none could be missed", (), counts)
    before = judge(came, material.held, decision)
    fitted = fit(
        freeze(copy.deepcopy(came), chosen.layers),
        WindowLoader(
            material.shown.reader,
            drop_absent_classes(material.shown.windows),
            balance=material.balance,
            seed=chosen.seed,
        ),
        _plan_training(task, chosen),
        validate=partial(_validate, held=material.held, decision=decision, start=before),
        augmentations=Augmentations(steps=material.steps),
        progress=progress,
    )
    after = judge(fitted.network, material.held, decision)
    problem = _compare(before, after)
    return Adapted(came if problem else fitted.network.requires_grad_(), problem, fitted.history, counts)


def _gather(
    network: nn.Module,
    own: BatchSet,
    held: BatchSet,
    task: TaskSettings,
    settings: FinetuneSettings,
    rehearsal: BatchSet | None,
    decision: Decision,
) -> _Material | None:
    """Return the windows of the patient, with others where there are any or seizures are missing."""
    balance = balance_patient(own.windows, task.balance)
    learns_seizures, judges_seizures = (one.windows.window_labels.any() for one in (own, held))
    mix = partial(Rehearsed, n_own=len(own.windows), own=balance, share=settings.rehearsal)
    if rehearsal is not None:
        others, witnesses = take_witnesses(rehearsal, settings.seed)
        judged = held if judges_seizures else join_windows([held, witnesses])
        return _Material(join_windows([own, others]), mix(others=fill_epoch(task.balance)), (), judged)
    judged = held
    if not judges_seizures:
        imagined = imagine_seizures(network, held, decision, seed=settings.seed + 1)
        if imagined is None:
            return None
        judged = join_windows([held, imagined])
    if learns_seizures:
        return _Material(own, balance, (), judged)
    imagined = imagine_seizures(network, own, decision, seed=settings.seed)
    if imagined is None:
        return None
    answers = KnownAnswers.of(network, imagined, first=len(own.windows))
    return _Material(join_windows([own, imagined]), mix(others=AllWindows()), (answers,), judged)


def _plan_training(task: TaskSettings, settings: FinetuneSettings) -> TrainingSettings:
    return TrainingSettings(
        optimizer=TowardsStart(base=settings.optimizer, lr=settings.optimizer.lr, strength=settings.strength),
        loss=Padded(base=task.training.loss, n_classes=len(task.scheme.classes)),
        epochs=settings.epochs,
        monitor="loss",
        batch_size=settings.batch_size,
        seed=settings.seed,
        threads=task.training.threads,
        n_workers=task.training.n_workers,
        accelerator=task.training.accelerator,
    )


def freeze(network: nn.Module, layers: Layers) -> nn.Module:
    """Let only some weights of a network learn, and none of a batch norm; return the network.

    Parameters
    ----------
    network : Module
        It is changed.
    layers : {"head", "all"}
        The head is the last of the parts that a network is made of; a part that holds all weights is looked into.

    Examples
    --------
    >>> network = nn.Sequential(nn.Conv1d(1, 4, 3), nn.BatchNorm1d(4), nn.Linear(4, 2))
    >>> [weights.requires_grad for weights in freeze(network, "head").parameters()]
    [False, False, False, False, True, True]
    >>> [weights.requires_grad for weights in freeze(network, "all").parameters()]
    [True, True, False, False, True, True]
    """
    network.requires_grad_(layers == "all")
    if layers == "head":
        find_head(network).requires_grad_()
    for layer in network.modules():
        if isinstance(layer, _BatchNorm):
            layer.requires_grad_(False)
    return network


def find_head(network: nn.Module) -> nn.Module:
    """Return the last part of a network that has weights.

    Examples
    --------
    >>> find_head(nn.Sequential(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2), nn.Sigmoid())))
    Linear(in_features=3, out_features=2, bias=True)
    """
    parts = [part for part in network.children() if any(True for _ in part.parameters())]
    if not parts:
        return network
    return find_head(parts[0]) if len(parts) == 1 else parts[-1]


def drop_absent_classes(windows: WindowTable) -> WindowTable:
    """Return windows as of the classes up to the last that there is.

    Raises
    ------
    ParameterError
        If one in between has no window.
    """
    counts = np.bincount(windows.labels.ravel(), minlength=len(windows.classes))
    n_there = int(np.flatnonzero(counts)[-1]) + 1
    if not counts[:n_there].all():
        absent = windows.classes[int(np.argmin(counts[:n_there]))]
        raise ParameterError(
            f"windows: the patient has none of the class {absent!r}; rehearse those of other patients."
        )
    return WindowTable(
        windows.recordings, windows.recording, windows.start, windows.labels, windows.length, windows.classes[:n_there]
    )


class TowardsStart(Optimizer):
    """An optimizer of what is minimised and half the squared distance to the weights that there are when it is built.

    Attributes
    ----------
    base : Optimizer
    strength : float
        What the distance is weighed with.

    References
    ----------
    Li, Grandvalet and Davoine, Explicit inductive bias for transfer learning with convolutional networks, ICML 2018.
    """

    optimizer: Literal["towards-start"] = "towards-start"
    base: SerializeAsAny[Optimizer]
    strength: float = Field(ge=0.0)

    def build(self, parameters: Iterable[Parameter]) -> torch.optim.Optimizer:
        """Return the optimizer; the pull is added to each gradient as soon as there is one."""
        learning = list(parameters)
        for one in learning:
            pull = partial(_pull_back, start=one.detach().clone(), strength=self.strength)
            one.register_post_accumulate_grad_hook(pull)  # type: ignore[no-untyped-call]
        return self.base.build(learning)


def _pull_back(weights: Tensor, *, start: Tensor, strength: float) -> None:
    if weights.grad is not None:
        weights.grad.add_(weights.detach() - start, alpha=strength)


class Padded(Loss):
    """The loss of a training for windows that lack its last classes.

    Attributes
    ----------
    base : Loss
    n_classes : int
        Of the network.
    """

    loss: Literal["padded"] = "padded"
    base: SerializeAsAny[Loss]
    n_classes: int

    def build(self, counts: NDArray[np.int64]) -> LossModule:
        """Return the loss; a class without windows has no part in it, whatever it counts."""
        return self.base.build(np.pad(counts, (0, self.n_classes - len(counts)), constant_values=1))


def _validate(network: nn.Module, *, held: BatchSet, decision: Decision, start: Judgement) -> dict[str, float]:
    """Say how an epoch does; one that must not be taken is worse than any other."""
    now = judge(network, held, decision)
    return {"loss": now.badness + (start.badness + 1.0 if now.is_silent_beside(start) else 0.0)}


def _compare(before: Judgement, after: Judgement) -> str:
    """Say why the network that came is better; nothing where it is not."""
    if after.is_silent_beside(before):
        return f"of the seizures that are held back it finds {after.found:.2f} after {before.found:.2f}"
    if after.badness < before.badness:
        return ""
    return f"on what is held back it does no better: {after.badness:.4g} after {before.badness:.4g}"
