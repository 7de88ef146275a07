"""Every account's state as a command would fold it, with its version and next due date.

The billing run reads it instead of streams.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from billing_core.accounts.account import Account, apply_account
from billing_core.billing.run import account_due_on, past_changed
from billing_core.kernel.events import Event
from billing_core.services.terms_in_force import Change
from projections.platform.projection import Cursor, LoggedEvent, as_columns
from projections.platform.runner import LIVE_SCHEMA

SELECT_STATES = "SELECT number, state FROM account_states WHERE number = ANY(%b)"
UPSERT_STATES = """
    INSERT INTO account_states (number, version, next_due_on, past_changed, dunned_from, state)
    SELECT * FROM unnest(%b::text[], %b::int8[], %b::date[], %b::bool[], %b::date[], %b::bytea[])
    ON CONFLICT (number) DO UPDATE
    SET version = excluded.version, next_due_on = excluded.next_due_on, past_changed = excluded.past_changed,
        dunned_from = excluded.dunned_from, state = excluded.state
"""

encode_state = msgspec.msgpack.Encoder().encode
decode_state = msgspec.msgpack.Decoder(Account).decode


class AccountStates:
    """The state a command would decide on, and when the account is due next.

    It is for decisions of today: no such state exists for an effective date in the past.
    """

    name = "account_states"
    version = 18
    tables = ("account_states",)
    by_stream = True
    definition = """
        CREATE TABLE account_states (
            number text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, next_due_on date,
            past_changed boolean NOT NULL, dunned_from date, state bytea NOT NULL
        ) WITH (fillfactor = 70);
    """
    indexes = """
        CREATE INDEX ON account_states (next_due_on, number);
        CREATE INDEX ON account_states (number) WHERE past_changed;
        CREATE INDEX ON account_states (number) WHERE dunned_from IS NOT NULL;
    """
    streams = ("account",)
    folds = (Event,)  # Every event of an account's stream raises its version.

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        known = {entry.number for entry in page if entry.version > 1}
        states: dict[str, Account] = {}
        if known:
            rows = cursor.execute(SELECT_STATES, (list(known),)).fetchall()
            states = {number: decode_state(state) for number, state in rows}
        versions: dict[str, int] = {}
        for entry in page:
            state = apply_account(states.get(entry.number), entry.event)
            assert state is not None, f"{entry.stream} does not start with its opening"
            states[entry.number] = state
            versions[entry.number] = entry.version
        cursor.execute(UPSERT_STATES, as_columns((_state_row(states[n], v) for n, v in versions.items()), 6))


def _state_row(state: Account, version: int) -> tuple[Any, ...]:
    return state.number, version, account_due_on(state), past_changed(state), dunned_from(state), encode_state(state)


def dunned_from(account: Account) -> date | None:
    """The day on which the first open item is due, and at once if a service may return; None without a policy."""
    if not account.plan.dunning:
        return None
    if any(_may_return(subscription.timeline) for subscription in account.subscriptions.values()):
        return date.min
    return min((item.due_on for item in account.ledger.open_items.values()), default=None)


def _may_return(timeline: Sequence[Change]) -> bool:
    """Whether it was suspended last, whatever for."""
    kinds = [change.kind for change in timeline if change.kind in ("suspend", "resume", "terminate", "move-away")]
    return kinds[-1:] == ["suspend"]


# --- queries for commands


class StateRow(NamedTuple):
    """An account's latest state, its version and its customer's version."""

    account: Account
    version: int
    customer_version: int


SELECT_DUE = """
    SELECT states.state, states.version, customers.version
    FROM (SELECT number, state, version FROM account_states WHERE {condition} ORDER BY number LIMIT %(limit)s) AS states
    JOIN accounts USING (number) JOIN customers ON customers.number = accounts.customer ORDER BY states.number
"""


# For loading one account: its state if the table was made by this version of the fold.
SELECT_LATEST = f"""
    SELECT latest.version, latest.state FROM {LIVE_SCHEMA}.account_states AS latest
    JOIN billing.checkpoints AS built ON built.schema_name = '{LIVE_SCHEMA}'
    AND built.projection = '{AccountStates.name}' AND built.version = {AccountStates.version}
    WHERE latest.number = substr(%(stream)s, {len("account/") + 1})
"""


def states_due_before(cursor: Cursor, until: date, after: str, limit: int) -> list[StateRow]:
    """Accounts due before that date or changed in their past, in order of number."""
    condition = "(next_due_on < %(on)s OR past_changed) AND number > %(after)s"
    return _states(cursor, condition, on=until, after=after, limit=limit)


def states_after(cursor: Cursor, after: str, limit: int) -> list[StateRow]:
    """All accounts, in order of number."""
    return _states(cursor, "number > %(after)s", after=after, limit=limit)


def states_dunned_before(cursor: Cursor, until: date, after: str, limit: int) -> list[StateRow]:
    """Accounts with a dunning policy and an item due before that date, or a service that may return."""
    return _states(cursor, "dunned_from < %(on)s AND number > %(after)s", on=until, after=after, limit=limit)


def states_named(cursor: Cursor, numbers: Collection[str]) -> list[StateRow]:
    """The states of the named accounts."""
    return _states(cursor, "number = ANY(%(numbers)s)", numbers=list(numbers), limit=len(numbers))


def expected_accounts(cursor: Cursor, until: date) -> int:
    """How many accounts are due before a date or changed in their past."""
    row = cursor.execute(
        "SELECT count(*) FROM account_states WHERE next_due_on < %s OR past_changed", (until,)
    ).fetchone()
    return int(row[0])


def expected_dunned(cursor: Cursor, until: date) -> int:
    """How many accounts with a dunning policy have an item due before a date, or a service that may return."""
    row = cursor.execute("SELECT count(*) FROM account_states WHERE dunned_from < %s", (until,)).fetchone()
    return int(row[0])


def _states(cursor: Cursor, condition: str, **parameters: Any) -> list[StateRow]:
    rows = cursor.execute(SELECT_DUE.format(condition=condition), parameters).fetchall()
    return [StateRow(decode_state(state), version, customer_version) for state, version, customer_version in rows]
