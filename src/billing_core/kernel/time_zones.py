"""Time zones: the names of the IANA database by which local time is known.

Europe/Riga, UTC -> time zones      CEST, Riga, localtime, Factory -> none
"""

from __future__ import annotations

from collections.abc import Set
from functools import cache
from zoneinfo import available_timezones

from billing_core.kernel.errors import InvalidValue


def require_time_zone(name: str, field: str) -> None:
    """A name of the IANA database of time zones; a zone of this machine alone, or an empty one, is none."""
    if name not in _time_zones():
        raise InvalidValue("is no time zone; write its IANA name, as in Europe/Riga", field=field, value=name)


@cache
def _time_zones() -> Set[str]:
    """The names of the database, read once."""
    return available_timezones() - {"Factory", "localtime"}
