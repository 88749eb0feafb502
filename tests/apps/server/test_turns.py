"""One at a time, and of what one asks only the last."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ictal.apps.server.turns import SupersededError, Turns


def wait_for_askers(turns: Turns, asker: str, number: int) -> None:
    end = time.monotonic() + 10.0
    while turns._asked[asker] < number:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_of_those_who_wait_the_last_works_and_the_others_go() -> None:
    turns, begun, released = Turns(), threading.Event(), threading.Event()
    worked: list[str] = []

    def work(name: str) -> None:
        with turns.take("anna"):
            begun.set()
            assert released.wait(10.0)
            worked.append(name)

    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(work, "first")]
        assert begun.wait(10.0)
        for number, name in enumerate(["second", "third", "fourth"], start=2):
            waiting.append(pool.submit(work, name))
            wait_for_askers(turns, "anna", number)
        released.set()
        problems = [one.exception() for one in waiting]
    assert worked == ["first", "fourth"]
    assert [type(one) for one in problems] == [type(None), SupersededError, SupersededError, type(None)]


def test_readers_do_not_send_each_other_away_and_never_work_at_once() -> None:
    turns, at_work, most = Turns(), 0, 0

    def work(asker: str) -> None:
        nonlocal at_work, most
        with turns.take(asker):
            at_work += 1
            most = max(most, at_work)
            time.sleep(0.005)
            at_work -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, [f"reader {number}" for number in range(8)]))
    assert most == 1


def test_a_failure_ends_the_turn() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.take("anna"):
        1 / 0  # noqa: B018
    with turns.take("anna"):
        pass
