"""A folder of files, each under the SHA-256 of its content: the same content is kept once, and never changes.

    FOLDER/ab/abcdef...         a file that is whole
    FOLDER/incoming/RANDOM      one that is coming in

A file comes in under a random name, reaches the disk, and is then renamed: whatever crashes, what stands under a hash
is whole. Nobody but the program's own account can read the folder, and nothing in it can be executed.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from time import time
from uuid import uuid4

INCOMING = "incoming"
HASH = re.compile("[0-9a-f]{64}")
READ_BYTES = 1_000_000
FOLDER_MODE, FILE_MODE = 0o700, 0o600


class Incoming:
    """A file that is coming in; `finish` or `abandon` ends it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._hashed = hashlib.sha256()
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb")

    def add(self, content: bytes) -> None:
        """The next part of it."""
        self._file.write(content)
        self._hashed.update(content)
        self.size += len(content)

    def finish(self) -> str:
        """The hash of the whole content, which is on the disk then."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._hashed.hexdigest()

    def abandon(self) -> None:
        """Remove what came in; a file that was kept stays."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class ContentFolder:
    """The folder; it is made when the first file comes in."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self) -> Incoming:
        """A file that is about to come in."""
        return Incoming(_made(self._path / INCOMING) / uuid4().hex)

    def keep(self, incoming: Incoming, content_hash: str) -> None:
        """Put a finished file under its hash; one of the same content stays as it is, unless it was altered."""
        place = self.path_of(content_hash)
        if self.is_sound(content_hash):
            incoming.path.unlink()
            return
        incoming.path.rename(_made(place.parent) / place.name)
        _write_names(place.parent)

    def path_of(self, content_hash: str) -> Path:
        """The place of a content, whether or not it is there."""
        if not HASH.fullmatch(content_hash):
            raise ValueError(f"no SHA-256: {content_hash!r}")
        return self._path / content_hash[:2] / content_hash

    def is_sound(self, content_hash: str) -> bool:
        """Whether the content of this hash is there, unaltered."""
        hashed = hashlib.sha256()
        try:
            with self.path_of(content_hash).open("rb") as file:
                while part := file.read(READ_BYTES):
                    hashed.update(part)
        except FileNotFoundError:
            return False
        return hashed.hexdigest() == content_hash

    def remove(self, content_hash: str) -> None:
        """Remove a content, if it is there."""
        self.path_of(content_hash).unlink(missing_ok=True)

    def remove_abandoned(self, seconds: float) -> None:
        """Remove what began to come in so long ago and never ended, because its process was killed."""
        for path in self._path.glob(f"{INCOMING}/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time() - seconds:
                    path.unlink()


def _made(folder: Path) -> Path:
    """The folder, made if it is missing, so that its name is on the disk."""
    if not folder.is_dir():
        if not folder.parent.is_dir():
            _made(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        _write_names(folder.parent)
    return folder


def _write_names(folder: Path) -> None:
    """Have the names within a folder reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
