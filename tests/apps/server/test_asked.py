from __future__ import annotations

from typing import Any

from ictal.apps.server.asked import ALWAYS, REASONS, described_file, problems
from ictal.apps.server.messages import Problem


def test_every_refusal_is_described() -> None:
    assert list(problems()) == list(ALWAYS)
    assert set(problems(404, 503)) == {*ALWAYS, 404, 503}
    assert all(one["model"] is Problem and one["description"] for one in problems(*REASONS).values())


def test_a_file_is_described_by_its_kind() -> None:
    assert list(described_file("text/csv", "text/plain")[200]["content"]) == ["text/csv", "text/plain"]


def test_the_reader_is_who_the_guard_found(seen: Any) -> None:
    answer = seen.client("ben").get("/api/session?reader=anna", headers={"X-Who": "anna"})
    assert answer.json()["reader"] == "ben"
