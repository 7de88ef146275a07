"""The processes of one server: whether it is alive, and its remains after it was killed.

A server writes its process id into lock files. After a kill, or a restart of the machine, an id there may be another
process's, so a server is known by its name, which PostgreSQL shows in the title of each of its processes.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psutil
from psycopg.pq import PGconn, Ping

FAREWELL_SECONDS = 5
ANSWER_SECONDS = 5


class Postmaster(NamedTuple):
    """The living server that a lock file names; without a socket it has not begun to listen yet."""

    process: psutil.Process
    url: str
    is_stopping: bool

    def accepts_connections(self) -> bool:
        """Ask the server itself; it says no while it starts, recovers or stops."""
        return self.url != "" and PGconn.ping(f"{self.url}&connect_timeout={ANSWER_SECONDS}".encode()) == Ping.OK

    def writes_checkpoint(self) -> bool:
        """Whether it writes the checkpoint before its end, which its checkpointer shows in its title."""
        with suppress(psutil.Error):
            return any("performing shutdown checkpoint" in _title(child) for child in self.process.children())
        return False


def living_postmaster(lock_file: Path, server_name: str, user: str) -> Postmaster | None:
    """The server that a lock file names, if it is alive; its URL is that of a user on the database `postgres`."""
    try:
        lines = lock_file.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    process = _process_of(lines)
    if process is None or not _belongs(process, server_name):
        return None
    if len(lines) < 8:
        return Postmaster(process, url="", is_stopping=False)
    port, socket_folder, status = lines[3].strip(), quote(lines[4].strip(), safe=""), lines[7].strip()
    return Postmaster(process, f"postgresql://{user}@/postgres?host={socket_folder}&port={port}", status == "stopping")


def clear_remains(lock_files: Iterable[Path], server_name: str) -> None:
    """Remove the remains of a killed server: lock files that name an unrelated process, and orphans.

    PostgreSQL itself removes the lock files of a process that is gone. It cannot know that an unrelated process has
    inherited the id, and it refuses to start while an orphan of the dead server is still at work.
    """
    for lock_file in lock_files:
        if lock_file.exists() and _names_a_stranger(lock_file):
            lock_file.unlink()
    end_processes(server_name)


def end_processes(server_name: str) -> None:
    """Kill every process of a server and wait until they are gone."""
    processes = [process for process in psutil.process_iter() if _belongs(process, server_name)]
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, timeout=FAREWELL_SECONDS)


def _process_of(lock_lines: list[str]) -> psutil.Process | None:
    """The process that a lock file names in its first line, if it is alive."""
    try:
        return psutil.Process(int(lock_lines[0]))
    except (IndexError, ValueError, psutil.Error):
        return None


def _belongs(process: psutil.Process, server_name: str) -> bool:
    try:
        return process.name() == "postgres" and server_name in _title(process)
    except psutil.Error:
        return False


def _title(process: psutil.Process) -> str:
    return " ".join(process.cmdline())


def _names_a_stranger(lock_file: Path) -> bool:
    """Whether a lock file names a living process other than PostgreSQL, or a zombie."""
    process = _process_of(lock_file.read_text(errors="replace").splitlines())
    try:
        return process is not None and (process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres")
    except psutil.Error:
        return False
