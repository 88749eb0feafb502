"""May explanations of a network be trusted? Explained by several methods, and every explanation checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from torch import nn

from ictal.core.attribution import Attribution
from ictal.detection.stretch import Stretch
from ictal.explain.check import ExplanationCheck, RandomisationTest, check_attributions
from ictal.explain.event_score import EventScore
from ictal.explain.methods import explain, list_fitting
from ictal.explain.occlusion import make_answer
from ictal.explain.randomisation import DEPTHS, check_randomisation
from ictal.explain.removal import N_ORDERS, N_STEPS
from ictal.explain.truth import Planted

Progress = Callable[[float], None]


def check_explanations(
    network: nn.Module,
    stretch: Stretch,
    methods: Sequence[str] | None = None,
    *,
    target: int | None = None,
    planted: Planted | None = None,
    depths: Sequence[float] = DEPTHS,
    n_steps: int = N_STEPS,
    n_orders: int = N_ORDERS,
    seed: int = 0,
    progress: Progress = lambda share: None,
) -> ExplanationCheck:
    """Explain what a network answered to a stretch by several methods, and check every explanation.

    Parameters
    ----------
    network : Module
        From windows (B, C, T) to logits (B, n_frames, n_classes).
    stretch : Stretch
    methods : sequence of str, optional
        Names of :data:`ictal.explain.table.METHODS`; all that fit where not given.
    target : int, optional
        As of :func:`ictal.explain.methods.explain`.
    planted : Planted, optional
        Where the seizure is, on simulated EEG.
    depths : sequence of float
        Of :func:`ictal.explain.randomisation.check_randomisation`; nothing is randomised where there are none.
    n_steps, n_orders, seed
        Of :func:`ictal.explain.removal.draw_removal`.
    progress : callable
        Called with the share that is done.

    Raises
    ------
    ParameterError
        If a method does not fit the network, or a score is not finite.
    """
    chosen = list_fitting(network) if methods is None else tuple(methods)
    attributions: dict[str, Attribution] = {}
    tests: dict[str, RandomisationTest] = {}
    for number, method in enumerate(chosen):
        ask = partial(_explain, method, stretch, target, seed)
        attributions[method] = ask(network)
        if depths:
            tests[method] = check_randomisation(ask, network, attributions[method], depths=depths, seed=seed)
        progress((number + 1) / (len(chosen) + 1))
    return check_attributions(
        make_answer(EventScore(network, stretch, target)),
        stretch,
        attributions,
        planted=planted,
        randomisations=tests,
        n_steps=n_steps,
        n_orders=n_orders,
        seed=seed,
    )


def _explain(method: str, stretch: Stretch, target: int | None, seed: int, network: nn.Module) -> Attribution:
    return explain(method, network, stretch, target=target, seed=seed)
