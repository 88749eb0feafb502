from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ictal.apps.server.shelf import identify
from ictal.io.edf import read_edf
from ictal.io.events_tsv import read_events

HARRY, BIDS = identify("Haagse/Haagse_Harry"), identify("Haagse/sub-01_task-rest")


@pytest.fixture
def decided(review: Any, say: Callable[..., Any]) -> Any:
    """A client that accepted the first of two events of a recording, and rejected the other."""
    client = review.client()
    first, second, *_ = client.get("/api/items").json()["items"]
    client.post("/api/decisions", json=say(first, comment="=clear, left"))
    client.post("/api/decisions", json=say(second, "rejected"))
    return client


def test_a_table_that_can_be_scored(decided: Any, tmp_path: Path) -> None:
    answer = decided.get(f"/api/export/tsv?recording={HARRY}")
    assert answer.headers["content-disposition"] == 'attachment; filename="recording-1_events.tsv"'
    assert answer.headers["content-type"].startswith("text/tab-separated-values")
    (tmp_path / "a_events.tsv").write_bytes(answer.content)
    (event,) = read_events(tmp_path / "a_events.tsv", duration=20.0)
    assert event.span == (2.0, 7.0)


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_all_decisions_are_a_csv(decided: Any, kind: str) -> None:
    answer = decided.get(f"/api/export/{kind}")
    assert answer.headers["content-disposition"] == 'attachment; filename="ictal-review.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["recording"] for row in rows] == ["recording 1"] * 2 + ["sub-01_task-rest"] * 2
    assert [row["verdict"] for row in rows] == ["accepted", "rejected", "undecided", "undecided"]
    alone = list(csv.DictReader(io.StringIO(decided.get(f"/api/export/csv?recording={BIDS}").text)))
    assert alone == rows[2:]


def test_a_copy_with_events_and_without_a_patient(decided: Any, tmp_path: Path, named: Path) -> None:
    before = set(Path(tempfile.gettempdir()).glob("ictal-review-*"))
    answer = decided.get(f"/api/export/edf?recording={HARRY}")
    assert answer.status_code == 200 and 'filename="recording-1.edf"' in answer.headers["content-disposition"]
    assert b"Harry" not in answer.content and b"02-MAR-2002" not in answer.content and b"02.03.02" not in answer.content
    (tmp_path / "copy.edf").write_bytes(answer.content)
    copy, original = read_edf(tmp_path / "copy.edf"), read_edf(named / "data" / "Haagse" / "Haagse_Harry.edf")
    np.testing.assert_allclose(copy.read(), original.read(), atol=0.01)
    assert [event.span for event in copy.annotations] == [(2.0, 7.0)]
    assert set(Path(tempfile.gettempdir()).glob("ictal-review-*")) <= before


def test_who_may_see_all_takes_all(open_review: Callable[..., Any], tmp_path: Path) -> None:
    client = open_review(show_identity=True).client()
    answer = client.get(f"/api/export/edf?recording={HARRY}")
    assert b"Haagse_Harry" in answer.content and b"is asleep" in answer.content
    assert 'filename="Haagse_Harry.edf"' in answer.headers["content-disposition"]
    assert "Haagse/Haagse_Harry" in client.get("/api/export/csv").text
    assert "2002-03-02" in client.get(f"/api/export/tsv?recording={HARRY}").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("edf", 422),
        ("xml", 422),
        (f"edf?recording={'0' * 12}", 404),
        ("csv?recording=..", 422),
        (f"tsv?recording={identify('Haagse/Haagse_Harry_2')}", 503),
        ("../items", 404),
    ],
)
def test_what_cannot_be_taken(seen: Any, path: str, status: int) -> None:
    answer = seen.client().get(f"/api/export/{path}")
    assert (answer.status_code, list(answer.json())) in ((status, ["problem"]), (200, ["items", "pace"]))
