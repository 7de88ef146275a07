"""Whose business is a ticket? That of the seller of the account that it is about, if it is about one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from projections.platform.projection import Cursor

SELECT_SELLERS = """
    SELECT tickets.number, seller FROM tickets JOIN accounts ON accounts.number = tickets.account
    WHERE tickets.number = ANY(%s)
"""


def sellers_of_streams(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """The sellers of those tickets that are about an account."""
    numbers = [stream.removeprefix("ticket/") for stream in streams if stream.startswith("ticket/")]
    return {f"ticket/{number}": seller for number, seller in cursor.execute(SELECT_SELLERS, (numbers,))}
