"""A PostgreSQL server of our own, as Debian's package brings it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NO_SERVER = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
PASSWORD = "seekrit"


def find_programs() -> Path | None:
    """Return the folder of initdb and pg_ctl, of the newest version; ``None`` where there is none."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    places = [*([Path(found).resolve()] if found is not None else []), *debian]
    return places[-1].parent if places else None


@contextmanager
def start_postgres() -> Iterator[str]:
    """Start a server on a free port of this machine, and yield the URL of a database with a user and a password."""
    programs = find_programs()
    if programs is None:
        pytest.skip(NO_SERVER)
    folder = Path(tempfile.mkdtemp(prefix="ictal-postgres-"))
    # The server refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    secret = folder / "password"
    secret.write_text(PASSWORD)
    if user is not None:
        shutil.chown(folder, user)
        shutil.chown(secret, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def call(program: str, *options: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *options]
        done = subprocess.run(command, user=user, cwd=folder, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        call("initdb", "--no-sync", "-U", "anna", "-A", "scram-sha-256", f"--pwfile={secret}")
        quick = f"-F -p {port} -c listen_addresses=127.0.0.1 -k {folder}"
        call("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", quick)
        yield f"postgresql://anna:{PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            call("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder)
