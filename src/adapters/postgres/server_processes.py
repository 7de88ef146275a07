"""The processes of one server: whether it is alive, and its remains after it was killed.

A server writes its process id into lock files. After a kill, or a restart of the machine, an id there may be another
process's, so a server is known by its name, which PostgreSQL shows in the title of each of its processes.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

FAREWELL_SECONDS = 5


class Postmaster(NamedTuple):
    """The running server according to its lock file: its socket, and whether it accepts connections yet."""

    socket_folder: str
    ready: bool


def living_postmaster(lock_file: Path, server_name: str) -> Postmaster | None:
    """The server that a lock file names, if it is alive."""
    try:
        lines = lock_file.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    process = _process_of(lines)
    if process is None or not _belongs(process, server_name):
        return None
    if len(lines) < 8:
        return Postmaster(socket_folder="", ready=False)
    return Postmaster(socket_folder=lines[4].strip(), ready=lines[7].strip() == "ready")


def clear_remains(lock_files: Iterable[Path], server_name: str) -> None:
    """Remove the remains of a killed server: lock files that name an unrelated process, and orphans.

    PostgreSQL itself removes the lock files of a process that is gone. It cannot know that an unrelated process has
    inherited the id, and it refuses to start while an orphan of the dead server is still at work.
    """
    for lock_file in lock_files:
        if lock_file.exists() and _names_a_stranger(lock_file):
            lock_file.unlink()
    orphans = [process for process in psutil.process_iter() if _belongs(process, server_name)]
    for orphan in orphans:
        with suppress(psutil.Error):
            orphan.kill()
    psutil.wait_procs(orphans, timeout=FAREWELL_SECONDS)


def _process_of(lock_lines: list[str]) -> psutil.Process | None:
    """The process that a lock file names in its first line, if it is alive."""
    try:
        return psutil.Process(int(lock_lines[0]))
    except (IndexError, ValueError, psutil.Error):
        return None


def _belongs(process: psutil.Process, server_name: str) -> bool:
    try:
        return process.name() == "postgres" and server_name in " ".join(process.cmdline())
    except psutil.Error:
        return False


def _names_a_stranger(lock_file: Path) -> bool:
    """Whether a lock file names a living process other than PostgreSQL, or a zombie."""
    process = _process_of(lock_file.read_text(errors="replace").splitlines())
    try:
        return process is not None and (process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres")
    except psutil.Error:
        return False
