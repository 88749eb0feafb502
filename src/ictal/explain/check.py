"""May explanations of one stretch be trusted? All checks of all methods, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.core.spans import Span
from ictal.detection.occlusion import Answer
from ictal.detection.stretch import Stretch
from ictal.explain.agreement import Agreement, measure_agreement
from ictal.explain.lead_seconds import gather_evidence
from ictal.explain.removal import N_ORDERS, N_STEPS, RemovalCurves, Values, draw_chance, draw_removal
from ictal.explain.truth import Planted, TruthShares, compare_with_truth

SIMILAR = 0.5
"""The correlation with the map of a network without any learned weight up to which a method passes: the ranks of both
then have a quarter of their variance in common."""


@dataclass(frozen=True)
class RandomisationTest:
    """How like itself a map stays while the layers of the network are randomised.

    Attributes
    ----------
    depths : tuple of float
        Shares of the layers, from the last down; 0 is the last one alone.
    similarities : tuple of float
        Spearman's correlation of the sizes of all values with those of the trained network.
    signed : tuple of float
        The same of the values as they are: a map that is large where the signal is large keeps its sizes, and loses
        what speaks for and what against the score.
    """

    depths: tuple[float, ...]
    similarities: tuple[float, ...]
    signed: tuple[float, ...]

    @property
    def passed(self) -> bool:
        """Whether little of the map is left where most layers are randomised; see :data:`SIMILAR`."""
        return self.similarities[-1] <= SIMILAR


@dataclass(frozen=True, eq=False)
class MethodCheck:
    """What one method was found to be worth on one stretch.

    Attributes
    ----------
    method : str
    removal : RemovalCurves
        Whether the score falls and rises with what it says has counted.
    truth : TruthShares or None
        How much of it lies where the seizure was planted; where that is known.
    randomisation : RandomisationTest or None
        Whether it depends on what was learned; where there are weights.
    """

    method: str
    removal: RemovalCurves
    truth: TruthShares | None = None
    randomisation: RandomisationTest | None = None


@dataclass(frozen=True, eq=False)
class ExplanationCheck:
    """All checks of one stretch.

    Attributes
    ----------
    span : (float, float)
        Seconds of the recording that were asked about.
    methods : tuple of MethodCheck
    agreement : Agreement
        Of the methods with each other.
    planted : Planted or None
        Where the seizure is, on simulated EEG.
    n_orders, seed : int
        Of the random orders.
    """

    span: Span
    methods: tuple[MethodCheck, ...]
    agreement: Agreement
    planted: Planted | None
    n_orders: int
    seed: int


def check_attributions(
    answer: Answer,
    stretch: Stretch,
    attributions: Mapping[str, Attribution],
    *,
    planted: Planted | None = None,
    randomisations: Mapping[str, RandomisationTest] | None = None,
    n_steps: int = N_STEPS,
    n_orders: int = N_ORDERS,
    seed: int = 0,
) -> ExplanationCheck:
    """Return the checks of some attributions of one stretch; for rules, trees and graphs as for networks.

    Parameters
    ----------
    answer : callable
        What is explained: from signals, shape (n_signals, n_leads, n_samples), to one number for each.
    stretch : Stretch
    attributions : mapping of str to Attribution
        By the name of the method; one or more.
    planted : Planted, optional
        Where the seizure is.
    randomisations : mapping of str to RandomisationTest, optional
        Of methods that were tested with randomised weights.
    n_steps, n_orders, seed
        See :func:`ictal.explain.removal.draw_removal`.

    Raises
    ------
    ParameterError
        If there is no attribution, one is of other leads, or a score is not finite.
    """
    if not attributions:
        raise ParameterError("attributions: none came; there must be one or more.")
    tested = {} if randomisations is None else randomisations
    chance: dict[int, Values] = {}
    checks = []
    for method, attribution in attributions.items():
        n_rows = len(gather_evidence(attribution, stretch))
        if n_rows not in chance:
            chance[n_rows] = draw_chance(answer, stretch, n_rows, n_steps=n_steps, n_orders=n_orders, seed=seed)
        removal = draw_removal(answer, stretch, attribution, chance=chance[n_rows], n_steps=n_steps, seed=seed)
        truth = None if planted is None else compare_with_truth(attribution, planted)
        checks.append(MethodCheck(method, removal, truth, tested.get(method)))
    agreement = measure_agreement(attributions, stretch)
    return ExplanationCheck(stretch.span, tuple(checks), agreement, planted, n_orders, seed)
