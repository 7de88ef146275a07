"""Files that are attached to something: how an event names one, and the names that one may have.

Where their content is kept, and which media types are accepted, is decided in `adapters.attachments`.
"""

from __future__ import annotations

import msgspec

from billing_core.kernel.errors import InvalidValue

MOST_FILES = 20
MOST_FILE_NAME = 200


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is attached: the SHA-256 of its content, by which it is kept, its size in bytes and media type."""

    content_hash: str
    media_type: str
    size_bytes: int


def require_file_name(name: str) -> str:
    """The name of a file alone: without folders, and without letters that no file system shows."""
    if not name.strip() or len(name) > MOST_FILE_NAME or not name.isprintable() or "/" in name or "\\" in name:
        raise InvalidValue(f"must be the name of a file, up to {MOST_FILE_NAME} letters", field="name", value=name[:40])
    return name.strip()
