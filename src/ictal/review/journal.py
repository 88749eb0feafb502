"""The journal of a reader: one decision a line, only ever added to."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ictal.core.errors import OutputError, ParameterError, located
from ictal.io.atomic import refused_output
from ictal.review.decision import Decision, decode_decision, encode_decision
from ictal.review.folder import held_by_one


class Journal:
    """Decisions on disk, for any number of threads and processes at once.

    A line counts when its end is on disk. What is left of one that was being written when the power failed counts for
    nothing, and goes when the next decision is added; a damaged line in the middle is told in :attr:`notes` and stays.

    Parameters
    ----------
    path : path
        The file; it is made with the first decision, and its folder too if that is missing alone.

    Examples
    --------
    >>> import tempfile
    >>> from ictal.core.events import Event
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     journal = Journal(Path(folder, "journal.jsonl"))
    ...     kept = journal.append(Decision("k1", "night", "p1", 0, "accepted", Event(12.0, 30.0)))
    ...     [decision.key for decision in Journal(journal.path).decisions]
    ['k1']
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._threads = threading.RLock()
        self._depth = 0
        self._forget()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """All decisions in the order in which they were made, those of other processes too.

        While the file is out of reach, those that are known.

        Raises
        ------
        OutputError
            If the file cannot be read.
        """
        with self._threads:
            self._read()
            return tuple(self._decisions)

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be read."""
        with self._threads:
            self._read()
            return tuple(self._notes)

    def find(self, key: str) -> Decision | None:
        """Return the decision with this key, or ``None``."""
        with self._threads:
            self._read()
            return self._by_key.get(key)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no one else add a decision meanwhile.

        Raises
        ------
        OutputError
            If the folder cannot be written, or another program does not let go.
        """
        with self._threads:
            if self._depth:
                yield
                return
            self._make_folder()
            with held_by_one(self.path):
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1

    def append(self, decision: Decision, check: Callable[[Sequence[Decision]], None] | None = None) -> Decision:
        """Keep a decision, on disk when this returns, and return it as it is kept.

        Parameters
        ----------
        decision : Decision
            If its key is known, nothing is added and the known one is returned.
        check : callable, optional
            Is given all decisions that there are; what it raises leaves the journal as it is.

        Raises
        ------
        OutputError
            If it cannot be written; then it is not kept.
        ParameterError
            If a number in it is not finite.
        """
        with self.held():
            self._read()
            if decision.key in self._by_key:
                return self._by_key[decision.key]
            if check is not None:
                check(tuple(self._decisions))
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            self._write(_encode_line(replace(decision, at=now)))
            self._read()
            return self._by_key[decision.key]

    def _make_folder(self) -> None:
        # Not its parents: a disk that is not there now must not come back as an empty folder in its place.
        try:
            self.path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise refused_output(error, self.path) from error

    def _forget(self) -> None:
        self._decisions: list[Decision] = []
        self._by_key: dict[str, Decision] = {}
        self._notes: list[str] = []
        self._n_lines = 0
        self._n_bytes = 0
        self._file = (0, 0)

    def _read(self) -> None:
        try:
            descriptor = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return
        except OSError as error:
            raise OutputError(located(f"cannot be read: {error.strerror}", file=self.path)) from error
        try:
            now = os.fstat(descriptor)
            if (now.st_dev, now.st_ino) != self._file or now.st_size < self._n_bytes:
                self._forget()
                self._file = (now.st_dev, now.st_ino)
            new = _read_from(descriptor, self._n_bytes, now.st_size)
        except OSError as error:
            raise OutputError(located(f"cannot be read: {error.strerror}", file=self.path)) from error
        finally:
            os.close(descriptor)
        whole, end, _ = new.rpartition(b"\n")
        for line in whole.split(b"\n") if end else ():
            self._take(line)
        self._n_bytes += len(whole) + len(end)

    def _take(self, line: bytes) -> None:
        self._n_lines += 1
        try:
            decision = decode_decision(line.decode())
        except (ValueError, ArithmeticError, RecursionError):
            self._note("is damaged and counts for nothing; it is left as it is")
            return
        if decision.key in self._by_key:
            self._note("repeats an earlier one and is counted once")
            return
        self._decisions.append(decision)
        self._by_key[decision.key] = decision

    def _note(self, problem: str) -> None:
        self._notes.append(located(problem, file=self.path.name, field=f"line {self._n_lines}"))

    def _write(self, line: bytes) -> None:
        is_new = self._n_bytes == 0
        if not is_new and not self.path.exists():
            raise OutputError(located("is gone; bring it back before anything is added to it", file=self.path))
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | (os.O_CREAT if is_new else 0), 0o666)
            try:
                _add(descriptor, line, self._n_bytes)
            finally:
                os.close(descriptor)
            if is_new:
                _sync_folder(self.path.parent)
                _sync_folder(self.path.parent.parent)
        except OSError as error:
            raise refused_output(error, self.path) from error


def _encode_line(decision: Decision) -> bytes:
    # What is no character, such as a part of a file name in another encoding, is escaped as JSON escapes it.
    try:
        return f"{encode_decision(decision)}\n".encode(errors="backslashreplace")
    except ValueError as problem:
        raise ParameterError(f"decision: {decision.key!r} cannot be written: {problem}") from None


def _read_from(descriptor: int, start: int, stop: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    blocks = []
    while start < stop and (block := os.read(descriptor, stop - start)):
        blocks.append(block)
        start += len(block)
    return b"".join(blocks)


def _add(descriptor: int, line: bytes, start: int) -> None:
    """Put a line at the end of a file that is whole up to `start`, and is so still if anything goes wrong."""
    if os.fstat(descriptor).st_size != start:
        os.ftruncate(descriptor, start)
    try:
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    except BaseException:
        os.ftruncate(descriptor, start)
        raise


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
