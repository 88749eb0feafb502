from pathlib import Path

import pytest
from tests.experiments.loud_corpus import write_loud_corpus, write_loud_recipe

from ictal.core.errors import IctalError, ParameterError
from ictal.experiments.prepare import prepare_corpus
from ictal.experiments.stores import open_store
from ictal.preprocessing.chain import Chain

NOTHING = Chain()
SLOWER = Chain(steps=[{"step": "resample", "sampling_rate": 64}])


def test_a_corpus_is_prepared_once_for_each_chain(tmp_path: Path) -> None:
    corpus, stores = write_loud_corpus(tmp_path / "corpus", 2), tmp_path / "stores"
    first = open_store(corpus, NOTHING, stores=stores)
    written = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*.npy")}
    again, slower = open_store(corpus, NOTHING, stores=stores), open_store(corpus, SLOWER, stores=stores)
    assert again.folder == first.folder != slower.folder
    assert {path: path.stat().st_mtime_ns for path in first.folder.rglob("*.npy")} == written
    assert slower.recordings[0].sampling_rate == 64.0


def test_a_store_is_taken_as_it_is_if_its_chain_is_the_one_that_is_asked_for(tmp_path: Path) -> None:
    corpus = write_loud_corpus(tmp_path / "corpus", 2)
    prepare_corpus(corpus, tmp_path / "store", recipe=write_loud_recipe(tmp_path))
    assert open_store(tmp_path / "store", NOTHING).folder == tmp_path / "store"
    with pytest.raises(ParameterError, match="made with another chain than the recipe's"):
        open_store(tmp_path / "store", SLOWER)


def test_a_folder_of_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IctalError):
        open_store(tmp_path / "none", NOTHING, stores=tmp_path / "stores")
    assert not (tmp_path / "stores").exists()
