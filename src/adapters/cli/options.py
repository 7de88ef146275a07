"""Options and arguments that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from billing_core.kernel.errors import BillingError

JSON_OPTION = "--json"
AsJson = Annotated[bool, typer.Option(JSON_OPTION, help="Print one JSON document instead of tables.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help="Show at most this many.")]
AfterNumber = Annotated[str, typer.Option("--after", metavar="NUMBER", help="Start after this number.")]
AsOfName = Annotated[
    str | None, typer.Option("--asof", metavar="NAME", help="Answer from what `billing asof NAME` built.")
]
Yes = Annotated[
    bool, typer.Option("--yes", help="Do it without asking, though it is far ahead, large, or concerns many accounts.")
]
File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)]


def parse_day(text: str) -> date:
    """A date given on the command line."""
    from adapters.files.cells import parse_date

    try:
        return parse_date(text, "date")
    except BillingError as error:
        raise typer.BadParameter(f"{text!r} {error.message}") from None


def parse_instant(text: str) -> datetime:
    """A moment given on the command line; `LocalTimes.instant` says which one it is if it names no offset."""
    try:
        if len(text) <= len("2026-03-01"):
            raise ValueError("it has no time of day")
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is not an instant like 2026-03-01T14:30 or 2026-03-01T14:30+02:00"
        ) from None


def parse_id(text: str) -> UUID:
    """The id of a command."""
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a UUID; make one with `uuidgen`") from None
