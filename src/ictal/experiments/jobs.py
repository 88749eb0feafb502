"""Work on many files, side by side, that survives a worker that dies."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import multiprocessing.resource_tracker
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from ictal.core.errors import IctalError

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_PATIENCE = 5.0
"""Seconds that a worker has to tidy up when it is told to stop."""


class WorkerDiedError(IctalError):
    """A worker process ended without an answer."""


class JobRunner(Generic[Task, Answer]):
    """Runs one function on many tasks in several processes.

    A task whose worker is killed (for want of memory, say) is run again when all others are done, alone; only if that
    worker dies too, the task is given up. Whatever stops the run, Ctrl-C included, stops the workers.

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

    def run(self, tasks: Sequence[Task]) -> Generator[tuple[Task, Answer | WorkerDiedError]]:
        """Yield each task with its answer, as they come; the answer is an error where a worker died over it twice."""
        lost = yield from self._work_off(tasks, self._n_jobs)
        for task in (yield from self._work_off(lost, 1)):
            yield task, WorkerDiedError("the process that worked on it was killed, perhaps for want of memory")

    def _work_off(
        self, tasks: Sequence[Task], n_jobs: int
    ) -> Generator[tuple[Task, Answer | WorkerDiedError], None, list[Task]]:
        """Yield answers as they come, and return the tasks over which a worker died."""
        left = list(reversed(tasks))
        lost: list[Task] = []
        idle: list[Worker] = []
        busy: dict[Any, tuple[Worker, Task]] = {}
        try:
            while left or busy:
                while left and len(busy) < n_jobs:
                    worker, task = idle.pop() if idle else Worker(self._work), left.pop()
                    busy[worker.channel] = worker, task
                    worker.give(task)
                for channel in multiprocessing.connection.wait(list(busy)):
                    worker, task = busy[channel]
                    try:
                        answer = worker.channel.recv()
                    except (EOFError, OSError):
                        lost.append(task)
                        worker.stop()
                    else:
                        idle.append(worker)
                        yield task, answer
                    del busy[channel]
        finally:
            for worker in {*idle, *(worker for worker, _ in busy.values())}:
                worker.stop()
        return lost


@contextlib.contextmanager
def work_off(
    work: Callable[[Task], Answer], tasks: Sequence[Task], n_jobs: int
) -> Iterator[Iterator[tuple[Task, Answer | WorkerDiedError]]]:
    """Give each task with its answer, as they come; whoever leaves the block early has stopped what still worked.

    Parameters
    ----------
    work : callable
        As :class:`JobRunner` takes it.
    tasks : sequence
    n_jobs : int
        Tasks side by side; one at a time needs no process of its own.

    Examples
    --------
    >>> with work_off(abs, [-1, 2], n_jobs=1) as answers:
    ...     list(answers)
    [(-1, 1), (2, 2)]
    """
    if min(n_jobs, len(tasks)) <= 1:
        yield ((task, work(task)) for task in tasks)
        return
    runner: JobRunner[Task, Answer] = JobRunner(work, min(n_jobs, len(tasks)))
    with contextlib.closing(runner.run(tasks)) as answers:
        yield answers


class Worker:
    """A process that answers tasks, one at a time."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        # A fresh process: a fork of one that runs threads can hang.
        context = multiprocessing.get_context("spawn")
        self.channel, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(work, theirs), daemon=True)
        with interrupts_held():
            self._process.start()
        theirs.close()

    def give(self, task: Any) -> None:
        """Hand over a task; that the worker is dead is noticed when its answer is awaited."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.channel.send(task)

    def stop(self) -> None:
        """End the process; it removes what it has half-written."""
        self.channel.close()
        self._process.terminate()
        self._process.join(_PATIENCE)
        self._process.kill()
        self._process.join()


def serve(work: Callable[[Any], Any], channel: Connection) -> None:
    """Answer tasks until there is nobody left who asks: what a worker process does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with contextlib.suppress(EOFError, OSError):
        while True:
            channel.send(work(channel.recv()))
    # Nothing is half-written any more; the interpreter, while it shuts down, shall not be asked to exit again.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C from processes that are started meanwhile: a terminal sends it to all, and the parent ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Its first start would let the signal through again.
    multiprocessing.resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
