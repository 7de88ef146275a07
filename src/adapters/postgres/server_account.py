"""The account that runs PostgreSQL's programs and owns its folders: that of this program, unless it is root.

PostgreSQL refuses to run as root. Under root it runs as the owner of its data, or else as a system account made for it.
The rights of folders that exist are never changed. If that account cannot pass through those above the data, the server
is started in its data folder and never asks for the way to it; if it cannot read the programs, it gets a copy of them.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SYSTEM_ACCOUNT = "billing-postgres"
ATTEMPTS_TO_MAKE_IT = 10
COPIED_PROGRAMS = Path("/var/lib/billing-postgres")


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
        """Whether nobody else may, but root; a folder that root is making has its owner a moment later."""
        state = folder.lstat()
        is_own = state.st_uid in (self.uid, os.geteuid())
        return stat.S_ISDIR(state.st_mode) and is_own and not state.st_mode & 0o077

    def may_reach(self, path: Path) -> bool:
        """Whether the rights of the folders above a path let this account pass."""
        return os.geteuid() == self.uid or all(self._has(stat.S_IXOTH, folder) for folder in path.parents)

    def may_run(self, program: Path) -> bool:
        return self.may_reach(program) and (os.geteuid() == self.uid or self._has(stat.S_IROTH | stat.S_IXOTH, program))

    def _has(self, rights: int, path: Path) -> bool:
        """Whether an account has rights, given as those of all others, as owner, by its group or like anybody."""
        state = path.stat()
        shift = 6 if state.st_uid == self.uid else 3 if state.st_gid == self.gid else 0
        return state.st_mode & rights << shift == rights << shift

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


def account_for(data: Path) -> ServerAccount:
    """The account of the server on these data."""
    if os.geteuid() != 0:
        return ServerAccount(os.geteuid(), os.getegid())
    return _owner_of(data) or _system_account()


def copied_programs(programs: Path, version: str) -> Path:
    """A copy of PostgreSQL's programs that every account may run, made when first needed."""
    package = programs.parents[1]
    target = COPIED_PROGRAMS / version
    if not target.exists():
        fresh = target.with_name(f"{version}.new-{os.getpid()}")
        for source in (package / "pginstall", package.with_name(f"{package.name}.libs")):
            shutil.copytree(source, fresh / source.relative_to(package.parent), symlinks=True)
        for path in (COPIED_PROGRAMS, fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        with suppress(OSError):  # Another process has just made it.
            fresh.rename(target)
        shutil.rmtree(fresh, ignore_errors=True)
    return target / programs.relative_to(package.parent)


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
