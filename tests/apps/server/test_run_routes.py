from __future__ import annotations

from typing import Any

import pytest

from ictal.apps.server.shelf import identify

HARRY, DAMAGED = identify("Haagse/Haagse_Harry"), identify("Haagse/Haagse_Harry_2")


def test_a_run_becomes_items(review: Any) -> None:
    client = review.client()
    asked = client.post(f"/api/recordings/{HARRY}/runs", json={"detector": "line-length"})
    assert asked.status_code == 202
    assert (asked.json()["recording"], asked.json()["state"]) == (HARRY, "waiting")
    review.board.runs.finish()
    (run,) = client.get("/api/runs").json()["runs"]
    assert (run["state"], run["share"], run["problem"]) == ("done", 1.0, None)
    assert (review.folder.detected / "Haagse" / "Haagse_Harry_events.tsv").exists()
    items = [item for item in client.get("/api/items").json()["items"] if item["recording"] == HARRY]
    assert [item["event"] for item in items] == run["events"]
    before = (review.results / "Haagse" / "Haagse_Harry_events.tsv").read_text(encoding="utf-8")
    assert "2.00" in before


@pytest.mark.parametrize("detector", ["../../mine.ictal", "/etc/passwd", "mine.ictal", "eegwavenet-untrained", ""])
def test_only_what_is_offered_may_run(seen: Any, detector: str) -> None:
    answer = seen.client().post(f"/api/recordings/{HARRY}/runs", json={"detector": detector})
    assert answer.status_code == 422 and seen.client().get("/api/runs").json() == {"runs": []}


def test_a_damaged_recording_is_refused_at_once(seen: Any) -> None:
    answer = seen.client().post(f"/api/recordings/{DAMAGED}/runs", json={"detector": "line-length"})
    assert answer.status_code == 503 and answer.json()["problem"].startswith("recording 2: ")
