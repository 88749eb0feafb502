"""Work on many files, side by side, that survives a worker that dies."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Generic, TypeVar

from ictal.core.errors import IctalError

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class WorkerDiedError(IctalError):
    """A worker process ended without an answer."""


class JobRunner(Generic[Task, Answer]):
    """Runs one function on many tasks in several processes.

    A worker that is killed (for want of memory, say) takes its pool with it. The tasks that were under way are then
    run again one at a time, so that only the one at fault is given up.

    Parameters
    ----------
    work : callable
        A function of a module, so that a process can find it; it answers its own errors.
    n_jobs : int
        Processes.

    Examples
    --------
    >>> sorted(JobRunner(abs, n_jobs=2).run([-1, 2]))
    [(-1, 1), (2, 2)]
    """

    def __init__(self, work: Callable[[Task], Answer], n_jobs: int) -> None:
        self._work = work
        self._n_jobs = n_jobs

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Answer | WorkerDiedError]]:
        """Yield each task with its answer, as they come; the answer is an error where a worker died over it."""
        left = list(reversed(tasks))
        while left:
            running: dict[Future[Answer], Task] = {}
            with self._pool(self._n_jobs) as pool:
                broken = yield from self._drain(pool, left, running)
            if broken:
                for suspect in running.values():
                    yield suspect, self._run_alone(suspect)

    def _drain(
        self, pool: ProcessPoolExecutor, left: list[Task], running: dict[Future[Answer], Task]
    ) -> Generator[tuple[Task, Answer | WorkerDiedError], None, bool]:
        """Run until nothing is left (return False) or a worker died (return True, with `running` not emptied)."""
        while left or running:
            while left and len(running) < self._n_jobs:
                task = left.pop()
                running[pool.submit(self._work, task)] = task
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                if isinstance(future.exception(), BrokenProcessPool):
                    return True
                yield running.pop(future), future.result()
        return False

    def _run_alone(self, task: Task) -> Answer | WorkerDiedError:
        with self._pool(1) as pool:
            try:
                return pool.submit(self._work, task).result()
            except BrokenProcessPool:
                return WorkerDiedError("the process that worked on it was killed, perhaps for want of memory")

    @staticmethod
    def _pool(n_jobs: int) -> ProcessPoolExecutor:
        # Fresh processes: a fork of one that runs threads can hang.
        return ProcessPoolExecutor(n_jobs, mp_context=multiprocessing.get_context("spawn"))
