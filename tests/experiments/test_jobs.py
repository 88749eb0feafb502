"""Work side by side, with workers that are killed, that are left alone by Ctrl-C, and that are told to stop."""

from __future__ import annotations

import math
import multiprocessing
import operator
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ictal.core.errors import IctalError
from ictal.experiments.jobs import JobRunner, WorkerDiedError, work_off

Call = Callable[[], Any]
"""A task that is run by ``operator.call``: both are found by a fresh process."""

KILL = partial(signal.raise_signal, signal.SIGKILL)


def run(tasks: list[Call], n_jobs: int = 2) -> list[tuple[Call, Any]]:
    return list(JobRunner(operator.call, n_jobs).run(tasks))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_every_task_gets_its_own_answer() -> None:
    answers = list(JobRunner(math.factorial, n_jobs=3).run(range(7)))
    assert sorted(answers) == [(n, math.factorial(n)) for n in range(7)]


def test_no_task_needs_no_worker() -> None:
    assert run([]) == []


def test_a_few_processes_do_all_the_work() -> None:
    pids = [pid for _, pid in run([partial(os.getpid) for _ in range(8)], n_jobs=2)]
    assert os.getpid() not in pids
    assert 1 <= len(set(pids)) <= 2


def test_two_tasks_are_under_way_at_once(tmp_path: Path) -> None:
    """Each waits for a file that the other makes: one after the other they would never end."""
    code = "import pathlib, time\npathlib.Path({0!r}).touch()\nwhile not pathlib.Path({1!r}).exists(): time.sleep(0.01)"
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    assert len(run([partial(exec, code.format(first, second)), partial(exec, code.format(second, first))])) == 2


def test_a_task_that_kills_its_worker_is_given_up_and_the_others_are_done() -> None:
    good = [partial(abs, -n) for n in range(5)]
    answers = run([good[0], KILL, *good[1:]])
    assert [task for task, _ in answers][-1] is KILL, "it is tried again when all others are done"
    assert sorted(answer for task, answer in answers if task is not KILL) == [0, 1, 2, 3, 4]
    error = answers[-1][1]
    assert isinstance(error, WorkerDiedError) and isinstance(error, IctalError)
    assert str(error) == "the process that worked on it was killed, perhaps for want of memory"


def test_every_task_that_kills_is_given_up_by_itself() -> None:
    answers = run([KILL, KILL, partial(abs, -1), KILL])
    assert len(answers) == 4
    assert [answer for _, answer in answers if not isinstance(answer, WorkerDiedError)] == [1]


def test_a_worker_killed_once_costs_nothing(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = (
        "import os, pathlib, signal\n"
        f"seen = pathlib.Path({str(seen)!r})\n"
        "if not seen.exists():\n"
        "    seen.touch()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    unlucky = partial(exec, code)
    answers = run([unlucky, partial(abs, -1)])
    assert answers == [(answers[0][0], 1), (unlucky, None)]
    assert seen.exists()


def test_ctrl_c_in_a_terminal_does_not_reach_the_workers() -> None:
    """A terminal sends it to every process; a worker that took it would print a traceback."""
    assert [answer for _, answer in run([partial(signal.raise_signal, signal.SIGINT)])] == [None]


def test_whoever_stops_early_leaves_no_worker_and_nothing_half_written(tmp_path: Path) -> None:
    code = (
        "import time\n"
        "from ictal.io.atomic import atomic_write\n"
        f"with atomic_write({str(tmp_path / 'result.tsv')!r}) as file:\n"
        "    file.write(b'half')\n"
        "    file.flush()\n"
        "    time.sleep(600)\n"
    )
    answers = JobRunner(operator.call, 2).run([partial(exec, code), partial(os.getpid)])
    pid = next(answers)[1]
    deadline = time.monotonic() + 30
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"], "one worker is idle, one in the middle of writing"
    answers.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []
    assert not is_running(pid)


def test_a_killed_worker_that_was_idle_is_replaced() -> None:
    answers = JobRunner(operator.call, 1).run([partial(os.getpid), partial(abs, -2)])
    os.kill(next(answers)[1], signal.SIGKILL)
    assert [answer for _, answer in answers] == [2]


def test_leaving_early_stops_the_others_before_anything_else_happens() -> None:
    """Whoever catches the error finds no worker that still writes, though the traceback keeps every frame alive."""
    tasks: list[Call] = [partial(time.sleep, 60.0), partial(operator.neg, 1)]
    with pytest.raises(ValueError, match="-1") as caught, work_off(operator.call, tasks, 2) as answers:
        for _, answer in answers:
            raise ValueError(answer)
    assert caught.tb is not None
    assert multiprocessing.active_children() == []


def test_one_job_works_in_this_process() -> None:
    with work_off(operator.call, [os.getpid, os.getpid], 1) as answers:
        assert [answer for _, answer in answers] == 2 * [os.getpid()]
