"""Files of a form: each is kept, and the command attaches it by its hash."""

from __future__ import annotations

from starlette.datastructures import UploadFile

from adapters.actions.attachments import KEEP_ATTACHMENT
from adapters.attachments.media_types import require_allowed
from adapters.pages.visit import Visit
from commands.platform.concerns import SHARED

PART_BYTES = 1_000_000


def kept_files(name: str, visit: Visit) -> list[dict[str, str]]:
    """The files of a field, each by the hash under which it was kept and the name it was sent with."""
    files = [file for file in visit.posted.get(name, ()) if isinstance(file, UploadFile) and file.filename]
    if files:
        visit.rights.require(KEEP_ATTACHMENT, SHARED)
    return [{"content_hash": _kept(file, visit), "name": file.filename or ""} for file in files]


def _kept(file: UploadFile, visit: Visit) -> str:
    attachments = visit.door.app.attachments
    declared = require_allowed(file.content_type or "")
    incoming = attachments.begin()
    try:
        while part := file.file.read(PART_BYTES):
            attachments.require_size(incoming.size + len(part))
            incoming.add(part)
        content_hash: str = attachments.keep(incoming, declared).content_hash
        return content_hash
    finally:
        incoming.abandon()
