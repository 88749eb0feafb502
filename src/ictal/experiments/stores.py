"""From what a user names to a prepared store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from ictal.core.errors import ParameterError
from ictal.data.manifest import FILE
from ictal.data.store import Store
from ictal.experiments.prepare import prepare_recordings
from ictal.io.corpora.corpus import list_corpus
from ictal.preprocessing.chain import Chain

STORES = Path("ictal-stores")
"""Where stores are made that nobody named, in the folder in which ictal runs."""


def open_store(
    source: Path | str,
    chain: Chain,
    *,
    corpus: str | None = None,
    stores: Path = STORES,
    n_jobs: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> Store:
    """Return a store with every recording of a corpus after a chain.

    Parameters
    ----------
    source : path
        A store, which must have been made with this chain; or a corpus, which is prepared into a folder of `stores`
        that is named after it and the chain, and kept: another run with the same chain finds it there.
    chain : Chain
    corpus : str, optional
        Name of the corpus; found from the folder where not given.
    stores : Path
    n_jobs : int
        Recordings side by side.
    progress : callable
        Called with the share that is done.

    Raises
    ------
    ParameterError
        If a store of another chain came.
    RecordingError
        If there is neither a corpus nor a store.
    """
    folder = Path(source)
    if (folder / FILE).is_file():
        store = Store(folder)
        if store.chain != chain:
            raise ParameterError(
                f"{folder}: this store was made with another chain than the recipe's; give the corpus it was made of, "
                "or prepare it with `ictal prepare --recipe`."
            )
        return store
    listed = list_corpus(folder, corpus)
    target = stores / f"{_name(folder)}-{_digest(folder, chain)}"
    prepare_recordings(listed, target, chain, n_jobs=n_jobs, progress=progress)
    return Store(target)


def _name(folder: Path) -> str:
    return folder.resolve().name


def _digest(folder: Path, chain: Chain) -> str:
    text = f"{folder.resolve()}\n{chain.model_dump_json()}"
    return hashlib.sha256(text.encode()).hexdigest()[:8]
