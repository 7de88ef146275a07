"""Keep a file, for a command that attaches it to something."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.options import AsJson
from adapters.cli.session import opened
from adapters.cli.show import print_json, tell

PART_BYTES = 1_000_000


def keep(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A picture, PDF, text ...")],
    as_json: AsJson = False,
) -> None:
    """Keep a file, so that a command can attach it by the hash of its content.

    The same content is kept once. A file that nothing names is removed after a day.
    """
    declared = mimetypes.guess_type(file.name)[0] or ""
    with opened(context) as app:
        incoming = app.attachments.begin()
        try:
            with file.open("rb") as source:
                while part := source.read(PART_BYTES):
                    incoming.add(part)
                    app.attachments.require_size(incoming.size)
            kept = app.attachments.keep(incoming, declared)
        finally:
            incoming.abandon()
    if as_json:
        print_json(kept)
    else:
        tell(f"{kept.content_hash}  {kept.media_type}, {kept.size_bytes:,} bytes")


COMMANDS = {"keep-attachment": keep}
