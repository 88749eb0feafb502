"""Models of numbers: the windows of training become a table, on which an estimator or a network is fitted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.balance import AllWindows
from ictal.data.leakage import FittedOn
from ictal.data.loader import WindowLoader
from ictal.data.store import Store
from ictal.data.tabular import LinearMap, ResampledFold, Resampling, TabularSet, resample_fold, undersample
from ictal.data.windows import WindowTable
from ictal.detection.settings import Model
from ictal.features.components import Components
from ictal.features.front import Front
from ictal.io.atomic import ensure_folder
from ictal.training.epochs import Validate, Watch
from ictal.training.fit import Fitted, fit
from ictal.training.network import FrontedNetwork, build_network, load_kind, make_front
from ictal.training.readers import WindowsInMemory
from ictal.training.repeatable import repeatable
from ictal.training.settings import TaskSettings

AS_IT_IS = Resampling(undersample=None, scale=False, n_components=None, smote=None)
"""What is done to the table where a task says nothing."""

_WINDOWS_AT_ONCE = 256


def asks_for_table(task: TaskSettings) -> bool:
    """Whether a task fits its model to a table, and not to the windows themselves.

    Examples
    --------
    >>> asks_for_table(TaskSettings()), asks_for_table(TaskSettings(model=Model(name="trees")))
    (False, True)
    """
    return task.resampling is not None or reads_components(task.model) or load_kind(task.model).kind == "estimator"


def fit_table(
    task: TaskSettings,
    store: Store,
    train: WindowTable,
    facts: dict[str, Any],
    *,
    validate: Validate | None,
    folder: Path | None,
    watch: Watch | None = None,
    **caller: Any,
) -> Fitted:
    """Fit a model of numbers to the windows of training.

    Undersampling, scaling, principal components and SMOTE are fitted on these windows alone. Scaling and components
    become the features that stand before the model, so that the detector carries them.

    Parameters
    ----------
    task : TaskSettings
        Its model reads numbers.
    store : Store
    train : WindowTable
    facts : dict
        What :func:`ictal.training.network.build_network` must know of the windows.
    validate, folder, watch, **caller
        See :func:`ictal.training.fit.fit`. An estimator is fitted at once, in an epoch of its own.

    Raises
    ------
    ParameterError
        If the model reads no numbers, or scaling and components are asked for before other features than `components`.
    """
    kind = load_kind(task.model).kind
    if kind not in ("table", "estimator"):
        raise ParameterError(f"resampling: is not allowed for {task.model.name}, which reads no table of numbers.")
    if task.augmentation != Augmentations() or task.balance != AllWindows():
        raise ParameterError("balance, augmentation: are not allowed for a table; resampling has their place.")
    with repeatable(task.training.threads):
        fold = tabulate(task, store, train, facts)
    network = stand_behind_map(task.model, facts, fold, seed=task.training.seed)
    if folder is not None:
        ensure_folder(folder)
    if kind == "estimator":
        return _fit_estimator(network, fold, validate, watch)
    rows = WindowsInMemory(fold.features[:, None], ["training"] * len(fold.labels), ("numbers",), 1.0)

    def behind_front(shown: nn.Module) -> FrontedNetwork:
        return FrontedNetwork(network.front, cast(OnRows, shown).model)

    fitted = fit(
        OnRows(network.model),
        WindowLoader(rows, rows.tabulate(fold.labels, train.classes), seed=task.training.seed),
        task.training,
        validate=None if validate is None else (lambda shown: validate(behind_front(shown))),
        folder=folder,
        watch=watch,
        **caller,
    )
    return Fitted(behind_front(fitted.network).eval(), fitted.history, fitted.best_epoch)


class OnRows(nn.Module):
    """A network of numbers, shown rows of a table as if they were windows of one channel.

    Examples
    --------
    >>> OnRows(nn.Linear(3, 2))(torch.zeros(4, 1, 3)).shape
    torch.Size([4, 2])
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, rows: Tensor) -> Tensor:
        """Return what the network answers to rows of shape (B, 1, n_features)."""
        answer: Tensor = self.model(rows[:, 0])
        return answer


def tabulate(task: TaskSettings, store: Store, train: WindowTable, facts: dict[str, Any]) -> ResampledFold:
    """Return the windows of training as numbers, resampled; only those that undersampling leaves are read."""
    resampling = AS_IT_IS if task.resampling is None else task.resampling
    seed = task.training.seed
    left = train if resampling.undersample is None else undersample(train, resampling.undersample, seed=seed)
    front = None if reads_components(task.model) else _make_table_front(task.model, facts)
    if front is not None and (resampling.scale or resampling.n_components is not None):
        raise ParameterError(
            "resampling.scale, resampling.n_components: are allowed before the features 'components' only; "
            "set scale = false and leave n_components out."
        )
    parts = [slice(i, i + _WINDOWS_AT_ONCE) for i in range(0, len(left), _WINDOWS_AT_ONCE)]
    blocks = [
        _extract(front, store.read_windows(left.recording[part], left.start[part], left.length)) for part in parts
    ]
    table = TabularSet(np.concatenate(blocks), left)
    if task.resampling is None:
        return ResampledFold(table.features, table.labels, LinearMap(*np.zeros((2, 0))), FittedOn.from_windows(left))
    fold = resample_fold(table, resampling.model_copy(update={"undersample": None}), seed=seed)
    return replace(fold, features=np.asarray(fold.features, np.float32))


def stand_behind_map(model: Model, facts: dict[str, Any], fold: ResampledFold, *, seed: int) -> FrontedNetwork:
    """Return a fresh network behind its features; the components are those of the fold.

    Raises
    ------
    ParameterError
        If components are asked for, and there are none.
    """
    if not reads_components(model):
        return cast(FrontedNetwork, build_network(model, facts, seed=seed))
    found = fold.map.components
    if found is None:
        raise ParameterError("resampling.n_components: is not set; the features 'components' need it.")
    features = {**(model.features or {}), "n_components": len(found)}
    network = cast(FrontedNetwork, build_network(model.model_copy(update={"features": features}), facts, seed=seed))
    cast(Components, network.front).load(fold.map.offset, fold.map.gain, found)
    return network


def _fit_estimator(
    network: FrontedNetwork, fold: ResampledFold, validate: Validate | None, watch: Watch | None
) -> Fitted:
    cast(Any, network.model).fit(fold.features, fold.labels)
    network.eval()
    figures = {} if validate is None else {f"validation/{name}": value for name, value in validate(network).items()}
    history = {"epoch": 0.0, **figures}
    if watch is not None:
        watch(0, history)
    return Fitted(network, (history,), 0)


def reads_components(model: Model) -> bool:
    """Whether a model stands behind principal components, which must be fitted before it."""
    return model.features is not None and model.features.get("features") == "components"


def _make_table_front(model: Model, facts: dict[str, Any]) -> Front:
    return make_front(model, "table", facts, f"model {model.name}")


def _extract(front: Front | None, windows: NDArray[np.float32]) -> NDArray[np.float32]:
    if front is None:
        return windows.reshape(len(windows), -1)
    with torch.no_grad():
        return front(torch.from_numpy(windows)).numpy()  # type: ignore[no-any-return]
