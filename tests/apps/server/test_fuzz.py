"""The server asked what its own description allows, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from ictal.apps.server.shelf import identify

ADDRESS = "http://127.0.0.1:8484"
IDS = [identify(f"Haagse/{name}") for name in ("Haagse_Harry", "Haagse_Harry_2", "sub-01_task-rest")]
VALUES = {
    "id": [*IDS, "0" * 12],
    "recording": [*IDS, "0" * 12],
    "montage": ["average", "double-banana", "as-recorded", "none"],
    "item": ["2.00+5.00-sz", "11.00+4.00-sz", "own", "none"],
    "detector": ["line-length", "none"],
    "notch": [50, 60, 55],
}
"""What is tried of what no description can list: things that are there, and one that is not."""


ROUTES = [
    ("get", "/api/session"),
    ("get", "/api/items"),
    ("get", "/api/agreement"),
    ("get", "/api/runs"),
    ("get", "/api/export/{kind}"),
    ("get", "/api/recordings/{id}/signal"),
    ("get", "/api/recordings/{id}/night"),
    ("get", "/api/recordings/{id}/reasons"),
    ("post", "/api/recordings/{id}/runs"),
    ("post", "/api/decisions"),
    ("post", "/api/undo"),
]

UNHURRIED: dict[str, Any] = {"suppress_health_check": list(HealthCheck)}

load_all_checks()
LEFT_OUT = [CHECKS.get_one(name) for name in ("positive_data_acceptance", "not_a_server_error")]
"""What is accepted depends on what is open; a damaged recording is 503, which is described."""


def name_values(description: dict[str, Any]) -> None:
    """Put into a description which ids and names are worth trying."""
    for methods in description["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] in VALUES:
                    parameter["schema"] = {"enum": VALUES[parameter["name"]]}
    for request in ("DecisionRequest", "RunRequest"):
        properties = description["components"]["schemas"][request]["properties"]
        properties |= {name: {"enum": values} for name, values in VALUES.items() if name in properties}


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_what_is_described_is_what_happens(seen: Any, method: str, path: str, mode: GenerationMode) -> None:
    description = seen.client().get("/api/openapi.json").json()
    name_values(description)
    schema = schemathesis.openapi.from_dict(description)
    schema.app = seen.application
    headers = {"Authorization": f"Bearer {seen.tokens['anna']}"}

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=10, deadline=None, derandomize=True, database=None, phases=[Phase.generate], **UNHURRIED)
    def ask(case: Any) -> None:
        answer = case.call_and_validate(base_url=ADDRESS, headers=headers, excluded_checks=LEFT_OUT)
        assert answer.status_code != 500
        assert answer.headers["cache-control"] == ["no-store"]

    ask()


def test_all_of_it_is_tried(seen: Any) -> None:
    paths = seen.client().get("/api/openapi.json").json()["paths"]
    assert {(method, path) for path, methods in paths.items() for method in methods} == set(ROUTES)
