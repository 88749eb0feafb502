"""Pictures of a run say in words what they show."""

from __future__ import annotations

import base64

import pytest
from tests.reports.run_folders import make_crossval

from ictal.evaluation.folds import FoldSummary
from ictal.evaluation.history import TrainingHistory
from ictal.evaluation.measures import Measures
from ictal.reports.run_pictures import CURVES, picture_curves, picture_learning, picture_subjects

Made = tuple[tuple[FoldSummary, ...], Measures]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_crossval(tmp_path_factory.mktemp("run"), {"anna": (600.0, 2000.0), "bert": (300.0,), "carl": ()}, {})


def test_every_curve_is_drawn_and_told(made: Made) -> None:
    pictures = picture_curves(made[1])
    assert list(pictures) == list(CURVES)
    for name, picture in pictures.items():
        assert CURVES[name] in picture.alt
        assert b"<svg" in base64.b64decode(picture.source.split(",")[1])


def test_subjects_are_drawn_once_for_all(made: Made) -> None:
    assert picture_subjects(made[1]).width == pytest.approx(180 / 25.4 * 96, abs=1)


def test_learning_is_drawn_where_there_was_a_course(made: Made) -> None:
    assert [picture.alt.split(" ")[0] for picture in picture_learning(made[0])] == ["Loss", "PR-AUC"]
    at_once = FoldSummary(
        "a", "finished", "", (), 1, 0, TrainingHistory("f1", 0, ({"epoch": 0.0, "validation/f1": 0.5},))
    )
    assert list(picture_learning([at_once])) == []
