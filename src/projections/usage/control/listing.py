"""Facts of accounts as they are listed: by account, and in the order in which they were recorded there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from projections.dealers import accounts_of
from projections.platform.ordering import number_in
from projections.platform.projection import Cursor


class Whose(NamedTuple):
    """Whose facts are listed: those of an account if it is named, and of a dealer's accounts if a dealer is."""

    account: str
    dealer: str


def place_of(account: str, number: int) -> str:
    """The place of a fact in the list: ACCOUNT/NUMBER."""
    return f"{account}/{number}"


def rows_after(
    cursor: Cursor, statement: str, after: str, limit: int, whose: Whose, **more: Any
) -> Sequence[Sequence[Any]]:
    """The rows of a statement after a place, which it takes as `account` and `number`; `more` are its own words."""
    account, _, number = after.rpartition("/")
    wanted = {"account": account, "number": number_in(number, after), "limit": limit, "of_account": whose.account,
              "dealer": whose.dealer, **more}  # fmt: skip
    rows: Sequence[Sequence[Any]] = cursor.execute(
        statement.format(of_dealer=accounts_of("account", whose.dealer)), wanted
    ).fetchall()
    return rows
