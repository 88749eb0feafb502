"""A corpus is prepared once, whatever kills the run in the middle, and stale signals are never read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import OutputError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.data.manifest import FILE
from ictal.data.store import Store
from ictal.data.store_write import signal_path
from ictal.experiments.prepare import Plan, Preparation, Task, prepare_corpus, prepare_one, prepare_recordings
from ictal.io.corpora.corpus import Corpus, CorpusRecording, Remark
from ictal.io.edf_write import Identity, write_edf
from ictal.preprocessing.chain import Chain
from ictal.simulation.corpus import plan_corpus, write_corpus_frame, write_planned

CHAIN = Chain(steps=[{"step": "montage"}, {"step": "resample", "sampling_rate": 128}])
WIDER = Chain(steps=[{"step": "montage"}, {"step": "resample", "sampling_rate": 64}])


def write_noise(path: Path, seconds: float, seed: int, without: tuple[str, ...] = ()) -> None:
    labels = [label for label in SCALP_19 if label not in without]
    noise = np.random.default_rng(seed).normal(0.0, 30.0, (len(labels), round(seconds * 200)))
    recording = Recording.from_array(noise, 200.0, labels)
    identity = Identity("MRN12345 F 02-MAY-1951 Haagse_Harry", "Startdate 02-MAR-2002 EMG561 BK/JOP Sony")
    write_edf(path, recording, start_time=datetime(2002, 3, 2), identity=identity)


def listed(path: Path, *events: Event, seconds: float = 20.0) -> CorpusRecording:
    return CorpusRecording(path.stem, path, path.stem[0], "1", Annotations(events, seconds))


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Three good recordings of two subjects, one with an electrode missing."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number, (name, without) in enumerate([("a1", ()), ("a2", ("T7",)), ("b1", ())]):
        write_noise(folder / f"{name}.edf", 20.0, number, without)
    paths = [folder / f"{name}.edf" for name in ("a1", "a2", "b1")]
    recordings = (
        listed(paths[0], Event(5.0, 4.0)),
        listed(paths[1]),
        listed(paths[2], Event(1.0, 2.0), Event(8.0, 1.0)),
    )
    return Corpus("mine", folder, recordings, (Remark("conflict", "a1.edf", "two lengths came; the first is taken."),))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def run(corpus: Corpus, folder: Path, chain: Chain = CHAIN, **how: object) -> Preparation:
    return prepare_recordings(corpus, folder, chain, **how)  # type: ignore[arg-type]


def add_bad(corpus: Corpus) -> Corpus:
    """The corpus with a file that is cut short, one that is not there, and one without EEG of the scalp."""
    folder = corpus.root
    (folder / "c1.edf").write_bytes(b"0       " + b" " * 90)
    write_edf(folder / "c3.edf", Recording.from_array(np.zeros((2, 4000)), 200.0, ["left", "right"]))
    bad = [listed(folder / f"c{number}.edf", Event(2.0, 2.0)) for number in (1, 2, 3)]
    return replace(corpus, recordings=(bad[0], *corpus.recordings, *bad[1:]))


def test_what_is_in_the_store_is_what_the_chain_gives(corpus: Corpus, tmp_path: Path) -> None:
    shares: list[float] = []
    preparation = run(corpus, tmp_path / "store", progress=shares.append)
    assert dict(preparation.counts) == {"prepared": 3} and shares == pytest.approx([1 / 3, 2 / 3, 1.0])
    store = Store(tmp_path / "store")
    assert [(one.name, one.subject, one.session) for one in store] == [
        ("a1", "a", "1"),
        ("a2", "a", "1"),
        ("b1", "b", "1"),
    ]
    for number, recording in enumerate(corpus):
        np.testing.assert_array_equal(store.recording(number).read(), CHAIN.apply(recording.read()).read())
    assert [event.span for event in store.recordings[2].annotations] == [(1.0, 3.0), (8.0, 9.0)]
    assert store.manifest.recordings[1].signal.interpolated == ("F7-T7", "T7-P7")
    assert store.chain == CHAIN
    assert preparation.n_bytes == sum(file.stat().st_size for file in (tmp_path / "store/signals").glob("*.npy"))


def test_the_bytes_do_not_depend_on_how_many_work(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "one")
    run(corpus, tmp_path / "two", n_jobs=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_nothing_identifies(corpus: Corpus, tmp_path: Path) -> None:
    run(add_bad(corpus), tmp_path / "store")
    for name, content in contents(tmp_path / "store").items():
        for secret in (str(tmp_path), "Haagse", "MRN12345", "2002", "1951", "EMG561"):
            assert name.endswith(".npy") or secret.encode() not in content, f"{secret} in {name}"


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_bad_recording_is_named_and_the_others_are_prepared(corpus: Corpus, tmp_path: Path, n_jobs: int) -> None:
    told: dict[str, str] = {}
    preparation = run(
        add_bad(corpus), tmp_path / "store", n_jobs=n_jobs, tell=lambda one: told.update({one.name: one.problem})
    )
    assert dict(preparation.counts) == {"prepared": 3, "left-out": 3}
    left_out = {row.name: row for row in preparation.manifest.left_out}
    assert list(left_out) == ["c1", "c2", "c3"], "in the order of the corpus"
    assert left_out["c1"].reason.startswith("header: ")
    assert left_out["c2"].reason == "cannot be read: No such file or directory"
    assert left_out["c3"].reason.startswith("channels: no lead of double-banana can be made from 'left', 'right'")
    assert {name: row.reason for name, row in left_out.items()} == told
    assert (left_out["c1"].hours, left_out["c1"].n_seizures) == (20 / 3600, 1)
    assert (preparation.manifest.n_seizures, preparation.corpus.n_seizures) == (3, 6)
    assert preparation.manifest.hours == pytest.approx(60 / 3600)
    assert [one.name for one in Store(tmp_path / "store")] == ["a1", "a2", "b1"]


def test_a_chain_that_does_not_fit_one_recording_leaves_that_one_out(corpus: Corpus, tmp_path: Path) -> None:
    chain = Chain(steps=[{"step": "low-pass", "cutoff": 90}])
    slow = Recording.from_array(np.zeros((2, 2000)), 100.0, ["Fp1", "F7"])
    write_edf(corpus.root / "d1.edf", slow)
    preparation = run(replace(corpus, recordings=(*corpus, listed(corpus.root / "d1.edf"))), tmp_path / "store", chain)
    assert [row.name for row in preparation.manifest.left_out] == ["d1"]
    assert "90 Hz is not allowed for a signal of 100 Hz" in preparation.manifest.left_out[0].reason


def test_remarks_of_the_corpus_and_of_the_signal_are_kept(corpus: Corpus, tmp_path: Path) -> None:
    late = listed(corpus.recordings[0].path, Event(15.0, 10.0), Event(30.0, 5.0), seconds=40.0)
    gap = Recording.from_array(np.zeros((19, 12_000)), 200.0, SCALP_19, gaps=[(20.0, 50.0)])
    write_edf(corpus.root / "g1.edf", gap)
    gappy = listed(corpus.root / "g1.edf", Event(30.0, 5.0), Event(45.0, 10.0), seconds=60.0)
    preparation = run(replace(corpus, recordings=(late, gappy)), tmp_path / "store")
    assert [(remark.kind, remark.subject_of) for remark in preparation.manifest.remarks] == [
        ("conflict", "a1.edf"),
        ("beyond-end", "a1"),
        ("beyond-end", "a1"),
        ("without-signal", "g1"),
    ]
    assert preparation.manifest.n_seizures == 2 and preparation.corpus.n_seizures == 4
    assert preparation.manifest.hours == pytest.approx(50 / 3600)


def test_a_second_run_makes_nothing_anew(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "store")
    before = contents(tmp_path / "store")
    changed = {file: file.stat().st_mtime_ns for file in (tmp_path / "store/signals").iterdir()}
    assert dict(run(corpus, tmp_path / "store").counts) == {"there": 3}
    assert contents(tmp_path / "store") == before
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "store/signals").iterdir()} == changed


def test_place_name_and_time_of_a_file_do_not_count(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "store")
    before = contents(tmp_path / "store")
    moved = tmp_path / "elsewhere"
    shutil.copytree(corpus.root, moved, copy_function=shutil.copyfile)
    recordings = tuple(replace(one, path=moved / one.path.name) for one in corpus)
    assert dict(run(replace(corpus, root=moved, recordings=recordings), tmp_path / "store").counts) == {"there": 3}
    after = contents(tmp_path / "store")
    assert {name for name in after if after[name] != before[name]} == {".inputs.jsonl"}


def test_other_settings_never_read_what_the_former_made(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "store")
    preparation = run(corpus, tmp_path / "store", WIDER)
    assert dict(preparation.counts) == {"prepared": 3}
    assert {one.sampling_rate for one in Store(tmp_path / "store")} == {64.0}
    assert len(preparation.unlisted) == 6, "those of the former settings are there still"
    assert dict(run(corpus, tmp_path / "store").counts) == {"there": 3}
    run(corpus, tmp_path / "store", prune=True)
    assert dict(run(corpus, tmp_path / "store", WIDER).counts) == {"prepared": 3}


def test_a_changed_file_is_prepared_anew_and_a_changed_annotation_is_not(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "store")
    write_noise(corpus.root / "a2.edf", 20.0, 99)
    first = replace(corpus.recordings[0], annotations=Annotations([Event(7.0, 1.0)], 20.0))
    preparation = run(replace(corpus, recordings=(first, *corpus.recordings[1:])), tmp_path / "store")
    assert {outcome.name: outcome.status for outcome in preparation.outcomes} == {
        "a1": "there",
        "a2": "prepared",
        "b1": "there",
    }
    assert Store(tmp_path / "store").recordings[0].annotations[0].onset == 7.0


def test_a_change_that_size_and_time_do_not_show_is_found_by_verify(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "store")
    path = corpus.recordings[0].path
    times = path.stat()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert dict(run(corpus, tmp_path / "store").counts) == {"there": 3}
    assert dict(run(corpus, tmp_path / "store", verify=True).counts) == {"prepared": 1, "there": 2}


def test_damage_of_a_signal_is_mended(corpus: Corpus, tmp_path: Path) -> None:
    store = tmp_path / "store"
    before = run(corpus, store)
    good = contents(store)
    first, second, _ = (signal_path(store, row.signal.key) for row in before.manifest.recordings)
    flipped = bytearray(first.read_bytes())
    flipped[1000] ^= 1
    first.write_bytes(flipped)
    second.write_bytes(second.read_bytes()[:-10])
    assert dict(run(corpus, store).counts) == {"there": 2, "mended": 1}, "a wrong size is seen at once"
    assert dict(run(corpus, store, verify=True).counts) == {"there": 2, "mended": 1}
    assert contents(store) == good


def test_several_animals_of_a_file_are_several_recordings(tmp_path: Path) -> None:
    write_edf(tmp_path / "cage.edf", Recording.from_array(np.random.default_rng(0).normal(0, 9, (2, 4000)), 200.0))
    recordings = tuple(
        replace(listed(tmp_path / "cage.edf"), name=label, subject=label, channels=(label,))
        for label in ("EEG1", "EEG2")
    )
    run(Corpus("mine", tmp_path, recordings), tmp_path / "store", Chain())
    store = Store(tmp_path / "store")
    assert [one.channels for one in store] == [("EEG1",), ("EEG2",)]
    assert not np.array_equal(store.recording(0).read(), store.recording(1).read())


def test_names_that_come_twice_and_a_corpus_without_signal_are_refused(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="3 names of recordings come twice; the first is a1"):
        run(replace(corpus, recordings=corpus.recordings * 2), tmp_path / "store")
    gone = replace(corpus, recordings=(listed(corpus.root / "z9.edf"),))
    with pytest.raises(RecordingError, match="holds no recording that can be prepared; the first, z9: cannot be read"):
        run(gone, tmp_path / "store")
    with pytest.raises(RecordingError, match="holds no recording that can be prepared"):
        run(replace(corpus, recordings=()), tmp_path / "store")
    assert not (tmp_path / "store" / FILE).exists()


def test_a_file_that_changes_while_it_is_read_is_left_out(corpus: Corpus, tmp_path: Path) -> None:
    class Growing(CorpusRecording):
        def read(self) -> Recording:
            os.utime(self.path, ns=(0, 0))
            return super().read()

    (tmp_path / "store/signals").mkdir(parents=True)
    one = Growing("a1", corpus.recordings[0].path, "a", "1", Annotations([], 20.0))
    outcome = prepare_one(Plan(tmp_path / "store", CHAIN), Task(one, None))
    assert not isinstance(outcome, OutputError)
    assert (outcome.status, outcome.problem) == ("left-out", "has changed while it was read")
    assert not list((tmp_path / "store/signals").glob("*.json")), "what was read is not taken for what was hashed"


@contextmanager
def files_of_at_most(n_bytes: int) -> Iterator[None]:
    """As on a disk that has no more room: writing beyond is an error."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_full_disk_stops_the_run_and_loses_nothing(corpus: Corpus, tmp_path: Path, n_jobs: int) -> None:
    write_noise(corpus.root / "e1.edf", 120.0, 5)
    longer = replace(corpus, recordings=(*corpus, listed(corpus.root / "e1.edf", seconds=120.0)))
    with files_of_at_most(500_000), pytest.raises(OutputError, match=r"\.npy: the file would be larger"):
        run(longer, tmp_path / "store", n_jobs=n_jobs)
    assert not list((tmp_path / "store").rglob("*.part"))
    finished = len(list((tmp_path / "store").glob("signals/*.json")))
    assert finished == 3 or (n_jobs == 2 and finished == 2), "the last of the others may have been under way"
    assert dict(run(longer, tmp_path / "store").counts) == {"there": finished, "prepared": 4 - finished}
    run(longer, tmp_path / "unbroken")
    assert contents(tmp_path / "store") == contents(tmp_path / "unbroken")


def make_bids(folder: Path) -> Path:
    planned = plan_corpus(6, 0.1, 4, seizures_per_hour=0.0)
    root = write_corpus_frame(folder, "simulated", planned)
    for one in planned:
        write_planned(root, one)
    return root


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot kill so")
def test_after_a_kill_the_next_run_goes_on_and_gives_the_same_bytes(tmp_path: Path) -> None:
    source = make_bids(tmp_path / "corpus")
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"
    assert dict(prepare_corpus(source, unbroken).counts) == {"prepared": 6}
    command = [
        sys.executable,
        "-c",
        "from ictal.apps.cli import main; main()",
        "prepare",
        str(source),
        "-o",
        str(broken),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while len(list(broken.glob("signals/*.json"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    finished = {file: file.stat().st_mtime_ns for file in broken.glob("signals/*.json")}
    assert 2 <= len(finished) < 6 and not (broken / FILE).exists()
    with pytest.raises(RecordingError, match="or no finished one"):
        Store(broken)
    counts = prepare_corpus(source, broken, n_jobs=2).counts
    assert counts["there"] == len(finished) and counts["prepared"] == 6 - len(finished)
    assert {file: file.stat().st_mtime_ns for file in finished} == finished, "what was finished is kept"
    assert contents(broken) == contents(unbroken)


def test_the_corpus_and_the_recipe_are_found_and_changed(tmp_path: Path) -> None:
    source = make_bids(tmp_path / "corpus")
    preparation = prepare_corpus(
        source,
        tmp_path / "store",
        corpus="bids",
        changes={"chain.steps.1.sampling_rate": "64", "chain.steps.3.high": "30"},
    )
    store = Store(tmp_path / "store")
    assert preparation.manifest.corpus == "bids"
    assert store.recordings[0].sampling_rate == 64.0 and len(store.recordings[0].channels) == 18
