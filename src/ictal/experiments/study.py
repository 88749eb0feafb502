"""The study of a tuning: its database, how values are drawn and trials ended early, and who works on which trial."""

from __future__ import annotations

import contextlib
import secrets
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ictal.core.errors import OutputError, ParameterError
from ictal.experiments.tuning_settings import TuningSettings
from ictal.io.atomic import ensure_folder
from ictal.training.metrics import LOWER_IS_BETTER

if TYPE_CHECKING:
    import optuna

if sys.platform != "win32":
    import fcntl

HEARTBEAT = 30
"""Seconds between two signs of life of a trial."""

GRACE = 120
"""Seconds without one after which a trial of another machine is given up."""

_LOCK = ".lock"
_BUSY = 60.0
"""Seconds that a process waits while another one writes into an SQLite file."""

_FACTS = "ictal"


@dataclass(frozen=True)
class StudyPlace:
    """Where a study is, and how it is searched.

    Attributes
    ----------
    url : str
        Of a database, as SQLAlchemy takes it; it may hold a password.
    name : str
        Of the study; a database holds many.
    settings : TuningSettings
    compared_by : str
        The figure that is to be best.
    n_epochs : int
        The most that a trial may have.
    """

    url: str
    name: str
    settings: TuningSettings
    compared_by: str
    n_epochs: int

    @property
    def shown(self) -> str:
        """The URL without its password."""
        return hide_password(self.url)


def hide_password(url: str) -> str:
    """Return a URL of a database as it may be shown.

    Raises
    ------
    ParameterError
        If it is none.

    Examples
    --------
    >>> hide_password("postgresql://anna:secret@server/studies")
    'postgresql://anna:***@server/studies'
    """
    import sqlalchemy

    try:
        return sqlalchemy.make_url(url).render_as_string(hide_password=True)
    except sqlalchemy.exc.ArgumentError:
        # The text is not repeated, as it may hold a password.
        raise ParameterError(
            "storage: is not the URL of a database; give one as postgresql://user:password@server/database."
        ) from None


@contextlib.contextmanager
def open_study(place: StudyPlace, *, heartbeat: int = HEARTBEAT, grace: int = GRACE) -> Iterator[optuna.Study]:
    """Open a study, which is made where there is none.

    Parameters
    ----------
    place : StudyPlace
    heartbeat, grace : int
        Seconds.

    Raises
    ------
    ParameterError
        If there is no such kind of database, or the package that speaks to it is missing.
    OutputError
        If it cannot be reached, now or while the study is open.
    """
    import optuna

    with quiet_optuna(), _database_errors(place):
        storage = _connect(place, heartbeat, grace)
        try:
            yield optuna.create_study(
                storage=storage,
                study_name=place.name,
                direction="minimize" if place.compared_by in LOWER_IS_BETTER else "maximize",
                sampler=TrialSampler(place.settings),  # type: ignore[arg-type]
                pruner=make_pruner(place.settings, place.n_epochs),
                load_if_exists=True,
            )
        finally:
            storage.remove_session()
            storage.engine.dispose()


def bind_study(study: optuna.Study, facts: Mapping[str, str], shown: str) -> None:
    """Note what a study is of, or make sure that it is of the same.

    Parameters
    ----------
    study : Study
    facts : mapping of str to str
        What all its trials must share, each part by its name.
    shown : str
        Where the study is, for messages.

    Raises
    ------
    ParameterError
        If it is a study of something else.
    """
    there = study.user_attrs.get(_FACTS)
    if there is None and not study.get_trials(deepcopy=False):
        study.set_user_attr(_FACTS, dict(facts))
        return
    differing = [key for key, value in facts.items() if there is None or there.get(key) != value]
    if differing:
        raise ParameterError(
            f"{shown}: holds a study {study.study_name!r} with another {differing[0]}; give this one another name, as "
            "--set name=mine-2, or choose another storage."
        )


class TrialSampler:
    """A sampler whose random numbers follow from its seed and the number of the trial alone.

    So a study that was stopped goes on as if it had not been, and workers that start with the same seed do not draw the
    same values. It has the methods of :class:`optuna.samplers.BaseSampler`.

    Parameters
    ----------
    settings : TuningSettings
    """

    def __init__(self, settings: TuningSettings) -> None:
        self._settings = settings
        self._sampler = make_sampler(settings, 0)

    def before_trial(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        """Start the random numbers of a trial."""
        self._sampler = make_sampler(self._settings, trial.number)
        self._sampler.before_trial(study, trial)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sampler, name)


def make_sampler(settings: TuningSettings, number: int) -> optuna.samplers.BaseSampler:
    """Return what draws the values of one trial.

    TPE looks at all values together, and takes a trial that still runs for a bad one, so that workers keep apart.
    """
    import optuna

    seed = int(np.random.SeedSequence([settings.seed, number]).generate_state(1)[0])
    if settings.sampler == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    return optuna.samplers.TPESampler(
        n_startup_trials=settings.startup, multivariate=True, constant_liar=True, seed=seed
    )


def make_pruner(settings: TuningSettings, n_epochs: int) -> optuna.pruners.BasePruner:
    """Return what says when a trial is not worth going on with; steps are epochs, from 1 on."""
    import optuna

    if settings.pruner == "hyperband":
        return optuna.pruners.HyperbandPruner(min_resource=min(settings.warmup, n_epochs), max_resource=n_epochs)
    if settings.pruner == "median":
        return optuna.pruners.MedianPruner(n_warmup_steps=settings.warmup)
    return optuna.pruners.NopPruner()


@contextlib.contextmanager
def claim_folder(folder: Path) -> Iterator[None]:
    """Hold a folder as the one who works on its trial; the system takes that back however this process ends."""
    ensure_folder(folder)
    if sys.platform == "win32":
        yield
        return
    hidden = folder / f"{_LOCK}-{secrets.token_hex(4)}"
    with hidden.open("w") as file:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_EX)
        # Under its name it is locked from the first moment.
        hidden.replace(folder / _LOCK)
        try:
            yield
        finally:
            (folder / _LOCK).unlink(missing_ok=True)


def is_abandoned(folder: Path) -> bool:
    """Whether someone on a machine that sees this folder worked on its trial, and is gone."""
    if sys.platform == "win32":
        return False
    try:
        with (folder / _LOCK).open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except OSError:
        return False


def fail_abandoned(study: optuna.Study, folder: Path) -> None:
    """Mark the trials as failed whose process is gone.

    Those that have a folder here are known by their lock at once, others by their heartbeat.

    Parameters
    ----------
    study : Study
    folder : Path
        Holds the folder of each trial, by its number.
    """
    import optuna

    for trial in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):
        if is_abandoned(folder / str(trial.number)):
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL, skip_if_finished=True)
    optuna.storages.fail_stale_trials(study)


@contextlib.contextmanager
def quiet_optuna() -> Iterator[None]:
    """Hold back what Optuna says about itself."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(before)


@contextlib.contextmanager
def _database_errors(place: StudyPlace) -> Iterator[None]:
    """Say in one line, and without the password, what a database has refused."""
    import optuna
    import sqlalchemy

    shown = place.shown
    try:
        yield
    except (sqlalchemy.exc.SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        raise OutputError(f"{shown}: the database cannot be used: {_first_line(_origin(error))}") from error


def _connect(place: StudyPlace, heartbeat: int, grace: int) -> optuna.storages.RDBStorage:
    import optuna
    import sqlalchemy

    is_file = place.url.startswith("sqlite")
    settings = {"connect_args": {"timeout": _BUSY}} if is_file else {"pool_pre_ping": True}
    try:
        return optuna.storages.RDBStorage(
            place.url, engine_kwargs=settings, heartbeat_interval=heartbeat, grace_period=grace
        )
    except (ImportError, sqlalchemy.exc.NoSuchModuleError) as error:
        raise ParameterError(
            f"storage: {place.shown}: {_first_line(error)}; "
            "`pip install ictal[database]` installs what speaks to PostgreSQL."
        ) from error
    except RuntimeError as error:  # tables of another version of Optuna
        raise OutputError(f"{place.shown}: {_first_line(error)}") from error


def _origin(error: BaseException) -> BaseException:
    """Return what the driver of the database said."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
