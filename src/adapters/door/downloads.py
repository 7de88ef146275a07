"""Files that are attached to something, as downloads."""

from __future__ import annotations

from fastapi import Response
from fastapi.responses import FileResponse

from adapters.bootstrap.application import Application

# Whatever a file is, a browser saves it: it is not shown, runs nothing, and is taken for no other media type.
HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def attachment_answer(app: Application, content_hash: str, name: str) -> Response:
    """A file as a download under a name, for who may see what it is attached to; the caller has made sure of that."""
    kept, path = app.attachments.find(content_hash)
    return FileResponse(path, media_type=kept.media_type, filename=name, headers=HARMLESS)
