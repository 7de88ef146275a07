"""Which subscriptions exist, on which tariff and in which state?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date
from typing import Any, NamedTuple, cast

import msgspec

from billing_core.kernel.spans import Span
from billing_core.services.events import (
    NON_PAYMENT,
    SubscriptionChangeCancelled,
    SubscriptionEvent,
    SubscriptionResumed,
)
from billing_core.services.holds import HOLD_END
from billing_core.services.subscriptions import Subscription, apply_subscription, days_on
from billing_core.services.terms_in_force import Change
from billing_core.services.timeline import Terms, end_of
from billing_core.services.yearly_holds import (
    YEARLY_HOLD,
    YearlyHoldEnded,
    YearlyHoldMade,
    YearlyHoldPlanned,
    YearlyHoldSkipped,
)
from projections.platform.area import Area
from projections.platform.deadlines import Deadline, DeadlineFolds
from projections.platform.projection import Cursor, LoggedEvent, as_columns

Key = tuple[str, str]

UPSERT_SUBSCRIPTIONS = """
    INSERT INTO subscriptions
        (account, subscription, tariff, status, reason, since_on, activated_on, timeline, corrections,
         active, stopped, suspended, unpaid, position)
    SELECT account, subscription, tariff, status, reason, since_on, activated_on, timeline, corrections,
        active::datemultirange, stopped::datemultirange, suspended::datemultirange, unpaid::datemultirange, position
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::date[], %b::date[],
                %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::int8[])
        AS changed (account, subscription, tariff, status, reason, since_on, activated_on, timeline, corrections,
                    active, stopped, suspended, unpaid, position)
    ON CONFLICT (account, subscription) DO UPDATE
    SET tariff = excluded.tariff, status = excluded.status, reason = excluded.reason, since_on = excluded.since_on,
        activated_on = excluded.activated_on, timeline = excluded.timeline, corrections = excluded.corrections,
        active = excluded.active, stopped = excluded.stopped, suspended = excluded.suspended, unpaid = excluded.unpaid,
        position = excluded.position
"""


class Subscriptions:
    """Every subscription with its timeline; status, tariff and `since_on` are those after its last change.

    Of corrected terms, the tariff is that of the last days. `active` are the days from activation to the end, `stopped`
    those of a hold or a suspension, `suspended` those of a suspension, and `unpaid` those of a suspension for
    non-payment. `position` is that of the last event that changed it.
    """

    name = "subscriptions"
    version = 10
    tables = ("subscriptions",)
    by_stream = True
    definition = """
        CREATE TABLE subscriptions (
            account text COLLATE "C" NOT NULL, subscription text COLLATE "C" NOT NULL, tariff text NOT NULL,
            status text NOT NULL, reason text, since_on date NOT NULL, activated_on date NOT NULL,
            timeline text NOT NULL, corrections text NOT NULL, active datemultirange NOT NULL,
            stopped datemultirange NOT NULL, suspended datemultirange NOT NULL, unpaid datemultirange NOT NULL,
            position bigint NOT NULL, PRIMARY KEY (account, subscription));
    """
    indexes = """
        CREATE INDEX ON subscriptions (account) WHERE unpaid <> '{}';
        CREATE INDEX ON subscriptions (subscription);
        CREATE INDEX ON subscriptions (position);
    """
    streams = ("account",)
    folds = (SubscriptionEvent,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        facts = [(entry.number, cast(SubscriptionEvent, entry.event)) for entry in page]
        known = _read(cursor, {(account, fact.subscription) for account, fact in facts})
        for account, fact in facts:
            apply_subscription(known[account], fact)
        changed_at = {
            (entry.number, cast(SubscriptionEvent, entry.event).subscription): entry.position for entry in page
        }
        rows = (
            (*_row(account, each), changed_at[account, code])
            for account, entries in known.items() for code, each in entries.items()
        )  # fmt: skip
        cursor.execute(UPSERT_SUBSCRIPTIONS, as_columns(rows, 14))


def _hold_ends(entry: LoggedEvent) -> Iterable[Deadline]:
    """A resumption that is recorded before its day is the end of a hold, or of a suspension, that is known ahead.

    West of UTC a day ends after the same day in UTC, so that one recorded on its own day in UTC counts too.
    """
    fact = cast(SubscriptionResumed, entry.event)
    if fact.effective_on >= entry.recorded_at.astimezone(UTC).date():
        yield Deadline(HOLD_END, fact.effective_on, f"{fact.subscription} {fact.effective_on}")


def _hold_end_cancelled(entry: LoggedEvent) -> Iterable[Deadline]:
    fact = cast(SubscriptionChangeCancelled, entry.event)
    if fact.kind == "resume":
        yield Deadline(HOLD_END, None, f"{fact.subscription} {fact.effective_on}")


def _season(entry: LoggedEvent) -> Iterable[Deadline]:
    """The first day of the next season of a yearly hold."""
    fact = cast(YearlyHoldPlanned | YearlyHoldMade | YearlyHoldSkipped, entry.event)
    yield Deadline(YEARLY_HOLD, fact.next_on, fact.subscription)


def _no_season(entry: LoggedEvent) -> Iterable[Deadline]:
    yield Deadline(YEARLY_HOLD, None, cast(YearlyHoldEnded, entry.event).subscription)


DEADLINES: DeadlineFolds = {
    SubscriptionResumed: _hold_ends,
    SubscriptionChangeCancelled: _hold_end_cancelled,
    YearlyHoldPlanned: _season,
    YearlyHoldMade: _season,
    YearlyHoldSkipped: _season,
    YearlyHoldEnded: _no_season,
}


def _read(cursor: Cursor, keys: Iterable[Key]) -> dict[str, dict[str, Subscription]]:
    """The existing subscriptions by account and code."""
    cursor.execute(
        """SELECT account, subscription, timeline, corrections FROM subscriptions
           JOIN unnest(%b::text[], %b::text[]) AS wanted (account, subscription) USING (account, subscription)""",
        as_columns(keys, 2),
    )
    found: dict[str, dict[str, Subscription]] = defaultdict(dict)
    for account, code, timeline, corrections in cursor.fetchall():
        found[account][code] = folded(code, timeline, corrections)
    return found


def folded(code: str, timeline: str, corrections: str) -> Subscription:
    """A subscription as its row has it: the timeline and what was corrected in it."""
    return Subscription(
        code,
        msgspec.json.decode(timeline, type=list[Change]),
        corrections=msgspec.json.decode(corrections, type=list[Terms]),
    )


def _row(account: str, subscription: Subscription) -> tuple[Any, ...]:
    timeline = subscription.timeline
    end = end_of(timeline)
    last = end or timeline[-1]
    segments = subscription.segments()
    in_force = segments[-1].in_force if segments else None
    is_over = in_force is None or end is not None
    status = subscription.end_status if is_over or in_force is None else in_force.status
    tariff = in_force.tariff if in_force else timeline[0].tariff
    reason = in_force.reason if in_force and status == "suspended" else None
    return (
        account, subscription.code, tariff, status, reason, last.on, timeline[0].on, _encoded(timeline),
        _encoded(subscription.corrections), _multirange(segments),
        _multirange(each for each in segments if each.in_force.status in ("held", "suspended")),
        _multirange(each for each in segments if each.in_force.status == "suspended"),
        _multirange(each for each in segments if NON_PAYMENT in each.in_force.reasons),
    )  # fmt: skip


def _multirange(spans: Iterable[Span]) -> str:
    """Spans of days as PostgreSQL reads them; neighbours become one range."""
    return "{" + ",".join(f"[{span.from_on},{span.to_on or ''})" for span in spans) + "}"


def _encoded(entries: Sequence[Change] | Sequence[Terms]) -> str:
    return msgspec.json.encode(entries).decode()


# --- queries


class SubscriptionRow(msgspec.Struct):
    """A subscription as listed."""

    account: str
    subscription: str
    tariff: str
    status: str
    reason: str | None
    since_on: date
    activated_on: date
    timeline: list[Change]
    corrections: list[Terms]


def subscriptions_of(cursor: Cursor, account: str) -> list[SubscriptionRow]:
    """The subscriptions of an account."""
    cursor.execute(
        """SELECT account, subscription, tariff, status, reason, since_on, activated_on, timeline, corrections
           FROM subscriptions WHERE account = %s ORDER BY subscription""",
        (account,),
    )
    return [_listed(*row) for row in cursor.fetchall()]


def _listed(account: str, code: str, *shown: Any) -> SubscriptionRow:
    *in_force, timeline, corrections = shown
    known = folded(code, timeline, corrections)
    return SubscriptionRow(account, code, *in_force, known.timeline, known.corrections)  # type: ignore[call-arg]


def accounts_on_tariff(cursor: Cursor, tariff: str, from_on: date, to_on: date | None) -> list[str]:
    """The accounts with a subscription that was on a tariff on some day of `[from_on, to_on)`, in order of number.

    It asks the timelines without what was corrected in them, so that a correction does not change the answer.
    """
    cursor.execute(
        "SELECT account, subscription, timeline FROM subscriptions WHERE strpos(timeline, %s) > 0 ORDER BY account",
        (msgspec.json.encode(tariff).decode(),),
    )
    return sorted(
        {
            account
            for account, code, timeline in cursor.fetchall()
            if days_on(folded(code, timeline, "[]"), tariff, Span(from_on, to_on))
        }
    )


class TariffOnDays(NamedTuple):
    """The tariff of a subscription from one day up to another."""

    account: str
    subscription: str
    tariff: str
    from_on: date
    to_on: date


def tariffs_by_day(cursor: Cursor) -> list[TariffOnDays]:
    """The tariffs of the subscriptions that changed theirs, by the days on which they had them; corrected ones too."""
    rows = cursor.execute(
        """SELECT account, subscription, timeline, corrections FROM subscriptions
           WHERE corrections <> '[]' OR strpos(timeline, '"change-tariff"') > 0"""
    )
    return [
        TariffOnDays(account, code, segment.in_force.tariff, segment.from_on, segment.end)
        for account, code, timeline, corrections in rows.fetchall()
        for segment in folded(code, timeline, corrections).segments()
    ]


def count_by_status(cursor: Cursor) -> dict[str, int]:
    """The number of subscriptions in each status."""
    return dict(cursor.execute("SELECT status, count(*) FROM subscriptions GROUP BY status ORDER BY status").fetchall())


# --- what must hold

INVARIANTS = {
    "a suspension has a reason": "SELECT account FROM subscriptions WHERE status = 'suspended' AND reason IS NULL",
}


AREA = Area(true_by_date=(Subscriptions(),), invariants=INVARIANTS, deadlines=DEADLINES)
