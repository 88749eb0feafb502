"""Processes for several devices; that they train one network is tested where it is fitted."""

from __future__ import annotations

import multiprocessing
import operator
import os
from typing import Any

import pytest

from ictal.core.errors import ParameterError
from ictal.training.devices import DeviceLostError, OneMachine, others_started


def test_one_device_needs_no_process() -> None:
    with others_started(print, None, 1) as place:
        assert (place.global_rank(), place.world_size()) == (0, 1)
        assert not multiprocessing.active_children()


def test_a_place_is_what_it_was_made() -> None:
    place = OneMachine(rank=2, size=4, port=1234)
    place.set_global_rank(0)
    place.set_world_size(1)
    assert (place.global_rank(), place.local_rank(), place.node_rank(), place.world_size()) == (2, 2, 0, 4)
    assert (place.main_address, place.main_port, place.creates_processes_externally) == ("127.0.0.1", 1234, True)


class Rude:
    """Ends the process that takes it in."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (3,)


class PoliteError(RuntimeError):
    """What a lost connection looks like."""


@pytest.mark.slow
def test_processes_that_are_lost_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MASTER_PORT", raising=False)
    with pytest.raises(DeviceLostError, match="could not be started"), others_started(print, Rude(), 2):
        pytest.fail("it begins only when all are there")
    lost = pytest.raises(DeviceLostError, match="was killed, perhaps for want of memory; the epochs before are kept")
    # What is no training ends as soon as it has begun.
    with lost, others_started(operator.is_, None, 2) as place:
        os.environ["MASTER_PORT"] = str(place.main_port)
        (other,) = multiprocessing.active_children()
        other.join(600)
        raise PoliteError("connection closed by peer")
    assert "MASTER_PORT" not in os.environ
    assert not multiprocessing.active_children()


def test_one_of_several_side_by_side_starts_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)  # type: ignore[attr-defined]
    refused = pytest.raises(ParameterError, match="devices: 2 are not possible for folds side by side")
    with refused, others_started(print, None, 2):
        pytest.fail("nothing is started")
