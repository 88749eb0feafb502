"""Two animals in one file: each is a recording of its own, from its proposals to the lesson of a detector."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ictal.apps.server.application import build_application
from ictal.apps.server.board import ReviewBoard, ReviewSettings
from ictal.apps.server.security import allowed_hosts
from ictal.apps.server.serve import open_folder
from ictal.apps.server.shelf import identify
from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.detection.library import load_bundled
from ictal.experiments.detect import detect_paths
from ictal.experiments.finetune_sides import read_heard
from ictal.experiments.reviewed import group_by_patient, read_review
from ictal.io.edf import read_edf
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import read_events, write_events
from ictal.review.folder import ReviewFolder

ANIMALS = ("m1=EEG1", "m2=eeg2")
ONSETS = {"m1": 100.0, "m2": 300.0}


@pytest.fixture(scope="module")
def cage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten minutes of three channels; the first swells at 100 s, the second at 300 s; detected, one after the other."""
    folder = tmp_path_factory.mktemp("cages")
    signal = 20.0 * np.random.default_rng(0).normal(0.0, 1.0, (3, 600 * 128))
    for row, onset in enumerate(ONSETS.values()):
        signal[row, int(onset) * 128 : int(onset + 30) * 128] *= 8.0
    write_edf(folder / "cage.edf", Recording.from_array(signal, 128.0))
    wanted: dict[str, Any] = {"output": folder / "results", "detector": "line-length", "animals": ANIMALS}
    assert [one.n_events for one in detect_paths([folder / "cage.edf"], **wanted)] == [1, 1]
    return folder


@pytest.fixture
def open_cage(cage: Path, tmp_path: Path, make_client: Any) -> Callable[..., tuple[ReviewBoard, Any]]:
    """Open the review of both animals, or go on with it, and return the board and the page of anna."""

    def open_board(
        *paths: Path, animals: tuple[str, ...] = ANIMALS, show_identity: bool = False
    ) -> tuple[ReviewBoard, Any]:
        asked = paths if paths else (cage / "cage.edf",)
        folder, found, results = open_folder(asked, cage / "results", tmp_path / "review", animals)
        tokens = folder.tokens(["anna"])
        board = ReviewBoard(found, folder, ["anna"], ReviewSettings(results, show_identity))
        application = build_application(board, tokens, allowed_hosts("127.0.0.1"))
        return board, make_client(application, {"Authorization": f"Bearer {tokens['anna']}"})

    return open_board


def look(client: Any, place: str) -> tuple[list[str], np.ndarray[Any, Any]]:
    """Return leads and values of the first ten seconds as the page gets them."""
    query = "start=0&stop=10&montage=as-recorded&columns=1280"
    content = client.get(f"/api/recordings/{identify(place)}/signal?{query}").content
    n = int.from_bytes(content[:4], "little")
    return json.loads(content[4 : 4 + n])["leads"], np.frombuffer(content[4 + n :], "<i2")


def test_each_animal_is_a_recording_with_its_channels_and_proposals(open_cage: Callable[..., Any]) -> None:
    board, client = open_cage()
    shown = client.get("/api/session").json()["recordings"]
    assert [(one["title"], one["channels"]) for one in shown] == [
        ("recording 1 · m1", ["EEG1"]),
        ("recording 1 · m2", ["EEG2"]),
    ]
    assert [place.name for place in board.shelf.places] == ["cage_m1", "cage_m2"]
    (leads, one), (others, other) = look(client, "cage_m1"), look(client, "cage_m2")
    assert (leads, others) == (["EEG1"], ["EEG2"])
    assert one.shape == other.shape and not np.array_equal(one, other)
    items = client.get("/api/items").json()["items"]
    assert [item["recording"] for item in items] == [identify("cage_m1"), identify("cage_m2")]
    assert [item["event"]["onset"] for item in items] == pytest.approx([*ONSETS.values()], abs=5.0)
    assert [item["origin"] for item in items] == ["line-length"] * 2
    assert client.get(f"/api/recordings/{identify('cage_m2')}/night?columns=100").status_code == 200
    assert client.get(f"/api/recordings/{identify('cage')}/night?columns=100").status_code == 404


def test_decisions_are_kept_by_animal_and_go_on_from_the_folder(
    open_cage: Callable[..., Any], say: Callable[..., Any]
) -> None:
    board, client = open_cage()
    _, second = client.get("/api/items").json()["items"]
    assert client.post("/api/decisions", json=say(second)).status_code == 200
    board.warm_up()
    events = board.folder.events("anna")
    assert [len(read_events(events / f"cage_{name}_events.tsv").seizures) for name in ONSETS] == [0, 1]
    before = look(client, "cage_m2")[1]
    again, page = open_cage(board.folder.path, animals=())
    assert [place.found for place in again.shelf.places] == [place.found for place in board.shelf.places]
    assert [item["verdict"] for item in page.get("/api/items").json()["items"]] == ["undecided", "accepted"]
    np.testing.assert_array_equal(look(page, "cage_m2")[1], before)
    with pytest.raises(ParameterError, match="--animal: is not allowed with an earlier review"):
        open_cage(board.folder.path)


def test_other_channels_of_an_animal_are_another_review(open_cage: Callable[..., Any], cage: Path) -> None:
    open_cage()
    with pytest.raises(ParameterError, match=r"animal: m2=EEG3 came; .* holds the review of m2=eeg2"):
        open_cage(animals=("m2=EEG3",))
    board, _ = open_cage(animals=())
    listed = ReviewFolder.open(board.folder.path).read_review().recordings
    assert [(one.stem, one.animal, one.channels) for one in listed] == [
        ("cage", None, ()),
        ("cage_m1", "m1", ("EEG1",)),
        ("cage_m2", "m2", ("eeg2",)),
    ]


def test_a_run_from_the_page_hears_one_animal_alone(open_cage: Callable[..., Any]) -> None:
    board, client = open_cage()
    asked = client.post(f"/api/recordings/{identify('cage_m2')}/runs", json={"detector": "line-length"})
    assert asked.status_code == 202
    board.runs.finish()
    (run,) = client.get("/api/runs").json()["runs"]
    assert (run["state"], run["recording"], run["events"][0]["channels"]) == ("done", identify("cage_m2"), ["EEG2"])
    assert json.loads((board.folder.detected / "cage_m2_detection.json").read_text())["run"]["channels"] == ["eeg2"]
    assert not list(board.folder.detected.glob("cage_m1*"))
    assert len(client.get("/api/items").json()["items"]) == 2


def test_a_channel_that_is_not_there_costs_the_other_animals_nothing(open_cage: Callable[..., Any]) -> None:
    _, client = open_cage(animals=("m1=EEG1", "m9=EEG9"))
    good, bad = client.get("/api/session").json()["recordings"]
    assert (good["problem"], good["channels"]) == (None, ["EEG1"])
    assert bad["problem"].startswith("recording 1 · m9: channels: 'EEG9' is not in the recording")


def test_a_copy_has_the_channels_of_the_animal(open_cage: Callable[..., Any], tmp_path: Path) -> None:
    _, client = open_cage(show_identity=True)
    assert [one["title"] for one in client.get("/api/session").json()["recordings"]] == ["cage_m1", "cage_m2"]
    answer = client.get(f"/api/export/edf?recording={identify('cage_m2')}")
    assert "cage_m2.edf" in answer.headers["content-disposition"]
    (tmp_path / "copy.edf").write_bytes(answer.content)
    assert read_edf(tmp_path / "copy.edf").channels == ("EEG2",)


def test_a_table_beside_the_file_is_that_of_an_animal(open_cage: Callable[..., Any], cage: Path) -> None:
    beside = cage / "cage_m3_events.tsv"
    write_events(beside, Annotations([Event(7.0, 3.0)], 600.0))
    _, client = open_cage(animals=("m3=EEG3", "m4=EEG3"))
    (item,) = client.get("/api/items").json()["items"]
    assert (item["recording"], item["event"]["onset"]) == (identify("cage_m3"), 7.0)


def test_a_lesson_is_of_the_channels_of_each_animal(
    open_cage: Callable[..., Any], say: Callable[..., Any], cage: Path
) -> None:
    board, client = open_cage()
    for item in client.get("/api/items").json()["items"]:
        client.post("/api/decisions", json=say(item))
    heard = read_review(board.folder.path, recordings=[cage / "cage.edf"])
    assert [(one.place, one.patient) for one in heard] == [("cage_m1", "m1"), ("cage_m2", "m2")]
    assert list(group_by_patient(heard)) == ["m1", "m2"]
    detector = load_bundled("line-length")
    for one, label in zip(heard, ("EEG1", "EEG2"), strict=True):
        known = read_heard(one, detector)
        assert (known.recording.channels, known.prepared.name) == ((label,), one.place)
        (seizure,) = known.prepared.annotations.seizures
        assert seizure.onset == pytest.approx(ONSETS[one.patient], abs=5.0)
