"""A check of explanations as text, and as JSON can hold it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from ictal.explain.check import SIMILAR, ExplanationCheck, MethodCheck
from ictal.explain.removal import LEVEL
from ictal.explain.truth import Share, TruthShares

_NOTHING = "–"
_PLACES = ("leads", "seconds", "band")


def format_check(check: ExplanationCheck) -> str:
    """Return a check as tables of markdown whose columns stand below each other, for consoles as for pages."""
    return "\n\n".join(_parts(check))


def format_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, the first of them the head, as a table of markdown; all columns but the first stand to the right.

    Examples
    --------
    >>> print(format_table([["method", "area"], ["saliency", "0.5"]]))
    | method   | area |
    |----------|-----:|
    | saliency |  0.5 |
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append(f"| {' | '.join(cells)} |")
    rule = "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])])
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def encode_check(check: ExplanationCheck) -> dict[str, Any]:
    """Return a check as JSON can hold it; what is undefined is null.

    Parameters
    ----------
    check : ExplanationCheck

    Returns
    -------
    dict
        ``span``, ``seed``, ``n_orders``, ``planted``, ``methods`` with the curves, areas, shares and tests of each, and
        ``agreement``.
    """
    planted = check.planted
    return {
        "span": list(check.span),
        "seed": check.seed,
        "n_orders": check.n_orders,
        "planted": None
        if planted is None
        else {"leads": list(planted.leads), "span": list(planted.span), "band": list(planted.band)},
        "methods": [_encode_method(one) for one in check.methods],
        "agreement": {
            "methods": list(check.agreement.methods),
            "correlation": check.agreement.correlation.round(4).tolist(),
            "overlap": check.agreement.overlap.round(4).tolist(),
        },
    }


def _parts(check: ExplanationCheck) -> Iterator[str]:
    yield _tell_removal(check)
    if any(one.randomisation is not None for one in check.methods):
        yield _tell_randomisation(check)
    if check.planted is not None:
        yield _tell_truth(check)
    if len(check.methods) > 1:
        yield _tell_agreement(check)


def _tell_removal(check: ExplanationCheck) -> str:
    rows = [["method", "deletion", "beats", "insertion", "beats", "random orders"]]
    for one in check.methods:
        found = one.removal
        low, high = found.chance_band
        chance = f"{_number(found.chance_area)} [{_number(low)}, {_number(high)}]"
        areas = [_number(found.deletion_area), _percent(found.deletion_beats)]
        areas += [_number(found.insertion_area), _percent(found.insertion_beats)]
        rows.append([one.method, *areas, chance])
    return (
        "Area under the score while the strongest seconds of leads are deleted (low is good) or shown (high is good),\n"
        f"beside {check.n_orders} random orders, their mean and where {LEVEL:.0%} of them lie; `beats`: how many of\n"
        f"them each method beats. 1 is the score of the stretch, 0 that of nothing.\n\n{format_table(rows)}"
    )


def _tell_randomisation(check: ExplanationCheck) -> str:
    tested = [one for one in check.methods if one.randomisation is not None]
    depths = next(one.randomisation.depths for one in tested if one.randomisation is not None)
    rows = [["method", *("last layer" if depth == 0 else f"{depth:.0%}" for depth in depths), "signed", "passes"]]
    for one in tested:
        if one.randomisation is not None:
            values = map(_number, one.randomisation.similarities)
            signed = _number(one.randomisation.signed[-1])
            rows.append([one.method, *values, signed, "yes" if one.randomisation.passed else "NO"])
    return (
        "How like itself a map stays while the layers of the network are randomised, from the last one down\n"
        f"(Spearman of the sizes; `signed`: at the end, of the values as they are). A method passes whose map is\n"
        f"up to {SIMILAR:g} like itself at the end; that of another says little of what was learned.\n\n"
        f"{format_table(rows)}"
    )


def _tell_truth(check: ExplanationCheck) -> str:
    rows = [["method", *_PLACES]]
    rows += [[one.method, *(_tell_share(share) for share in _shares(one.truth))] for one in check.methods]
    return (
        "Share of the evidence where the seizure was planted, the share of evidence that is spread evenly, and how\n"
        f"many times more that is. Simulated EEG.\n\n{format_table(rows)}"
    )


def _tell_agreement(check: ExplanationCheck) -> str:
    found = check.agreement
    rows = [["method", *found.methods]]
    for row, method in enumerate(found.methods):
        pairs = zip(found.correlation[row], found.overlap[row], strict=True)
        rows.append([method, *(f"{_number(rank)} / {_number(top)}" for rank, top in pairs)])
    return (
        "How far methods agree: Spearman's correlation / common share of the strongest tenth (0.10 by chance).\n\n"
        f"{format_table(rows)}"
    )


def _encode_method(one: MethodCheck) -> dict[str, Any]:
    found, test = one.removal, one.randomisation
    return {
        "method": one.method,
        "removal": {
            "shares": found.shares.round(4).tolist(),
            "deletion": found.deletion.round(4).tolist(),
            "insertion": found.insertion.round(4).tolist(),
            "deletion_area": _finite(found.deletion_area),
            "insertion_area": _finite(found.insertion_area),
            "chance_area": _finite(found.chance_area),
            "chance_band": [_finite(value) for value in found.chance_band],
            "deletion_beats": _finite(found.deletion_beats),
            "insertion_beats": _finite(found.insertion_beats),
        },
        "randomisation": None
        if test is None
        else {
            "depths": list(test.depths),
            "similarities": list(test.similarities),
            "signed": list(test.signed),
            "passed": test.passed,
        },
        "truth": None if one.truth is None else dict(zip(_PLACES, map(_encode_share, _shares(one.truth)), strict=True)),
    }


def _shares(truth: TruthShares | None) -> tuple[Share | None, Share | None, Share | None]:
    return (None, None, None) if truth is None else (truth.leads, truth.seconds, truth.band)


def _encode_share(share: Share | None) -> dict[str, float | None] | None:
    if share is None:
        return None
    return {"found": share.found, "chance": share.chance, "ratio": _finite(share.ratio)}


def _tell_share(share: Share | None) -> str:
    if share is None:
        return _NOTHING
    return f"{_percent(share.found)} of {_percent(share.chance)}, × {_number(share.ratio)}"


def _number(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else _NOTHING


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %" if math.isfinite(value) else _NOTHING


def _finite(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None
