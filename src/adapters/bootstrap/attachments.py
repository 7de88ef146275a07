"""Attachments: files that came in, are read through what they are attached to, and go when nothing names them.

A file comes in first, and a command then attaches it by its hash: within a day, else it is removed. Who may read
the object may read the file; there is no other way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from adapters.attachments.content_folder import ContentFolder, Incoming
from adapters.attachments.media_types import UNKNOWN, media_type_of
from adapters.postgres.attachments import PostgresAttachments
from billing_core.kernel.errors import InvalidValue, NotFound
from commands.platform.ports import KeptFile
from projections.platform.check import MOST_OFFENDERS, Finding
from projections.platform.ports import Progress

DAY_SECONDS = 86_400
READ_BYTES = 1_000_000
MEBIBYTE = 1_048_576
SOUND = "the content of every attachment is in its folder, unaltered"
NAMED_ARE_KEPT = "every file that is attached to something is kept"


class AttachmentTooLarge(InvalidValue):
    """The file is larger than the settings allow."""

    code = "too-large"


class Attachments:
    """The folder of contents with the table of what is kept in it."""

    def __init__(
        self, folder: ContentFolder, kept: PostgresAttachments, catch_up: Callable[[], object], most_bytes: int
    ) -> None:
        self._folder = folder
        self._kept = kept
        self._catch_up = catch_up
        self._most_bytes = most_bytes

    def begin(self) -> Incoming:
        """A file that is about to come in: `add` its parts, then `keep` it or have it `abandon`ed."""
        return self._folder.begin()

    def require_size(self, size: int) -> None:
        """`AttachmentTooLarge` if a file of so many bytes is refused."""
        if size > self._most_bytes:
            raise AttachmentTooLarge(f"is over {self._most_bytes // MEBIBYTE} MiB", field="size", value=size)

    def keep(self, incoming: Incoming, declared: str) -> KeptFile:
        """Keep a file that has come in whole, for a day and as long as something names it.

        Its media type is the declared one, which its content must not contradict.
        """
        if not incoming.size:
            raise InvalidValue("is empty", field="file")
        self.require_size(incoming.size)
        content_hash = incoming.finish()
        return self._keep(incoming, KeptFile(content_hash, incoming.size, media_type_of(declared, incoming.path)))

    def keep_as_it_came(self, path: Path) -> KeptFile:
        """Keep a file that the program reads itself, of any size and whatever stands in it."""
        incoming = self.begin()
        try:
            with path.open("rb") as file:
                while part := file.read(READ_BYTES):
                    incoming.add(part)
            return self._keep(incoming, KeptFile(incoming.finish(), incoming.size, UNKNOWN))
        finally:
            incoming.abandon()

    def _keep(self, incoming: Incoming, kept: KeptFile) -> KeptFile:
        content_hash = kept.content_hash
        with self._kept.only_keeper(content_hash):
            kept = self._kept.note(kept)
            self._folder.keep(incoming, content_hash)
            return kept

    def find(self, content_hash: str) -> tuple[KeptFile, Path]:
        """A file that is kept, and where its content stands."""
        kept = self._kept.find(content_hash)
        if kept is not None and (path := self._folder.path_of(kept.content_hash)).is_file():
            return kept, path
        raise NotFound("no such file is kept", field="attachment", value=content_hash)

    def remove_unnamed(self, progress: Progress) -> int:
        """Remove the files that nothing has named for a day, and what crashes left behind; how many files.

        The read models are brought to the end of the log first: they say what is named.
        """
        self._catch_up()
        removed = 0
        for content_hash in self._kept.unnamed():
            with self._kept.only_keeper(content_hash), self._kept.forgetting(content_hash) as is_unnamed:
                if is_unnamed:
                    self._folder.remove(content_hash)
                    removed += 1
            progress(1)
        self._folder.remove_abandoned(DAY_SECONDS)
        return removed

    def findings(self, progress: Progress) -> list[Finding]:
        """What must hold of attachments, with the first few that break it. Every content is read."""
        unsound = list(islice(self._unsound(progress), MOST_OFFENDERS))
        return [Finding(SOUND, unsound), Finding(NAMED_ARE_KEPT, self._kept.named_but_not_kept(MOST_OFFENDERS))]

    def _unsound(self, progress: Progress) -> Iterator[str]:
        for kept in self._kept.all():
            if not self._folder.is_sound(kept.content_hash):
                state = "altered" if self._folder.path_of(kept.content_hash).exists() else "missing"
                yield f"{kept.content_hash}: {state}"
            progress(1)
