"""Instants in the time zone of the seller whose business they are about, written and read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, tzinfo
from typing import NamedTuple

import typer

from adapters.cli.session import Session

# What is about no seller, if they are in several zones.
NO_STREAM = ""
PATTERN = "%Y-%m-%d %H:%M:%S"


class LocalTimes(NamedTuple):
    """The zone of each stream; the offset is shown if they differ."""

    zones: Mapping[str, tzinfo | None]

    @property
    def has_one_zone(self) -> bool:
        return len(set(self.zones.values())) == 1

    @property
    def zone_name(self) -> str:
        """The one zone, for a heading: `Europe/Prague`; empty if there are several."""
        zone = self.zones[NO_STREAM]
        return str(zone) if self.has_one_zone and zone is not None else ""

    def text(self, at: datetime | None, stream: str = NO_STREAM) -> str:
        """`2026-11-29 05:33:15`, with the offset if there are several zones."""
        if at is None:
            return ""
        return at.astimezone(self.zones[stream]).strftime(PATTERN if self.has_one_zone else f"{PATTERN} %z")

    def instant(self, written: datetime) -> datetime:
        """The instant of a local time; one that fits two instants must name its offset."""
        if written.tzinfo is not None:
            return written
        zone = self.zones[NO_STREAM]
        if zone is None:
            return written.astimezone()
        first, second = (written.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() != second.utcoffset():
            raise typer.BadParameter(f"{written} is not one instant in {zone}: clocks change; write its offset, "
                                     f"as in {written.isoformat(timespec='minutes')}+02:00")  # fmt: skip
        return first


def local_times(context: typer.Context, streams: Collection[str] = ()) -> LocalTimes:
    """The zones of some streams; for a command that has the application open."""
    session: Session = context.obj
    assert session.clock is not None, "the application is not open"
    return LocalTimes(session.clock.zones_of({NO_STREAM, *streams}))
