"""Fetch a public corpus, several files side by side."""

from __future__ import annotations

import fnmatch
import queue
import shutil
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from ictal.core.errors import IctalError, OutputError, ParameterError
from ictal.io.atomic import ensure_folder
from ictal.io.corpora.sources import CorpusSource, describe_licence, find_source
from ictal.io.download import Patience, Server
from ictal.io.remote_file import PART, DownloadError, RemoteFile, safe_target

Progress = Callable[[float], None]

TOO_MANY_IN_A_ROW = 8
"""Files that fail one after the other; then the server is left alone."""

_BEAT = 0.2
"""Seconds between two looks at what the threads have done."""


@dataclass(frozen=True)
class DownloadPlan:
    """What is to be fetched, and what is there already.

    Parameters
    ----------
    licence : str
        The line to read first.
    folder : Path
    files : tuple of RemoteFile
        In the order in which they are fetched: those for all subjects first.
    subjects : mapping of str to str
        The path of a file → its subject; empty: it is for all.
    sizes : mapping of str to int
        Bytes by path, where a list or the server says so.
    present : frozenset of str
        The paths of files that are there; they are checked when the others are fetched.
    """

    licence: str
    folder: Path
    files: tuple[RemoteFile, ...]
    subjects: Mapping[str, str]
    sizes: Mapping[str, int]
    present: frozenset[str]

    @property
    def n_bytes(self) -> int:
        """Of all files whose size is known."""
        return sum(self.sizes.values())

    @property
    def n_unknown(self) -> int:
        """How many files have no known size."""
        return len(self.files) - len(self.sizes)

    @property
    def missing_bytes(self) -> int:
        """What is still to come, as far as it is known."""
        parts = ((path, safe_target(self.folder, path)) for path in self.sizes if path not in self.present)
        return sum(max(0, self.sizes[path] - part_size(target)) for path, target in parts)


@dataclass
class DownloadResult:
    """What came of a plan: paths of files, and messages of those that failed."""

    fetched: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    not_tried: int = 0


def plan_download(
    corpus: str,
    folder: Path | None = None,
    *,
    subjects: str | None = None,
    mirror: str | None = None,
    n_jobs: int = 4,
    progress: Progress = lambda share: None,
    patience: Patience | None = None,
) -> DownloadPlan:
    """Read the owner's list of files; nothing is written.

    Parameters
    ----------
    corpus : str
        A name in :data:`~ictal.io.corpora.sources.SOURCES`.
    folder : Path, optional
        Where the files go; a folder with the name of the corpus here.
    subjects : str, optional
        Patterns of the shell, commas between: ``"chb01,chb2?"``. Files that are for all come in any case.
    mirror : str, optional
        The address of a copy in the same layout.
    n_jobs : int
        Questions side by side.
    progress : callable
        Called with the share that is done.
    patience : Patience, optional
        With failing servers.

    Raises
    ------
    ParameterError
        If the corpus is not known, or no subject fits the pattern.
    DownloadError
        If the corpus is given under an agreement only, its list cannot be had or understood, or the list names a path
        outside of the folder or one file twice.
    """
    source = find_source(corpus)
    target = Path(corpus) if folder is None else folder
    with Server(patience, n_jobs) as server:
        listed = source.list_files(server.read_text, source.base if mirror is None else mirror)
        files = [file for file in listed if source.wants(file.path)]
        check_paths(target, files)
        chosen = choose(files, source, subjects)
        present = frozenset(file.path for file in chosen if safe_target(target, file.path).exists())
        sizes = find_sizes(server, chosen, target, present, n_jobs, progress)
    return DownloadPlan(
        describe_licence(corpus),
        target,
        tuple(chosen),
        {file.path: source.subject_of(file.path) for file in chosen},
        sizes,
        present,
    )


def download_corpus(
    plan: DownloadPlan,
    *,
    n_jobs: int = 4,
    progress: Progress = lambda share: None,
    patience: Patience | None = None,
) -> DownloadResult:
    """Fetch and check what a plan names; one file that fails does not stop the others.

    Whatever stops it, Ctrl-C included, what has come is kept, and the next call goes on from there.

    Parameters
    ----------
    plan : DownloadPlan
    n_jobs : int
        Files side by side.
    progress : callable
        Called with the share that is done.
    patience : Patience, optional
        With failing servers.

    Raises
    ------
    OutputError
        If the folder cannot be written, or the disk has too little room.
    """
    ensure_folder(plan.folder)
    free = shutil.disk_usage(plan.folder).free
    if free < plan.missing_bytes:
        raise OutputError(f"{plan.folder}: {plan.missing_bytes} bytes are still to come, and {free} are free.")
    meter = Meter(plan)
    result = DownloadResult(not_tried=len(plan.files))
    n_failures = 0
    with Server(patience, n_jobs) as server, ExitStack() as stack:

        def work(file: RemoteFile) -> bool:
            return server.fetch(file, plan.folder, lambda size: meter.reach(file.path, size))

        answers = work_side_by_side(work, plan.files, n_jobs, lambda: progress(meter.share), server.stop)
        for file, answer in stack.enter_context(closing(answers)):
            meter.finish(file.path)
            result.not_tried -= 1
            if isinstance(answer, OutputError):
                raise answer
            if isinstance(answer, IctalError):
                result.failed.append(str(answer))
            else:
                (result.fetched if answer else result.present).append(file.path)
            n_failures = n_failures + 1 if isinstance(answer, IctalError) else 0
            if n_failures == TOO_MANY_IN_A_ROW:
                break
    return result


def check_paths(folder: Path, files: Sequence[RemoteFile]) -> None:
    """Refuse a list that would write outside of its folder, or one file twice.

    Raises
    ------
    DownloadError
        If it would.
    """
    seen: set[str] = set()
    for file in files:
        safe_target(folder, file.path)
        # Many disks take A and a for one name.
        if file.path.casefold() in seen:
            raise DownloadError(f"{file.path}: the list of files names it twice")
        seen.add(file.path.casefold())


def choose(files: Sequence[RemoteFile], source: CorpusSource, subjects: str | None) -> list[RemoteFile]:
    """Return the files of the subjects that fit a pattern, after those that are for all.

    Raises
    ------
    ParameterError
        If none fits one of the patterns.
    """
    subject_of = {file.path: source.subject_of(file.path) for file in files}
    known = sorted({subject for subject in subject_of.values() if subject})
    chosen = set(known)
    if subjects is not None:
        chosen = set()
        for pattern in subjects.split(","):
            fitting = fnmatch.filter(known, pattern.strip())
            if not fitting:
                raise ParameterError(f"subjects: none fits {pattern!r}; there are {', '.join(known)}.")
            chosen.update(fitting)
    wanted = [file for file in files if subject_of[file.path] in {"", *chosen}]
    return sorted(wanted, key=lambda file: (subject_of[file.path] != "", file.path))


def find_sizes(
    server: Server,
    files: Sequence[RemoteFile],
    folder: Path,
    present: frozenset[str],
    n_jobs: int,
    progress: Progress,
) -> dict[str, int]:
    """Return the bytes of each file: from the list, from the disk, or as the server says; the unknown are left out."""
    sizes = {file.path: file.size for file in files if file.size is not None}
    for path in present - set(sizes):
        sizes[path] = safe_target(folder, path).stat().st_size
    unknown = [file for file in files if file.path not in sizes]
    n_silent = 0
    answers = work_side_by_side(lambda file: server.ask_size(file.address), unknown, n_jobs)
    for done, (file, answer) in enumerate(answers, start=1):
        progress(done / len(unknown))
        if isinstance(answer, int):
            sizes[file.path] = answer
        else:
            n_silent += 1
        if n_silent == TOO_MANY_IN_A_ROW:
            break
    return sizes


def part_size(target: Path) -> int:
    """Return how many bytes of a file an earlier try has left."""
    part = target.with_name(target.name + PART)
    return part.stat().st_size if part.exists() else 0


class Meter:
    """How much of a plan is done, told by several threads; a file of unknown size counts as a mean one."""

    def __init__(self, plan: DownloadPlan) -> None:
        mean = plan.n_bytes / len(plan.sizes) if plan.sizes else 1.0
        self._weights = {file.path: float(plan.sizes.get(file.path, mean)) for file in plan.files}
        self._total = sum(self._weights.values())
        self._reached: dict[str, float] = {}
        self._sum = 0.0
        self._lock = threading.Lock()

    def reach(self, path: str, size: float) -> None:
        """Note how many bytes of a file are there."""
        with self._lock:
            now = min(float(size), self._weights[path])
            self._sum += now - self._reached.get(path, 0.0)
            self._reached[path] = now

    def finish(self, path: str) -> None:
        """Note that nothing more comes of a file."""
        self.reach(path, self._weights[path])

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return min(1.0, self._sum / self._total) if self._total else 1.0


def work_side_by_side(
    work: Callable[[RemoteFile], bool | int | None],
    files: Sequence[RemoteFile],
    n_jobs: int,
    beat: Callable[[], None] = lambda: None,
    stop: Callable[[], None] = lambda: None,
) -> Generator[tuple[RemoteFile, bool | int | BaseException | None], None, None]:
    """Yield each file with what came of it, or its error; whoever stops asking stops the threads.

    The threads wait for the network and cannot be woken, so that the program may end without them: what they have
    written is a part that can be gone on with.
    """
    tasks: queue.SimpleQueue[RemoteFile | None] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[RemoteFile, bool | int | BaseException | None]] = queue.SimpleQueue()
    stopped = threading.Event()

    def serve() -> None:
        while (file := tasks.get()) is not None and not stopped.is_set():
            try:
                answers.put((file, work(file)))
            except BaseException as error:
                answers.put((file, error))

    for file in files:
        tasks.put(file)
    threads = [threading.Thread(target=serve, daemon=True) for _ in range(min(n_jobs, len(files)))]
    for thread in threads:
        tasks.put(None)
        thread.start()
    try:
        n_left = len(files)
        while n_left:
            beat()
            try:
                file, answer = answers.get(timeout=_BEAT)
            except queue.Empty:
                continue
            n_left -= 1
            if isinstance(answer, BaseException) and not isinstance(answer, IctalError):
                raise answer
            yield file, answer
        beat()
    finally:
        stopped.set()
        stop()
        patience = time.monotonic() + 1.0
        for thread in threads:
            thread.join(max(0.0, patience - time.monotonic()))
