"""What every corpus gives, and how a folder is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.corpora.corpus import CORPORA, Corpus, CorpusRecording, Remark, find_format, list_corpus


def recording(
    name: str, subject: str = "a", session: str = "1", seconds: float = 1800.0, n: int = 0
) -> CorpusRecording:
    events = [Event(10.0 * i, 5.0, "sz_foc") for i in range(n)] + [Event(200.0, 9.0, "impd")]
    return CorpusRecording(name, Path(f"{name}.edf"), subject, session, Annotations(events, seconds))


@pytest.fixture
def corpus() -> Corpus:
    recordings = (recording("x", n=2), recording("y", "b"), recording("z", n=1), recording("w", session="2"))
    remarks = (Remark("conflict", "x", "…"), Remark("overlap", "y", "…"), Remark("overlap", "z", "…"))
    return Corpus("chb-mit", Path(), recordings, remarks)


def write_case(root: Path) -> None:
    (root / "chb01").mkdir(parents=True)
    (root / "chb01" / "chb01-summary.txt").write_text(
        "File Name: chb01_01.edf\nFile Start Time: 11:00:00\nFile End Time: 11:00:20\nNumber of Seizures in File: 0\n"
    )


def test_totals(corpus: Corpus) -> None:
    assert len(corpus) == 4
    assert [each.name for each in corpus] == ["x", "y", "z", "w"]
    assert corpus.subjects == ("a", "b")
    assert corpus.hours == 2.0
    assert corpus.n_seizures == 3
    assert corpus.count_remarks() == {"overlap": 2, "conflict": 1}
    assert next(iter(corpus.count_remarks())) == "overlap"


def test_sessions_hold_every_recording_once_in_order(corpus: Corpus) -> None:
    assert [[each.name for each in them] for them in corpus.sessions.values()] == [["x", "z"], ["y"], ["w"]]
    assert list(corpus.sessions) == [("a", "1"), ("b", "1"), ("a", "2")]


def test_reading_gives_the_signal_with_the_owners_annotations(quiet: Path) -> None:
    marks = Annotations([Event(3.0, 4.0)], 20.0)
    whole = CorpusRecording("q", quiet, "a", "1", marks).read()
    assert whole.annotations == marks
    one = CorpusRecording("q", quiet, "a", "1", marks, channels=("Cz",)).read()
    assert one.channels == ("Cz",)
    assert np.array_equal(one.read()[0], whole.read()[whole.channels.index("Cz")])


def test_a_signal_that_is_not_there(tmp_path: Path) -> None:
    gone = CorpusRecording("q", tmp_path / "gone.edf", "a", "1", Annotations((), 20.0))
    assert gone.duration == 20.0
    with pytest.raises(RecordingError, match=r"gone\.edf: there is no such file"):
        gone.read()


def test_a_corpus_is_known_from_its_folder(tmp_path: Path) -> None:
    write_case(tmp_path)
    assert find_format(tmp_path) == "chb-mit"
    assert list_corpus(tmp_path).name == "chb-mit"
    assert list_corpus(str(tmp_path), "chb-mit").hours == 20 / 3600


def test_a_folder_that_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="known are chb-mit, tusz, "):
        list_corpus(tmp_path)
    with pytest.raises(RecordingError, match="there is no such folder"):
        list_corpus(tmp_path / "gone")
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match="is not a folder"):
        list_corpus(tmp_path / "file")


def test_an_unknown_name_and_an_unknown_option(tmp_path: Path) -> None:
    write_case(tmp_path)
    with pytest.raises(ParameterError, match="Did you mean 'chb-mit'"):
        list_corpus(tmp_path, "chbmit")
    with pytest.raises(ParameterError, match=r"option of chb-mit: 'size' is not allowed; allowed are 'sizes'"):
        list_corpus(tmp_path, size="a.tsv")


def test_the_last_that_is_tried_takes_any_folder() -> None:
    """What is more particular goes first, since the first that fits is taken."""
    assert list(CORPORA)[-1] == "folder"
    assert list(CORPORA).index("seizeit2") < list(CORPORA).index("bids")
