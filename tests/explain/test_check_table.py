"""Checks as text and as JSON."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from ictal.core.attribution import Attribution
from ictal.detection.stretch import Stretch
from ictal.explain.check import ExplanationCheck, RandomisationTest, check_attributions
from ictal.explain.check_table import encode_check, format_check, format_table
from ictal.explain.truth import Planted

LEADS = ("F7-T7", "T7-P7")


def loudness(signals: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray((signals[:, 0] ** 2).mean(axis=1), dtype=np.float64)


def make_check(sign: float = 1.0, *, planted: bool = True) -> ExplanationCheck:
    signal = np.random.default_rng(0).normal(0, 1, (2, 1024)).astype(np.float32)
    stretch = Stretch(signal, 256.0, 0.0, LEADS, 256, 256, 1, slice(0, 4), (0.0, 4.0))
    maps = {
        "occlusion": Attribution([[[3.0, 2.0, 2.0, 4.0]], [[0.0] * 4]], 0.0, 1.0, LEADS),
        "grad-cam": Attribution([[[1.0, 2.0, 3.0, 4.0]]], 0.0, 1.0),
    }
    return check_attributions(
        lambda signals: sign * loudness(signals),
        stretch,
        maps,
        planted=Planted(("F7-T7",), (1.0, 3.0), (3.0, 7.0)) if planted else None,
        randomisations={"occlusion": RandomisationTest((0.0, 1.0), (0.9, 0.8), (0.7, 0.1))},
        n_orders=3,
    )


def test_text_tells_every_check() -> None:
    text = format_check(make_check())
    assert "3 random orders" in text
    rows = [line for line in text.splitlines() if line.startswith("| occlusion")]
    assert len(rows) == 4
    assert rows[1].split("|")[2:] == ["       0.90 ", " 0.80 ", "   0.10 ", "     NO ", ""]
    assert "100 % of 50 %, × 2.00" in rows[2]
    assert "1.00 / 1.00" in rows[3]


def test_what_was_not_checked_is_left_out() -> None:
    text = format_check(make_check(planted=False))
    assert "planted" not in text


def test_columns_stand_below_each_other() -> None:
    for part in format_check(make_check()).split("\n\n"):
        if part.startswith("|"):
            assert len({len(line) for line in part.splitlines()}) == 1


def test_json_holds_the_same() -> None:
    check = make_check()
    content = json.loads(json.dumps(encode_check(check), allow_nan=False))
    assert content["planted"] == {"leads": ["F7-T7"], "span": [1.0, 3.0], "band": [3.0, 7.0]}
    occlusion, grad_cam = content["methods"]
    assert occlusion["removal"]["deletion_area"] == round(check.methods[0].removal.deletion_area, 6)
    assert occlusion["truth"]["leads"] == {"found": 1.0, "chance": 0.5, "ratio": 2.0}
    assert occlusion["randomisation"]["passed"] is False
    assert grad_cam["randomisation"] is None
    assert grad_cam["truth"]["leads"] is None
    assert content["agreement"]["methods"] == ["occlusion", "grad-cam"]


def test_what_is_undefined_is_null_and_a_dash() -> None:
    check = make_check(-1.0)
    assert encode_check(check)["methods"][0]["removal"]["deletion_area"] is None
    assert "–" in format_check(check)
    json.dumps(encode_check(check), allow_nan=False)


def test_tables_have_a_head() -> None:
    assert format_table([["a", "b"], ["1", "22"]]).splitlines()[1] == "|---|---:|"
