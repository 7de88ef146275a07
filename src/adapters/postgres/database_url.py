"""The URL of a database, which may hold a password: what is wrong with it is said without any of its text."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import conninfo_to_dict

from billing_core.kernel.errors import ConnectionLost


def parts_of(database_url: str) -> dict[str, str]:
    """The parts of a URL or connection string, such as `host` and `password`.

    A password with `@`, `/` or `:` in it splits a URL at the wrong place, so that a part of it stands as host, port or
    database. That is refused here, since messages about a failed connection name these.
    """
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(database_url).items() if value is not None}
    except psycopg.Error:
        raise _malformed() from None  # The driver's error quotes the URL.
    places = [parts.get(name, "") for name in ("host", "port", "dbname")]
    if any("@" in place for place in places) or not all(each.isdecimal() for each in places[1].split(",") if each):
        raise _malformed()
    return parts


def _malformed() -> ConnectionLost:
    return ConnectionLost(
        "BILLING_DATABASE_URL does not name a database, as in postgresql://user:password@host:5432/name; in a password "
        "write %40 for @, %2F for / and %3A for :"
    )
