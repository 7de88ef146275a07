"""A real PostgreSQL without set-up: started for its first user, stopped after its last one.

The kernel counts the users: each holds a shared lock on a file while it works, which is released with its process.
Starting and stopping take turns under a second lock. How the server itself is made and run is in `cluster`.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from adapters.postgres.cluster import Cluster
from adapters.postgres.server_unavailable import ServerUnavailable

if sys.platform != "win32":  # there the program works with a server of the user's own
    import fcntl

__all__ = ["DATABASE", "ServerUnavailable", "create_database", "running_server"]

DATABASE = "billing"
LOCKS = "locks"

TURN_PATIENCE_SECONDS = 180
POLL_SECONDS = 0.05
ATTEMPTS_TO_CONNECT = 3

_logger = logging.getLogger(__name__)


@contextmanager
def running_server(data_folder: Path) -> Iterator[str]:
    """The URL of database `billing` on a server that runs at least as long as this context.

    Any number of threads and processes may use one folder at once; the last user stops the server. A user that is
    killed leaves the server running; the next one takes it over. Raises `ServerUnavailable`.
    """
    cluster = Cluster(data_folder.expanduser().resolve())
    url, user_lock = _enter(cluster)
    owner = os.getpid()
    try:
        yield url
    finally:
        if os.getpid() == owner:  # a forked child that unwinds must not end its parent's use
            _leave(cluster, user_lock)


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


def _enter(cluster: Cluster) -> tuple[str, int]:
    """Start the server if it does not run, and count as a user: the URL, and the lock to hold."""
    folder = cluster.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _prepare_locks(cluster)
        with _turn(cluster):
            url = _database_on(cluster)
            user_lock = _open_lock(cluster, "users.lock")
            fcntl.flock(user_lock, fcntl.LOCK_SH)
    except OSError as error:
        raise ServerUnavailable(folder, str(error)) from error
    except psycopg.Error as error:
        raise ServerUnavailable(folder, f"it runs, but refuses to work: {error}") from error
    return url, user_lock


def _database_on(cluster: Cluster) -> str:
    """The URL of the database; once more if the server, ready a moment ago, has just cut its connections."""
    for _ in range(ATTEMPTS_TO_CONNECT - 1):
        with suppress(psycopg.OperationalError):
            return create_database(cluster.ensure_running(), DATABASE)
    return create_database(cluster.ensure_running(), DATABASE)


def _leave(cluster: Cluster, user_lock: int) -> None:
    """Count no longer as a user; the last user stops the server. A failure is logged: the work itself is done."""
    try:
        with _turn(cluster):
            fcntl.flock(user_lock, fcntl.LOCK_UN)
            if _lock_at_once(user_lock):
                cluster.stop()
    except (OSError, ServerUnavailable) as error:
        _logger.warning("PostgreSQL in %s was left running: %s", cluster.folder, error)
    finally:
        os.close(user_lock)


def _prepare_locks(cluster: Cluster) -> None:
    """The locks stand in a folder of their own: who can open a lock can hold it, and keep everybody else waiting."""
    locks = cluster.folder / LOCKS
    with suppress(FileExistsError):
        cluster.account.make_private(locks)
    if not cluster.account.alone_may_enter(locks):
        raise ServerUnavailable(cluster.folder, f"others may enter the folder of its locks, {locks}",
                                mend=f"Remove {locks} while no `billing` process runs.")  # fmt: skip


@contextmanager
def _turn(cluster: Cluster) -> Iterator[None]:
    """One process at a time starts or stops the server of a folder."""
    lock = _open_lock(cluster, "server.lock")
    try:
        give_up_at = time.monotonic() + TURN_PATIENCE_SECONDS
        while not _lock_at_once(lock):
            if time.monotonic() > give_up_at:
                reason = f"another process has been starting or stopping it for over {TURN_PATIENCE_SECONDS} seconds"
                raise ServerUnavailable(cluster.folder, reason, mend="Look for a stuck `billing` process and end it.")
            time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(lock)


def _open_lock(cluster: Cluster, name: str) -> int:
    """Open a lock; made by root, it is its account's all the same."""
    lock = os.open(cluster.folder / LOCKS / name, os.O_RDONLY | os.O_CREAT, 0o600)
    if os.geteuid() != cluster.account.uid:
        os.fchown(lock, cluster.account.uid, cluster.account.gid)
    return lock


def _lock_at_once(lock: int) -> bool:
    """Take an exclusive lock if it is free."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
