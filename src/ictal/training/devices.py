"""Several devices that train one network: this process is the first of them, and starts one for each of the others.

So what the caller gave (a validation, a tuner that watches, a progress bar) stays in the caller's process, and only
plain parts of a training are sent to the others.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import torch
from lightning.fabric.plugins.environments.cluster_environment import ClusterEnvironment

from ictal.core.errors import IctalError, ParameterError

ADDRESS = "127.0.0.1"
_PATIENCE = 30.0
"""Seconds that the others have to end after the first one has."""


class DeviceLostError(IctalError):
    """The process of one of several devices ended before the training did."""


class OneMachine(ClusterEnvironment):
    """Which of how many processes of this machine one is."""

    def __init__(self, rank: int = 0, size: int = 1, port: int = 0) -> None:
        super().__init__()
        self._rank, self._size, self._port = rank, size, port

    @property
    def creates_processes_externally(self) -> bool:
        """Lightning is to start none."""
        return True

    @property
    def main_address(self) -> str:
        """Where the first process listens."""
        return ADDRESS

    @property
    def main_port(self) -> int:
        """Where the first process listens."""
        return self._port

    @staticmethod
    def detect() -> bool:
        """It is never found, always given."""
        return False

    def world_size(self) -> int:
        """How many processes."""
        return self._size

    def set_world_size(self, size: int) -> None:
        """It stays what it is."""

    def global_rank(self) -> int:
        """Which of them this is."""
        return self._rank

    def set_global_rank(self, rank: int) -> None:
        """It stays what it is."""

    def local_rank(self) -> int:
        """Which of them this is."""
        return self._rank

    def node_rank(self) -> int:
        """There is one machine."""
        return 0


@contextmanager
def others_started(train: Callable[[Any, OneMachine], object], job: Any, n_devices: int) -> Iterator[OneMachine]:
    """Have the other devices train as well while this process does; give its place among them.

    Parameters
    ----------
    train : callable
        A function of a module, that trains with `job` in the place that it is given.
    job : object
        What can be sent to another process.
    n_devices : int
        This process among them; for one, nothing is started.

    Raises
    ------
    DeviceLostError
        If another process ends early.
    ParameterError
        If this process is itself one of several that work side by side, and may start none.
    """
    if n_devices == 1:
        yield OneMachine()
        return
    if multiprocessing.current_process().daemon:
        raise ParameterError(f"devices: {n_devices} are not possible for folds side by side; run them one by one.")
    before = {name: os.environ.get(name) for name in ("MASTER_ADDR", "MASTER_PORT")}
    port = _free_port()
    others = [_Other(train, job, OneMachine(rank, n_devices, port)) for rank in range(1, n_devices)]
    try:
        for other in others:
            other.await_start()
        yield OneMachine(0, n_devices, port)
        for other in others:
            other.process.join(_PATIENCE)
    except RuntimeError as error:
        lost = [other for other in others if not other.process.is_alive()]
        if lost and not isinstance(error, IctalError):
            raise DeviceLostError(
                "the process of one of the devices was killed, perhaps for want of memory; the epochs before are kept"
            ) from error
        raise
    finally:
        for other in others:
            other.process.kill()
            other.process.join()
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class _Other:
    """The process of another device."""

    def __init__(self, train: Callable[[Any, OneMachine], object], job: Any, place: OneMachine) -> None:
        # A fresh process: a fork of one that runs threads can hang.
        context = multiprocessing.get_context("spawn")
        self._channel, theirs = context.Pipe(duplex=False)
        self.process = context.Process(target=_train_beside, args=(train, job, place, theirs), daemon=True)
        with _interrupts_ignored():
            self.process.start()
        theirs.close()

    def await_start(self) -> None:
        """Wait until it has all it needs; the devices wait for each other from then on."""
        try:
            self._channel.recv()
        except EOFError:
            raise DeviceLostError("the process of one of the devices could not be started") from None


def _train_beside(train: Callable[[Any, OneMachine], object], job: Any, place: OneMachine, channel: Connection) -> None:
    channel.send("ready")
    train(job, place)
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Let processes that are started meanwhile ignore Ctrl-C: a terminal sends it to all, and the first ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port: int = probe.getsockname()[1]
    return port
