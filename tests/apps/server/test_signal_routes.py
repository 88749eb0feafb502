from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ictal.apps.server.shelf import identify
from ictal.review.page_codec import decode_block, decode_page

HARRY, DAMAGED = identify("Haagse/Haagse_Harry"), identify("Haagse/Haagse_Harry_2")
PAGE = {"start": 2.0, "stop": 12.0, "montage": "double-banana", "columns": 200}


def test_what_is_open(seen: Any) -> None:
    session = seen.client().get("/api/session").json()
    assert [recording["title"] for recording in session["recordings"]] == [
        "recording 1",
        "recording 2",
        "sub-01_task-rest",
    ]
    assert [recording["problem"] is None for recording in session["recordings"]] == [True, False, True]


def test_a_page_of_eeg(seen: Any) -> None:
    answer = seen.client().get(f"/api/recordings/{HARRY}/signal", params={**PAGE, "high_pass": 0.5, "low_pass": 35})
    assert answer.headers["content-type"] == "application/octet-stream"
    page = decode_page(answer.content)
    assert (page.header.start, page.header.stop, page.header.kind, len(page.header.leads)) == (
        2.0,
        12.0,
        "envelope",
        18,
    )
    assert (page.header.filters.high_pass, page.header.filters.low_pass, page.header.filters.notch) == (0.5, 35.0, None)
    assert page.data.shape == (18, 200, 2) and np.isfinite(page.microvolts).all()
    plain = decode_page(seen.client().get(f"/api/recordings/{HARRY}/signal", params=PAGE).content)
    assert plain.header.filters.high_pass is None and plain.microvolts.std() > page.microvolts.std()


@pytest.mark.parametrize(
    "change",
    [
        {"start": "nan"},
        {"start": -1},
        {"start": 12, "stop": 12},
        {"start": 20.0, "stop": 30.0},
        {"stop": "inf"},
        {"stop": 1e7},
        {"columns": 0},
        {"columns": 10**6},
        {"columns": "1e3"},
        {"montage": ""},
        {"montage": "../average"},
        {"montage": "x" * 5000},
        {"high_pass": 0},
        {"high_pass": 40, "low_pass": 30},
        {"low_pass": "nan"},
        {"notch": 55},
        {"more": 1},
    ],
)
def test_a_page_that_cannot_be(seen: Any, change: dict[str, Any]) -> None:
    answer = seen.client().get(f"/api/recordings/{HARRY}/signal", params={**PAGE, **change})
    assert answer.status_code == 422 and 10 < len(answer.json()["problem"]) < 300


def test_a_damaged_recording_has_no_page(seen: Any) -> None:
    for what in ("signal", "night"):
        answer = seen.client().get(f"/api/recordings/{DAMAGED}/{what}", params=PAGE if what == "signal" else {})
        assert answer.status_code == 503 and answer.json()["problem"].startswith("recording 2: ")


def test_the_threshold_of_the_detector_is_told(open_review: Any) -> None:
    review = open_review(copied=True)
    record = review.results / "Haagse" / "Haagse_Harry_detection.json"
    path = f"/api/recordings/{HARRY}/night?columns=50"
    assert decode_block(review.client().get(path).content, "|u1")[0]["threshold"] is None
    record.write_text('{"complete": true, "threshold": 0.6}')
    assert decode_block(review.client().get(path).content, "|u1")[0]["threshold"] == 0.6


def test_the_whole_recording_at_a_glance(review: Any) -> None:
    path = f"/api/recordings/{HARRY}/night?columns=50"
    first, again = review.client().get(path), review.client("ben").get(path)
    assert first.status_code == 200 and first.content == again.content
    header, dsa = decode_block(first.content, "|u1")
    assert header["n_columns"] == 10 and len(header["line_length"]) == 10 and header["sampled"]
    assert len(dsa) == len(header["dsa"]["sides"]) * len(header["dsa"]["frequencies"]) * 10
    assert [file.name for file in review.folder.night.iterdir()] == [f"{HARRY}-50.npz"]
    for columns in ("0", "-1", "100000", "x"):
        assert review.client().get(f"/api/recordings/{HARRY}/night?columns={columns}").status_code == 422
