"""Every remittance with what of it waits, and what was done with it.

Payers and what they wrote are personal, so they stay in the remittance's stream. Sums change by what each act takes or
gives back, so the order of the acts does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from billing_core.kernel.events import Event
from billing_core.payments.remittances import (
    ActName,
    RemittanceActUndone,
    RemittanceAssigned,
    RemittanceGivenBack,
    RemittanceKept,
    RemittanceReceived,
    RemittanceSplit,
    amount_of_act,
    name_of_act,
    parts_of_act,
)
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "remittance": "text", "received_on": "date", "method": "text", "amount": "numeric", "currency": "text",
    "waiting": "numeric",
}  # fmt: skip
ACT_COLUMNS = {
    "remittance": "text", "place": "int8", "part": "int4", "act": "text", "account": "text", "payment": "text",
    "amount": "numeric", "acted_on": "date", "reason": "text", "kind": "text", "bank_order": "text",
    "position": "int8", "done_by": "text", "done_at": "timestamptz", "is_undone": "bool",
}  # fmt: skip
# Which sum an act takes from what waits.
SUMS: dict[ActName, str] = {
    "assigned": "assigned", "split": "assigned", "given back": "given_back", "other income": "other_income",
}  # fmt: skip
UPDATE_SUMS = """
    UPDATE remittances SET waiting = waiting - each.assigned - each.given_back - each.other_income,
        assigned = remittances.assigned + each.assigned, given_back = remittances.given_back + each.given_back,
        other_income = remittances.other_income + each.other_income
    FROM unnest(%b::text[], %b::numeric[], %b::numeric[], %b::numeric[])
        AS each (remittance, assigned, given_back, other_income)
    WHERE remittances.remittance = each.remittance
"""
UPDATE_UNDONE = """
    UPDATE remittance_acts SET is_undone = true FROM unnest(%b::text[], %b::int8[]) AS undone (remittance, place)
    WHERE remittance_acts.remittance = undone.remittance AND remittance_acts.place = undone.place
"""


class Remittances:
    """Remittances with their sums, and their acts: a row for each account that an act gave money to."""

    name = "remittances"
    version = 2
    tables = ("remittances", "remittance_acts")
    streams = ("remittance",)
    by_stream = True
    definition = """
        CREATE TABLE remittances (
            remittance text COLLATE "C" PRIMARY KEY, received_on date NOT NULL, method text NOT NULL,
            amount numeric NOT NULL, currency text NOT NULL, waiting numeric NOT NULL,
            assigned numeric NOT NULL DEFAULT 0, given_back numeric NOT NULL DEFAULT 0,
            other_income numeric NOT NULL DEFAULT 0,
            state text NOT NULL GENERATED ALWAYS AS (CASE
                WHEN waiting > 0 THEN 'waiting' WHEN assigned = amount THEN 'assigned'
                WHEN given_back = amount THEN 'given back' WHEN other_income = amount THEN 'other income'
                ELSE 'in parts' END) STORED
        );
        CREATE TABLE remittance_acts (
            remittance text COLLATE "C" NOT NULL, place bigint NOT NULL, part integer NOT NULL, act text NOT NULL,
            account text COLLATE "C" NOT NULL, payment text COLLATE "C" NOT NULL, amount numeric NOT NULL,
            acted_on date NOT NULL, reason text NOT NULL, kind text NOT NULL, bank_order text NOT NULL,
            position bigint NOT NULL, done_by text NOT NULL, done_at timestamptz NOT NULL, is_undone boolean NOT NULL,
            PRIMARY KEY (remittance, place, part)
        );
    """
    indexes = """
        CREATE INDEX ON remittances (received_on, remittance) INCLUDE (waiting, currency) WHERE waiting > 0;
        CREATE INDEX ON remittances (received_on, remittance);
        CREATE INDEX ON remittance_acts (account) WHERE NOT is_undone;
        CREATE INDEX ON remittance_acts (done_by, position) WHERE NOT is_undone;
    """
    folds: tuple[type[Event], ...] = (
        RemittanceReceived, RemittanceAssigned, RemittanceSplit, RemittanceGivenBack, RemittanceKept,
        RemittanceActUndone,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        received: list[tuple[Any, ...]] = []
        acts: list[tuple[Any, ...]] = []
        undone: list[tuple[str, int]] = []
        sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(SUMS.values(), Decimal()))
        for entry in page:
            match entry.event:
                case RemittanceReceived() as fact:
                    amount = fact.amount
                    row = (entry.number, fact.effective_on, fact.method, amount.amount, amount.currency, amount.amount)
                    received.append(row)
                case RemittanceActUndone(act=act, undoes=place, amount=amount):
                    undone.append((entry.number, place))
                    sums[entry.number][SUMS[act]] -= amount.amount
                case RemittanceAssigned() | RemittanceSplit() | RemittanceGivenBack() | RemittanceKept() as fact:
                    acts += _act_rows(entry, fact)
                    sums[entry.number][SUMS[name_of_act(fact)]] += amount_of_act(fact).amount
        if received:
            insert_rows(cursor, "remittances", COLUMNS, received)
        if acts:
            insert_rows(cursor, "remittance_acts", ACT_COLUMNS, acts)
        if sums:
            cursor.execute(UPDATE_SUMS, as_columns(((name, *each.values()) for name, each in sums.items()), 4))
        if undone:
            cursor.execute(UPDATE_UNDONE, as_columns(undone, 2))


Act = RemittanceAssigned | RemittanceSplit | RemittanceGivenBack | RemittanceKept


def _act_rows(entry: LoggedEvent, fact: Act) -> Iterator[tuple[Any, ...]]:
    reason = fact.reason if isinstance(fact, RemittanceGivenBack | RemittanceKept) else ""
    kind = fact.kind if isinstance(fact, RemittanceKept) else ""
    order = fact.order if isinstance(fact, RemittanceGivenBack) else ""
    parts = [(part.account, part.payment, part.amount.amount) for part in parts_of_act(fact, entry.number)]
    for number, (account, payment, amount) in enumerate(parts or [("", "", amount_of_act(fact).amount)], 1):
        yield (
            entry.number, entry.version, number, name_of_act(fact), account, payment, amount, fact.effective_on,
            reason, kind, order, entry.position, entry.origin.actor, entry.recorded_at, False,
        )  # fmt: skip
