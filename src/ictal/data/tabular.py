"""Numbers for each window: balanced and scaled in the training fold alone, for models that read tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field

from ictal.core.errors import ParameterError
from ictal.data.labels import Labels
from ictal.data.leakage import FittedOn
from ictal.data.windows import WindowTable

if TYPE_CHECKING:
    from imblearn.pipeline import Pipeline

Features = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class TabularSet:
    """Features of windows; labels and subjects are those of the windows.

    Parameters
    ----------
    features : ndarray of float, shape (n_windows, n_features)
    windows : WindowTable
    """

    features: Features
    windows: WindowTable

    def __post_init__(self) -> None:
        if self.features.ndim != 2 or len(self.features) != len(self.windows):
            raise ParameterError(
                f"features: an array of shape {self.features.shape} came; "
                f"allowed is ({len(self.windows)}, n_features), a row for each window."
            )

    def __len__(self) -> int:
        return len(self.features)

    @property
    def labels(self) -> Labels:
        """The class of each window, shape (n_windows,)."""
        return self.windows.window_labels

    @property
    def subject(self) -> NDArray[np.int32]:
        """Which subject each window is of, shape (n_windows,)."""
        return self.windows.subject

    def take(self, chosen: ArrayLike) -> Self:
        """Return some of the windows."""
        return type(self)(self.features[np.asarray(chosen)], self.windows.take(chosen))


class Resampling(BaseModel):
    """What is done to the windows of a training fold, in this order; each part can be left out with ``None``.

    Ratios are seizure windows for each background window.

    Attributes
    ----------
    undersample : float, optional
        Draw background away until the ratio is reached.
    scale : bool
        Give each feature mean 0 and standard deviation 1.
    n_components : int, optional
        Principal components; fewer where there are fewer windows or features.
    smote : float, optional
        Make seizure windows between neighbouring ones until the ratio is reached.
    n_neighbours : int
        Among how many of the nearest SMOTE chooses.

    References
    ----------
    Chawla et al., SMOTE: Synthetic minority over-sampling technique, JAIR 2002.

    Examples
    --------
    >>> Resampling(n_components=64).smote
    0.5
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    undersample: float | None = Field(default=0.1, gt=0.0, le=1.0)
    scale: bool = True
    n_components: int | None = Field(default=1024, gt=0)
    smote: float | None = Field(default=0.5, gt=0.0, le=1.0)
    n_neighbours: int = Field(default=5, gt=0)


@dataclass(frozen=True, eq=False)
class LinearMap:
    """Scaling and principal components as one map, which a detector can carry.

    Parameters
    ----------
    offset, gain : ndarray, shape (n_features,)
    components : ndarray, shape (n_components, n_features), optional

    Examples
    --------
    >>> LinearMap(np.array([1.0]), np.array([2.0]))(np.array([[3.0]]))
    array([[4.]])
    """

    offset: Features
    gain: Features
    components: Features | None = None

    def __call__(self, features: Features) -> Features:
        """Return the features of windows as the model sees them, shape (n_windows, n_components)."""
        scaled = (features - self.offset) * self.gain
        return scaled if self.components is None else scaled @ self.components.T


@dataclass(frozen=True, eq=False)
class ResampledFold:
    """What a model is trained on, and what was learned from the training fold on the way.

    Attributes
    ----------
    features : ndarray, shape (n_rows, n_components)
        Resampled and mapped; rows of SMOTE are among them.
    labels : ndarray of int8, shape (n_rows,)
    map : LinearMap
        For windows of the other folds, which are mapped and never resampled.
    fitted_on : FittedOn
        The windows that it was fitted on; :func:`ictal.data.leakage.check_fitted` holds it against a test side.
    """

    features: Features
    labels: Labels
    map: LinearMap
    fitted_on: FittedOn


def make_pipeline(labels: Labels, n_features: int, settings: Resampling | None = None, *, seed: int = 0) -> Pipeline:
    """Return a pipeline of imbalanced-learn, not yet fitted, that fits a training fold of these labels.

    Parameters
    ----------
    labels : ndarray of int8, shape (n_windows,)
        Of the training fold: 0 is the background, 1 seizure.
    n_features : int
    settings : Resampling, optional
    seed : int

    Returns
    -------
    imblearn.pipeline.Pipeline
        Of the steps ``undersample``, ``scale``, ``pca`` and ``smote``; those that have nothing to do let all pass.

    Raises
    ------
    ParameterError
        If there are other classes, or too few windows of seizure.

    Examples
    --------
    >>> labels = np.repeat([0, 1], [95, 5])
    >>> make_pipeline(labels, n_features=8, settings=Resampling(scale=False)).named_steps["scale"]
    'passthrough'
    """
    from imblearn import FunctionSampler
    from imblearn.over_sampling import SMOTE
    from imblearn.pipeline import Pipeline
    from imblearn.under_sampling import RandomUnderSampler
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    chosen = Resampling() if settings is None else settings
    n_background, n_seizures = _count_classes(labels)
    undersampler, pca, smote = "passthrough", "passthrough", FunctionSampler()
    if chosen.undersample is not None and n_seizures / n_background < chosen.undersample:
        undersampler = RandomUnderSampler(sampling_strategy=chosen.undersample, random_state=seed)
        n_background = int(n_seizures / chosen.undersample)
    if chosen.n_components is not None:
        pca = PCA(min(chosen.n_components, n_features, n_background + n_seizures), random_state=seed)
    if chosen.smote is not None and n_seizures / n_background < chosen.smote:
        if n_seizures < 2:
            raise ParameterError("smote: 1 window of seizure came; 2 or more are needed.")
        n_neighbours = min(chosen.n_neighbours, n_seizures - 1)
        smote = SMOTE(sampling_strategy=chosen.smote, random_state=seed, k_neighbors=n_neighbours)
    scaler = StandardScaler() if chosen.scale else "passthrough"
    return Pipeline([("undersample", undersampler), ("scale", scaler), ("pca", pca), ("smote", smote)])


def resample_fold(train: TabularSet, settings: Resampling | None = None, *, seed: int = 0) -> ResampledFold:
    """Fit undersampling, scaler, principal components and SMOTE on a training fold, and on nothing else.

    Parameters
    ----------
    train : TabularSet
        The windows of the training side of a split.
    settings : Resampling, optional
    seed : int

    Raises
    ------
    ParameterError
        If there are other classes than background and seizure, or too few windows of seizure.
    """
    pipeline = make_pipeline(train.labels, train.features.shape[1], settings, seed=seed)
    features, labels = pipeline.fit_resample(train.features, train.labels)
    return ResampledFold(features, labels, _read_map(pipeline, train.features), FittedOn.from_windows(train.windows))


def undersample(windows: WindowTable, ratio: float | None, *, seed: int = 0) -> WindowTable:
    """Return the windows that undersampling leaves, so that the others need not be read.

    They are those that the undersampling of :func:`resample_fold` leaves with the same seed.

    Parameters
    ----------
    windows : WindowTable
        Of the training side of a split; 0 is the background, 1 seizure.
    ratio : float or None
        Seizure windows for each background window; ``None`` leaves all.
    seed : int

    Raises
    ------
    ParameterError
        If there are other classes.
    """
    n_background, n_seizures = _count_classes(windows.window_labels)
    if ratio is None or n_seizures / n_background >= ratio:
        return windows
    from imblearn.under_sampling import RandomUnderSampler

    sampler = RandomUnderSampler(sampling_strategy=ratio, random_state=seed)
    sampler.fit_resample(np.arange(len(windows))[:, None], windows.window_labels)
    return windows.take(sampler.sample_indices_)


def _count_classes(labels: Labels) -> tuple[int, int]:
    """Return how many windows are background and how many are seizure."""
    counts = np.bincount(labels, minlength=2)
    if len(counts) > 2 or not counts.all():
        raise ParameterError(
            f"resampling: windows of the classes {np.unique(labels).tolist()} came; those of 0 and 1, and no other, "
            "are needed."
        )
    return int(counts[0]), int(counts[1])


def _read_map(pipeline: Pipeline, like: Features) -> LinearMap:
    """Return the scaler and the principal components of a fitted pipeline as one map."""
    scaler, pca = pipeline.named_steps["scale"], pipeline.named_steps["pca"]
    offset, gain, components = np.zeros_like(like[0]), np.ones_like(like[0]), None
    if scaler != "passthrough":
        offset, gain = scaler.mean_.astype(like.dtype), (1 / scaler.scale_).astype(like.dtype)
    if pca != "passthrough":
        offset, components = offset + pca.mean_ / gain, pca.components_
    return LinearMap(offset, gain, components)
