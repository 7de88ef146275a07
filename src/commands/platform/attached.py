"""Files that a command attaches: each came in before, and is named by the hash of its content."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from billing_core.kernel.attachments import MOST_FILES, Attachment
from billing_core.kernel.errors import InvalidValue, NotFound
from commands.platform.ports import Transaction


class AttachedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came in, and the name that it has there."""

    content_hash: str
    name: str


def attached(files: Sequence[AttachedFile], transaction: Transaction) -> tuple[Attachment, ...]:
    """The files that came in under these hashes, kept from now on."""
    if len(files) > MOST_FILES:
        raise InvalidValue(f"are more than {MOST_FILES}", field="attachments", value=len(files))
    return tuple(attached_file(file.content_hash, transaction) for file in files)


def attached_file(content_hash: str, transaction: Transaction) -> Attachment:
    """The file that came in under a hash, kept from now on; `NotFound` if none is kept."""
    kept = transaction.hold_file(content_hash)
    if kept is None:
        raise NotFound("no such file is kept; send it first", field="attachment", value=content_hash)
    return Attachment(content_hash=kept.content_hash, media_type=kept.media_type, size_bytes=kept.size_bytes)
