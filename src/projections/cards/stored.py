"""Which accounts have a stored card, until when is it valid, and when is it charged again?

Brand and last digits are personal, so they stay in the card's stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.cards.on_account import CardChargeEnded, CardRemoved, CardStored
from billing_core.kernel.events import Event
from projections.platform.projection import Cursor, LoggedEvent, as_columns

INSERT = """
    INSERT INTO account_cards
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::date[], %b::date[], %b::bool[])
    ON CONFLICT (account) DO UPDATE SET gateway = excluded.gateway, expires = excluded.expires,
        stored_on = excluded.stored_on, removed_on = excluded.removed_on, next_try_on = excluded.next_try_on,
        is_stopped = excluded.is_stopped
"""
UPDATE = """
    UPDATE account_cards SET removed_on = coalesce(changed.removed_on, account_cards.removed_on),
        next_try_on = CASE WHEN changed.has_ended THEN changed.next_try_on ELSE account_cards.next_try_on END,
        is_stopped = CASE WHEN changed.has_ended THEN changed.is_stopped ELSE account_cards.is_stopped END
    FROM unnest(%b::text[], %b::date[], %b::date[], %b::bool[], %b::bool[])
        AS changed (account, removed_on, next_try_on, is_stopped, has_ended)
    WHERE account_cards.account = changed.account
"""


class _Change(msgspec.Struct):
    """What a page changes of the card of an account; with `stored` the whole row is known."""

    stored: CardStored | None = None
    removed_on: date | None = None
    next_try_on: date | None = None
    is_stopped: bool = False
    has_ended: bool = False


class AccountCards:
    """The stored card of each account that has one, or had one."""

    name = "account-cards"
    version = 1
    tables = ("account_cards",)
    streams = ("card",)
    by_stream = True
    definition = """
        CREATE TABLE account_cards (
            account text COLLATE "C" PRIMARY KEY, gateway text NOT NULL, expires text NOT NULL, stored_on date NOT NULL,
            removed_on date, next_try_on date, is_stopped boolean NOT NULL
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (CardStored, CardRemoved, CardChargeEnded)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        changes: dict[str, _Change] = {}
        for entry in page:
            changes[entry.number] = _changed(changes.get(entry.number, _Change()), entry.event)
        stored = [
            (account, each.stored.gateway, each.stored.expires, each.stored.effective_on, each.removed_on,
             each.next_try_on, each.is_stopped)
            for account, each in changes.items() if each.stored is not None
        ]  # fmt: skip
        others = [
            (account, each.removed_on, each.next_try_on, each.is_stopped, each.has_ended)
            for account, each in changes.items() if each.stored is None
        ]  # fmt: skip
        if stored:
            cursor.execute(INSERT, as_columns(stored, 7))
        if others:
            cursor.execute(UPDATE, as_columns(others, 5))


def _changed(change: _Change, fact: Event) -> _Change:
    match fact:
        case CardStored():
            return _Change(stored=fact, has_ended=True)
        case CardRemoved(effective_on=on):
            change.removed_on = on
        case CardChargeEnded(next_try_on=next_try_on, outcome=outcome):
            change.next_try_on, change.has_ended = next_try_on, True
            change.is_stopped = outcome == "refused for good"
    return change


# --- queries


def accounts_with_card(cursor: Cursor, after: str, limit: int) -> list[str]:
    """The accounts after one that have a stored card and owe something, in order of number."""
    rows: Any = cursor.execute(
        """SELECT account FROM account_cards JOIN accounts ON accounts.number = account
           WHERE account > %s AND removed_on IS NULL AND balance < 0 ORDER BY account LIMIT %s""",
        (after, limit),
    )
    return [account for (account,) in rows]
