"""Which mandates are there, in which state, and which of them have something to collect?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.direct_debit.mandates import (
    MandateAmended,
    MandateEnded,
    MandateFinal,
    MandateLapsed,
    MandateResumed,
    MandateSigned,
    MandateSuspended,
    MandateUsed,
)
from billing_core.kernel.events import Event
from projections.dealers import accounts_of
from projections.platform.deadlines import Deadline, DeadlineFolds
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "mandate": "text", "account": "text", "customer": "text", "seller": "text", "scheme": "text", "number": "int8",
    "signed_on": "date", "is_one_off": "bool", "state": "text", "reason": "text", "lapses_on": "date",
    "uses": "int8", "reference": "text", "amendments": "int8",
}  # fmt: skip
LAPSE = "mandate-lapse"
UPDATE = """
    UPDATE mandates SET state = coalesce(changed.state, mandates.state),
        reason = coalesce(changed.reason, mandates.reason),
        lapses_on = coalesce(changed.lapses_on, mandates.lapses_on),
        last_used_on = coalesce(changed.used_on, mandates.last_used_on), uses = mandates.uses + changed.uses,
        reference = coalesce(changed.reference, mandates.reference),
        amendments = mandates.amendments + changed.amendments
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::date[], %b::int8[], %b::text[], %b::int8[])
        AS changed (mandate, state, reason, lapses_on, used_on, uses, reference, amendments)
    WHERE mandates.mandate = changed.mandate
"""


class Mandates:
    """Every mandate with its state; the payer's name and account stand in its stream alone."""

    name = "mandates"
    version = 2
    tables = ("mandates",)
    streams = ("mandate",)
    by_stream = True
    definition = """
        CREATE TABLE mandates (
            mandate text COLLATE "C" PRIMARY KEY, account text COLLATE "C" NOT NULL, customer text COLLATE "C" NOT NULL,
            seller text COLLATE "C" NOT NULL, scheme text NOT NULL, number bigint NOT NULL, signed_on date NOT NULL,
            is_one_off boolean NOT NULL, state text NOT NULL, reason text NOT NULL, lapses_on date NOT NULL,
            uses bigint NOT NULL, reference text NOT NULL, amendments bigint NOT NULL, last_used_on date
        );
    """
    indexes = """
        CREATE INDEX ON mandates (account);
        CREATE INDEX ON mandates (customer);
        CREATE INDEX ON mandates (seller, scheme) WHERE state IN ('active', 'ending');
    """
    folds: tuple[type[Event], ...] = (
        MandateSigned, MandateAmended, MandateSuspended, MandateResumed, MandateFinal, MandateUsed, MandateEnded,
        MandateLapsed,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        signed = [_row(fact) for entry in page if isinstance(fact := entry.event, MandateSigned)]
        if signed:
            insert_rows(cursor, "mandates", COLUMNS, signed)
        changed: dict[str, _Change] = {}
        for entry in page:
            if not isinstance(entry.event, MandateSigned):
                changed[entry.number] = _changed(changed.get(entry.number, _Change()), entry.event)
        if changed:
            rows = ((mandate, *msgspec.structs.astuple(change)) for mandate, change in changed.items())
            cursor.execute(UPDATE, as_columns(rows, 8))


class _Change(msgspec.Struct, frozen=True):
    """What a page changes of a mandate; what is None stays."""

    state: str | None = None
    reason: str | None = None
    lapses_on: date | None = None
    used_on: date | None = None
    uses: int = 0
    reference: str | None = None
    amendments: int = 0


def _row(fact: MandateSigned) -> list[Any]:
    return [
        fact.mandate, fact.account, fact.customer, fact.seller, fact.scheme, fact.number, fact.effective_on,
        fact.is_one_off, "active", "", fact.lapses_on, 0, fact.mandate, 0,
    ]  # fmt: skip


def _changed(change: _Change, fact: Event) -> _Change:  # noqa: PLR0911  (one for each kind of fact)
    replace = msgspec.structs.replace
    match fact:
        case MandateAmended(reference=reference):
            return replace(change, reference=reference, amendments=change.amendments + 1)
        case MandateSuspended(reason=reason):
            return replace(change, state="suspended", reason=reason)
        case MandateResumed():
            return replace(change, state="active", reason="")
        case MandateFinal(reason=reason):
            return replace(change, state="ending", reason=reason)
        case MandateUsed(effective_on=on, lapses_on=lapses_on):
            return replace(change, used_on=on, lapses_on=lapses_on, uses=change.uses + 1)
        case MandateEnded(reason=reason):
            return replace(change, state="ended", reason=reason)
    return replace(change, state="lapsed")


# --- queries


class MandateRow(msgspec.Struct):
    """A mandate as listed; `reason` is why it is suspended, is to end or ended, `reference` how banks know it now."""

    mandate: str
    account: str
    customer: str
    seller: str
    scheme: str
    signed_on: date
    is_one_off: bool
    state: str
    reason: str
    lapses_on: date
    last_used_on: date | None
    uses: int
    reference: str
    amendments: int


FIELDS = """mandate, account, customer, seller, scheme, signed_on, is_one_off, state, reason, lapses_on, last_used_on,
    uses, reference, amendments"""


class WantedMandates(msgspec.Struct, frozen=True, kw_only=True):
    """Which mandates: of an account, of a seller, those that are not over, of a dealer's customers."""

    account: str = ""
    seller: str = ""
    live_only: bool = True
    dealer: str = ""


def mandates_after(cursor: Cursor, wanted: WantedMandates, after: str, limit: int) -> list[MandateRow]:
    """The mandates after an id, in order."""
    asked = msgspec.structs.asdict(wanted) | {"after": after, "limit": limit}
    rows = cursor.execute(
        f"""SELECT {FIELDS} FROM mandates
            WHERE mandate > %(after)s AND (%(account)s = '' OR account = %(account)s)
              AND (%(seller)s = '' OR seller = %(seller)s)
              AND (NOT %(live_only)s OR state NOT IN ('ended', 'lapsed')) AND {accounts_of("account", wanted.dealer)}
            ORDER BY mandate LIMIT %(limit)s""",
        asked,
    ).fetchall()
    return [MandateRow(*row) for row in rows]


def mandates_with_dues(cursor: Cursor, seller: str, scheme: str, due_by: date, after: str, limit: int) -> list[str]:
    """The mandates of a seller that may be drawn and whose accounts have an open item due by a day, after an id.

    Accounts with an open ticket that holds dunning are left out: what they owe is disputed.
    """
    rows = cursor.execute(
        """SELECT mandate FROM mandates
           WHERE seller = %(seller)s AND scheme = %(scheme)s AND state IN ('active', 'ending') AND mandate > %(after)s
             AND EXISTS (SELECT FROM documents WHERE documents.account = mandates.account AND open_amount > 0
                         AND due_on <= %(due_by)s)
             AND NOT EXISTS (SELECT FROM disputes WHERE disputes.account = mandates.account AND is_open)
           ORDER BY mandate LIMIT %(limit)s""",
        {"seller": seller, "scheme": scheme, "due_by": due_by, "after": after, "limit": limit},
    ).fetchall()
    return [mandate for (mandate,) in rows]


def schemes_in_use(cursor: Cursor, seller: str) -> list[str]:
    """The schemes of a seller's mandates that may be drawn."""
    rows = cursor.execute(
        "SELECT DISTINCT scheme FROM mandates WHERE seller = %s AND state IN ('active', 'ending') ORDER BY scheme",
        (seller,),
    ).fetchall()
    return [scheme for (scheme,) in rows]


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The mandates of a customer."""
    rows = cursor.execute("SELECT mandate FROM mandates WHERE customer = %s ORDER BY mandate", (customer,))
    return [f"mandate/{mandate}" for (mandate,) in rows]


def sellers_of_mandates(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """Which seller's business each is."""
    wanted = [stream.partition("/")[2] for stream in streams if stream.startswith("mandate/")]
    if not wanted:
        return {}
    rows = cursor.execute("SELECT mandate, seller FROM mandates WHERE mandate = ANY(%s)", (wanted,))
    return {f"mandate/{mandate}": seller for mandate, seller in rows}


# --- what must hold

INVARIANTS = {
    "an account has one mandate at most that is not over": """
        SELECT account FROM mandates WHERE state NOT IN ('ended', 'lapsed') GROUP BY account HAVING count(*) > 1
    """,
}


# --- deadlines


def _lapses(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, MandateSigned | MandateUsed)
    yield Deadline(LAPSE, entry.event.lapses_on)


def _over(entry: LoggedEvent) -> Iterator[Deadline]:
    yield Deadline(LAPSE, None)


DEADLINES: DeadlineFolds = {MandateSigned: _lapses, MandateUsed: _lapses, MandateEnded: _over, MandateLapsed: _over}
