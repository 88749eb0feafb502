"""Which methods explain the answers of a detector, and the one call that runs them, with torch or without."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError, check_option
from ictal.core.tables import Table
from ictal.detection.answer import answer_event
from ictal.detection.detector import Detector
from ictal.detection.occlusion import Answer
from ictal.detection.reasons import attribute_by_occlusion
from ictal.detection.stretch import Stretch
from ictal.explain.table import METHODS

OCCLUSION, DEFAULT = "occlusion", "integrated-gradients"
EVERY = "all"

BY_NETWORK = Table(
    "way",
    {
        "explain": "ictal.experiments.explained_network:explain_by_network",
        "answer": "ictal.experiments.explained_network:answer_by_network",
        "methods": "ictal.experiments.explained_network:list_methods",
    },
)
"""What needs torch; loaded then. Occlusion does not."""


def choose_methods(detector: Detector, asked: Sequence[str]) -> tuple[str, ...]:
    """Return the methods to run.

    Raises
    ------
    ParameterError
        If there is no method of a name.

    Examples
    --------
    >>> from ictal.detection.library import load_bundled
    >>> rule = load_bundled("line-length")
    >>> choose_methods(rule, []), choose_methods(rule, ["all"])
    (('occlusion',), ('occlusion',))
    """
    for name in asked:
        check_option("method", name, [EVERY, *METHODS])
    if list(asked) == [OCCLUSION]:
        return (OCCLUSION,)
    if not asked or EVERY in asked:
        fitting = BY_NETWORK.load("methods")(detector) if find_spec("torch") is not None else (OCCLUSION,)
        return tuple(fitting) if asked else (DEFAULT if DEFAULT in fitting else OCCLUSION,)
    return tuple(dict.fromkeys(asked))


def find_target(detector: Detector, target: str | None) -> int | None:
    """Return the number of a class by its event type; ``None`` where none is named.

    Raises
    ------
    ParameterError
        If the detector does not know it.

    Examples
    --------
    >>> from ictal.detection.library import load_bundled
    >>> find_target(load_bundled("line-length"), "sz")
    1
    """
    if target is None:
        return None
    classes = detector.settings.classes
    if target not in classes:
        raise ParameterError(f"--target: {target!r} is not allowed; {detector.name} knows {', '.join(classes)}.")
    return classes.index(target)


def attribute(
    detector: Detector, stretch: Stretch, methods: Sequence[str], target: int | None = None, seed: int = 0
) -> tuple[Attribution, ...]:
    """Return what counted for the answer of a detector, by each of some methods; of occlusion alone without torch.

    Raises
    ------
    ParameterError
        If a method does not fit the detector.
    """
    if tuple(methods) == (OCCLUSION,):
        return (attribute_by_occlusion(answer_about(detector, stretch, target), stretch),)
    if find_spec("torch") is None:
        raise ParameterError(f"method: {methods[0]!r} needs torch; install ictal[train], or take {OCCLUSION}.")
    made: tuple[Attribution, ...] = BY_NETWORK.load("explain")(detector, stretch, tuple(methods), target, seed)
    return made


def answer_about(detector: Detector, stretch: Stretch, target: int | None = None) -> Answer:
    """Return the score that is explained, as a function of signals like that of the stretch.

    Without a target it needs no torch. That of a rule is its strength; a rule has one class alone.
    """
    if target is None or detector.parts.graph is None:
        return answer_event(detector, len(stretch.signal), stretch.asked)
    answer: Answer = BY_NETWORK.load("answer")(detector, stretch, target)
    return answer
