"""A detector of what is louder is adapted to a patient who is louder than those that it knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.experiments.loud_corpus import RATE, write_loud_corpus, write_loud_recipe

from ictal.core.errors import OutputError, ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.core.spans import intersect_spans
from ictal.data.leakage import LeakageError
from ictal.detection.detector import Detector
from ictal.experiments.finetune import Finetuned, finetune_detector
from ictal.experiments.finetune_sides import Lesson
from ictal.experiments.recipe import read_recipe
from ictal.experiments.stores import open_store
from ictal.experiments.train import train_recipe
from ictal.io.discover import find_recordings
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import write_events
from ictal.io.formats import read
from ictal.review.decision import Decision
from ictal.review.folder import ReviewFolder
from ictal.review.items import propose
from ictal.review.reader import Reader
from ictal.training.stretches import TooShortError

HOURS = 0.1
QUICK = {"finetuning.epochs": "8", "finetuning.batch_size": "8", "finetuning.optimizer.lr": "3e-3"}
SECONDS = 1200.0
SEIZURES = ((150.0, 40.0), (480.0, 50.0), (640.0, 40.0))

STILL = {"finetuning.epochs": "1", "finetuning.optimizer": '{"optimizer": "sgd", "lr": 1e-12}'}
"""Nothing is learned, so the detector stays as it was, and no graph must be made of it."""


def write_patient(
    folder: Path, name: str = "night", seizures: tuple[tuple[float, float], ...] = SEIZURES, seed: int = 7
) -> Path:
    """Twenty minutes whose background is as loud as the seizures of others nearly are."""
    seconds = SECONDS
    signal = np.random.default_rng(seed).normal(0.0, 60.0, (2, round(RATE * seconds)))
    for onset, length in seizures:
        signal[:, round(onset * RATE) : round((onset + length) * RATE)] *= 2.0
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.edf"
    write_edf(path, Recording.from_array(signal, RATE, ["C3", "C4"]))
    write_events(folder / f"{name}_events.tsv", Annotations([Event(*one) for one in seizures], seconds))
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus, the detector that was trained on it, and a patient."""
    folder = tmp_path_factory.mktemp("finetune")
    corpus = write_loud_corpus(folder / "corpus", 4)
    recipe = write_loud_recipe(folder, model='name = "eegwavenet"')
    store = open_store(corpus, read_recipe(recipe).chain, stores=folder)
    store.folder.rename(folder / "store")
    train_recipe(recipe, folder / "run", data=folder / "store", changes={"training.epochs": "8"})
    write_patient(folder / "patient")
    return folder


@pytest.fixture(scope="module")
def finetune(place: Path) -> Callable[..., Finetuned]:
    def run(output: Path, *recordings: Path, **wanted: object) -> Finetuned:
        asked = {"hours": HOURS, "changes": QUICK, **wanted}
        paths = recordings if recordings or "review" in wanted else (place / "patient" / "night.edf",)
        return finetune_detector(place / "run" / "detector.ictal", paths, output, **asked)  # type: ignore[arg-type]

    return run


@pytest.fixture(scope="module")
def done(place: Path, finetune: Callable[..., Finetuned]) -> Finetuned:
    return finetune(place / "mine.ictal")


class TestResult:
    def test_what_comes_later_is_found_better(self, done: Finetuned) -> None:
        gain = done.gain
        assert gain.problem == ""
        assert (gain.hours_used, gain.seizures_used) == (HOURS, 1)
        assert gain.seizures_left == 2
        assert gain.hours_left == pytest.approx((SECONDS - 360.0 - 4.0) / 3600.0)
        assert gain.after["event_f1"] > gain.before["event_f1"]
        assert gain.after["event_f1"] == 1.0

    def test_the_detector_says_where_it_comes_from_and_keeps_its_rules(self, place: Path, done: Finetuned) -> None:
        came, made = Detector.read(place / "run" / "detector.ictal"), Detector.read(done.detector)
        assert made.name == "mine"
        assert made.settings.provenance["finetuned_from"].endswith(came.fingerprint)
        assert made.settings.card["patient"].startswith("adapted to 0.10 h with 1 seizures of one patient, first-hour")
        for part in ("leads", "chain", "windows", "postprocessing", "calibration"):
            assert getattr(made.settings, part) == getattr(came.settings, part)
        assert made.parts.weights != came.parts.weights

    def test_the_record_holds_all_and_names_nobody(self, done: Finetuned) -> None:
        record = json.loads(done.record.read_text(encoding="utf-8"))
        assert record["gain"]["after"]["event_f1"] == 1.0
        assert record["settings"]["epochs"] == 8
        assert len(record["history"]) == len(done.adapted.history)
        assert "night" not in done.record.read_text(encoding="utf-8")
        assert b"night" not in done.detector.read_bytes()

    def test_the_same_call_gives_the_same_bytes(self, done: Finetuned, finetune: Callable[..., Finetuned]) -> None:
        before = done.detector.read_bytes()
        assert finetune(done.detector, overwrite=True).detector.read_bytes() == before


class TestWays:
    def test_without_a_seizure_in_the_hour_seizures_are_still_found(
        self, place: Path, finetune: Callable[..., Finetuned]
    ) -> None:
        path = write_patient(place / "quiet", seizures=SEIZURES[1:])
        gain = finetune(place / "quiet.ictal", path).gain
        assert gain.seizures_used == 0
        assert gain.after["event_sensitivity"] >= gain.before["event_sensitivity"] == 1.0
        later = finetune(place / "later.ictal", path, protocol="first-seizure", changes=STILL).gain
        assert later.seizures_used == 1
        assert later.hours_left == pytest.approx((SECONDS - 530.0 - 4.0) / 3600.0)

    def test_given_events_are_adapted_on_with_what_is_around_them(
        self, place: Path, finetune: Callable[..., Finetuned]
    ) -> None:
        write_events(place / "given.tsv", Annotations([Event(*SEIZURES[0])], SECONDS))
        gain = finetune(place / "given.ictal", hours=0.05, events=place / "given.tsv", changes=STILL).gain
        assert (gain.protocol, gain.seizures_used) == ("given-events", 1)
        assert gain.hours_used == pytest.approx(0.05)

    def test_later_recordings_are_judged_by_where_they_are_named(
        self, place: Path, finetune: Callable[..., Finetuned]
    ) -> None:
        other = write_patient(place / "later", "next", ((100.0, 40.0),), seed=8)
        gain = finetune(place / "next.ictal", evaluate=[other], changes=STILL).gain
        assert gain.hours_left == pytest.approx(SECONDS / 3600.0)
        assert gain.seizures_left == 1
        with pytest.raises(LeakageError, match="is one that is adapted on"):
            finetune(place / "same.ictal", evaluate=[place / "patient" / "night.edf"])

    def test_others_can_be_rehearsed_from_a_store(self, place: Path, finetune: Callable[..., Finetuned]) -> None:
        gain = finetune(place / "rehearsed.ictal", rehearse=place / "store").gain
        assert gain.after["event_f1"] > gain.before["event_f1"]

    def test_a_detector_that_is_no_better_after_it_is_kept(
        self, place: Path, finetune: Callable[..., Finetuned]
    ) -> None:
        done = finetune(place / "kept.ictal", changes=STILL)
        assert "on what is held back it does no better" in done.gain.problem
        assert done.gain.after == done.gain.before
        came, made = Detector.read(place / "run" / "detector.ictal"), Detector.read(done.detector)
        assert made.parts.weights == came.parts.weights
        assert made.settings.card["patient"].startswith("kept as it was")


class TestReview:
    """Half of what the detector proposes is none: it knows no patient whose background is that loud."""

    QUIET = ((60.0, 40.0), (300.0, 40.0), (560.0, 40.0))

    def review(self, place: Path, name: str, **more: str) -> Path:
        """Accept the seizures, which were proposed too long, reject the rest, and leave what `more` says."""
        path = write_patient(place / name)
        folder = ReviewFolder.create(place / f"{name}-review")
        folder.write_review(find_recordings([path]))
        proposed = (*((onset - 20.0, length + 40.0) for onset, length in SEIZURES), *self.QUIET)
        items = propose("night", "loud", [Event(*one) for one in sorted(proposed)])
        write_events(path.with_name("night_events.tsv"), Annotations([item.event for item in items], SECONDS))
        reader = Reader("Anna Anonymous", folder, lambda: items)
        edges = {item.name: Event(*seizure) for item, seizure in zip(items[1::2], SEIZURES, strict=True)}
        for item in items:
            verdict = more.get(item.name, "accepted" if item.name in edges else "rejected")
            reader.decide(Decision(item.name, "night", item.name, 0, verdict, edges.get(item.name, item.event)))  # type: ignore[arg-type]
        return folder.path

    def test_what_was_rejected_is_learned_and_the_rest_of_the_night_is_found_better(
        self, place: Path, finetune: Callable[..., Finetuned]
    ) -> None:
        path = self.review(place, "reviewed")
        done = finetune(place / "taught.ictal", review=path, hours=0.08)
        assert done.lesson == Lesson(accepted=2, rejected=2)
        assert (done.gain.protocol, done.gain.seizures_used, done.gain.seizures_left) == ("reviewed", 2, 1)
        assert done.gain.hours_left == pytest.approx((SECONDS - 530.0 - 4.0) / 3600.0)
        assert done.gain.problem == ""
        assert done.gain.after["event_precision"] > done.gain.before["event_precision"]
        made = Detector.read(done.detector)
        assert made.settings.card["decisions"].startswith("a reader's, 2 accepted and 2 rejected; ")
        assert json.loads(done.record.read_text(encoding="utf-8"))["decisions"]["rejected"] == 2
        for told in (done.detector.read_bytes(), done.record.read_bytes()):
            assert b"Anna" not in told and b"night" not in told
        found = made.detect(read(place / "reviewed" / "night.edf"))
        assert len(intersect_spans(found.spans, [(640.0, 680.0)])) == 1

    def test_a_night_that_is_not_decided_to_its_end_cannot_judge(
        self, place: Path, finetune: Callable[..., Finetuned]
    ) -> None:
        path = self.review(place, "open", **{"560.00+40.00-sz": "undecided"})
        with pytest.raises(TooShortError, match="nothing is decided to its end"):
            finetune(place / "no.ictal", review=path)
        other = write_patient(place / "another", "next", ((100.0, 40.0),), seed=8)
        done = finetune(place / "open.ictal", review=path, evaluate=[other], changes=STILL)
        assert done.gain.hours_used == pytest.approx((40.0 + 50.0 + 40.0 + 40.0 + 40.0) / 3600.0)
        assert done.lesson is not None and "1 event is undecided" in done.lesson.notes[0]

    def test_a_table_beside_it_and_a_known_recording_are_refused(
        self, place: Path, done: Finetuned, finetune: Callable[..., Finetuned]
    ) -> None:
        path = self.review(place, "refused")
        with pytest.raises(ParameterError, match="events: a table came with a review"):
            finetune(place / "no.ictal", review=path, events=place / "given.tsv")
        with pytest.raises(LeakageError, match="recording 'night' stands in training and in fine-tuning"):
            finetune_detector(done.detector, (), place / "no.ictal", review=path)


class TestRefused:
    def test_recordings_that_the_detector_was_trained_on(self, place: Path, finetune: Callable[..., Finetuned]) -> None:
        known = place / "corpus" / "sub-01" / "eeg" / "sub-01_task-eeg_eeg.edf"
        with pytest.raises(LeakageError, match="stands in training and in fine-tuning"):
            finetune(place / "no.ictal", known, hours=0.01)

    def test_the_patient_in_the_store_that_is_rehearsed(self, place: Path, finetune: Callable[..., Finetuned]) -> None:
        stores = place / "with-patient"
        store = open_store(place / "patient", read_recipe(place / "loud.toml").chain, stores=stores)
        with pytest.raises(LeakageError, match="a recording of the patient stands in the store"):
            finetune(place / "no.ictal", rehearse=store.folder)

    def test_a_store_of_another_chain(self, place: Path, finetune: Callable[..., Finetuned]) -> None:
        chain = read_recipe("eegwavenet").chain.model_copy(update={"steps": read_recipe("eegwavenet").chain.steps[1:2]})
        store = open_store(place / "corpus", chain, stores=place / "other-chain")
        with pytest.raises(ParameterError, match="another chain than the detector's"):
            finetune(place / "no.ictal", rehearse=store.folder)

    @pytest.mark.parametrize(
        ("wanted", "message"),
        [
            ({"hours": 5.0}, "5 h are to be adapted on"),
            ({"protocol": "first"}, "protocol"),
            ({"changes": {"finetuning.epoch": "3"}}, "Did you mean 'epochs'"),
            ({"changes": {"finetuning.layers": "tail"}}, "--set: finetuning.layers"),
        ],
    )
    def test_what_is_not_allowed(
        self, place: Path, finetune: Callable[..., Finetuned], wanted: dict[str, object], message: str
    ) -> None:
        with pytest.raises((ParameterError, TooShortError), match=message):
            finetune(place / "no.ictal", **wanted)
        assert not (place / "no.ictal").exists()

    def test_rules_other_names_and_what_is_there(
        self, place: Path, done: Finetuned, finetune: Callable[..., Finetuned]
    ) -> None:
        night = [place / "patient" / "night.edf"]
        with pytest.raises(ParameterError, match="line-length is a rule"):
            finetune_detector("line-length", night, place / "no.ictal")
        with pytest.raises(ParameterError, match=r"output: .* must end in \.ictal"):
            finetune(place / "no.zip")
        with pytest.raises(OutputError, match="is there already"):
            finetune(done.detector)
