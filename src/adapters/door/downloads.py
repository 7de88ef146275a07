"""Files that are attached to something, as downloads."""

from __future__ import annotations

from io import SEEK_END

from fastapi import Response
from fastapi.responses import FileResponse, StreamingResponse

from adapters.bootstrap.application import Application
from adapters.views.query import StreamedFile

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


def streamed(answer: StreamedFile) -> Response:
    """A file that is an answer, part by part as the other side takes it."""
    size = answer.file.seek(0, SEEK_END)
    headers = HARMLESS | {"Content-Length": str(size), "Content-Disposition": f'attachment; filename="{answer.name}"'}
    return StreamingResponse(answer.parts(), media_type=answer.media_type, headers=headers)
