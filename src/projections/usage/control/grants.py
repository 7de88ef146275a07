"""Which use is granted, which step of its quota is each service at, and which alarms were raised?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.usage.control.alarms import UsageAlarmRaised
from billing_core.usage.control.grants import UsageGrantConfirmed, UsageGranted, UsageGrantExpired, UsageGrantReleased
from billing_core.usage.control.quotas import QuotaReset, QuotaStepReached, QuotaToppedUp, QuotaTopUpEnded, quota_name
from projections.dealers import accounts_of
from projections.platform.deadlines import Deadline, DeadlineFolds
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

# --- grants

GRANT_COLUMNS = {
    "account": "text", "number": "int8", "code": "text", "subscription": "text", "component": "text",
    "asked": "numeric", "units": "numeric", "amount": "numeric", "currency": "text", "available": "numeric",
    "until_at": "timestamptz", "recorded_by": "text", "used": "numeric", "used_amount": "numeric", "state": "text",
    "granted_on": "date", "ended_on": "date",
}  # fmt: skip
ENDED: Mapping[type[Event], str] = {UsageGrantReleased: "released", UsageGrantExpired: "expired"}
# Of several grants with one id, which may be taken again after days, the newest one is meant.
UPDATE_GRANTS = """
    UPDATE usage_grants AS known SET used = known.used + change.used, used_amount = known.used_amount + change.amount,
        state = coalesce(change.state, known.state), ended_on = change.ended_on
    FROM unnest(%b::text[], %b::text[], %b::numeric[], %b::numeric[], %b::text[], %b::date[])
        AS change (account, code, used, amount, state, ended_on)
    WHERE known.account = change.account AND known.code = change.code AND known.state = 'open'
"""
SHOWN = (
    "account", "number", "grant", "subscription", "component", "asked", "units", "amount", "currency", "until_at",
    "recorded_by", "used", "used_amount", "state", "granted_on", "ended_on",
)  # fmt: skip
SELECT_GRANTS = """
    SELECT account, number, code, subscription, component, asked, units, amount, currency, until_at, recorded_by, used,
        used_amount, state, granted_on, ended_on
    FROM usage_grants WHERE (account, number) > (%(account)s, %(number)s) AND (state = 'open' OR NOT %(open_only)s)
    AND (%(of_account)s = '' OR account = %(of_account)s) AND {of_dealer}
    ORDER BY account, number LIMIT %(limit)s
"""


class UsageGrantsModel:
    """Every grant, with what was confirmed of it and its state: open, released or expired."""

    name = "usage-grants"
    version = 1
    tables = ("usage_grants",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE usage_grants (
            account text COLLATE "C", number bigint, code text COLLATE "C" NOT NULL, subscription text NOT NULL,
            component text NOT NULL, asked numeric NOT NULL, units numeric NOT NULL, amount numeric NOT NULL,
            currency text NOT NULL, available numeric, until_at timestamptz NOT NULL, recorded_by text NOT NULL,
            used numeric NOT NULL, used_amount numeric NOT NULL, state text NOT NULL, granted_on date NOT NULL,
            ended_on date, PRIMARY KEY (account, number)
        );
    """
    indexes = "CREATE INDEX ON usage_grants (account, code) WHERE state = 'open';"
    folds: tuple[type[Event], ...] = (UsageGranted, UsageGrantConfirmed, UsageGrantReleased, UsageGrantExpired)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows: dict[tuple[str, str], list[Any]] = {}
        done: list[list[Any]] = []
        changes: dict[tuple[str, str], list[Any]] = {}
        for entry in page:
            fact = entry.event
            if isinstance(fact, UsageGranted):
                key = (entry.number, fact.grant)
                if key in rows:
                    done.append(rows[key])
                rows[key] = _grant_row(entry, fact)
                continue
            assert isinstance(fact, UsageGrantConfirmed | UsageGrantReleased | UsageGrantExpired)
            key = (entry.number, fact.grant)
            if key in rows:
                _change(rows[key], fact, used=12, state=14)
            else:
                _change(changes.setdefault(key, [*key, Decimal(0), Decimal(0), None, None]), fact, used=2, state=4)
        if changes:
            cursor.execute(UPDATE_GRANTS, as_columns(changes.values(), 6))
        if rows:
            insert_rows(cursor, "usage_grants", GRANT_COLUMNS, [*done, *rows.values()])


def _grant_row(entry: LoggedEvent, fact: UsageGranted) -> list[Any]:
    available = None if fact.available is None else fact.available.amount
    return [
        entry.number, entry.version, fact.grant, fact.subscription, fact.component, fact.asked, fact.units,
        fact.amount.amount, fact.amount.currency, available, fact.until_at, fact.recorded_by, Decimal(0), Decimal(0),
        "open", fact.effective_on, None,
    ]  # fmt: skip


def _change(row: list[Any], fact: UsageGrantConfirmed | UsageGrantReleased | UsageGrantExpired, *, used: int,
            state: int) -> None:  # fmt: skip
    """Add what was used to a row, or note how the grant ended; the day of its end is the last column."""
    if isinstance(fact, UsageGrantConfirmed):
        row[used] += fact.units
        row[used + 1] += fact.amount.amount
    else:
        row[state], row[-1] = ENDED[type(fact)], fact.effective_on


class GrantRow(msgspec.Struct):
    """A grant as listed; `used_amount` of its amount was used."""

    account: str
    number: int
    grant: str
    subscription: str
    component: str
    asked: Decimal
    units: Decimal
    amount: Money
    until_at: datetime
    recorded_by: str
    used: Decimal
    used_amount: Money
    state: str
    granted_on: date
    ended_on: date | None

    @property
    def place(self) -> str:
        """Its place in the order of the list."""
        return f"{self.account}/{self.number}"


def grants_after(
    cursor: Cursor, after: str, limit: int, *, open_only: bool, account: str = "", dealer: str = ""
) -> list[GrantRow]:
    """The grants after a place of the list, ACCOUNT/NUMBER, in order; of all accounts, of one, or of a dealer's."""
    number, _, version = after.rpartition("/")
    wanted = {"account": number, "number": int(version or 0), "open_only": open_only, "of_account": account,
              "limit": limit, "dealer": dealer}  # fmt: skip
    rows = cursor.execute(SELECT_GRANTS.format(of_dealer=accounts_of("account", dealer)), wanted)
    return [_grant_shown(row) for row in rows]


def _grant_shown(row: Sequence[Any]) -> GrantRow:
    values = dict(zip(SHOWN, row, strict=True))
    currency = values.pop("currency")
    amounts = {name: Money(values[name], currency) for name in ("amount", "used_amount")}
    return GrantRow(**values | amounts)


# --- quotas

UPSERT_QUOTAS = """
    INSERT INTO usage_quotas AS known
        (account, subscription, component, from_on, to_on, step, action, units, raised, changed_on)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::date[], %b::int8[], %b::text[],
        %b::numeric[], %b::numeric[], %b::date[])
    ON CONFLICT (account, subscription, component, from_on) DO UPDATE SET to_on = excluded.to_on,
        step = coalesce(excluded.step, known.step), action = coalesce(excluded.action, known.action),
        units = coalesce(excluded.units, known.units), raised = known.raised + excluded.raised,
        changed_on = excluded.changed_on
"""
UPDATE_ENDED = """
    UPDATE usage_quotas AS known SET raised = known.raised - lost.units
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::numeric[])
        AS lost (account, subscription, component, ended_on, units)
    WHERE (known.account, known.subscription, known.component) = (lost.account, lost.subscription, lost.component)
    AND known.from_on <= lost.ended_on AND lost.ended_on < known.to_on
"""
SELECT_QUOTAS = """
    SELECT account, subscription, component, from_on, to_on, coalesce(step, 0), coalesce(action, 'full'),
        coalesce(units, 0), raised, changed_on
    FROM usage_quotas WHERE account = %s AND (%s = '' OR subscription = %s)
    ORDER BY subscription, component, from_on DESC LIMIT %s
"""


class UsageQuotas:
    """By period the step that each quota reached, and by how much it was raised; of periods in which something was."""

    name = "usage-quotas"
    version = 1
    tables = ("usage_quotas",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE usage_quotas (
            account text COLLATE "C", subscription text COLLATE "C", component text COLLATE "C", from_on date,
            to_on date NOT NULL, step bigint, action text, units numeric, raised numeric NOT NULL,
            changed_on date NOT NULL, PRIMARY KEY (account, subscription, component, from_on)
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (QuotaStepReached, QuotaToppedUp, QuotaTopUpEnded, QuotaReset)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        for entry in page:  # A few a month of each service.
            fact = entry.event
            if isinstance(fact, QuotaTopUpEnded):
                row = (entry.number, fact.subscription, fact.component, fact.effective_on, fact.unused)
                cursor.execute(UPDATE_ENDED, as_columns([row], 5))
            else:
                cursor.execute(UPSERT_QUOTAS, as_columns([_quota_row(entry)], 10))


def _quota_row(entry: LoggedEvent) -> list[Any]:
    fact = entry.event
    assert isinstance(fact, QuotaStepReached | QuotaToppedUp | QuotaReset)
    row: list[Any] = [entry.number, fact.subscription, fact.component, fact.from_on, fact.to_on]
    match fact:
        case QuotaStepReached():
            row += [fact.step, fact.action, fact.units, Decimal(0)]
        case QuotaToppedUp():
            row += [None, None, None, fact.units]
        case QuotaReset():
            row += [0, "full", None, sum((entry.units for entry in fact.top_ups), Decimal(0))]
    return [*row, fact.effective_on]


class QuotaRow(msgspec.Struct):
    """The step of a quota in a period, the units that were used when it was reached, and those that were bought."""

    account: str
    subscription: str
    component: str
    from_on: date
    to_on: date
    step: int
    action: str
    units: Decimal
    raised: Decimal
    changed_on: date


def quotas_of(cursor: Cursor, account: str, subscription: str, limit: int) -> list[QuotaRow]:
    """The quotas of an account, or of one of its subscriptions, the newest periods first."""
    rows = cursor.execute(SELECT_QUOTAS, (account, subscription, subscription, limit))
    return [QuotaRow(*row) for row in rows]


# --- alarms

ALARM_COLUMNS = {
    "account": "text", "number": "int8", "subject": "text", "subscription": "text", "component": "text",
    "share": "int8", "used": "numeric", "most": "numeric", "unit": "text", "from_on": "date", "to_on": "date",
    "action": "text", "raised_on": "date",
}  # fmt: skip
SELECT_ALARMS = """
    SELECT account, number, subject, subscription, component, share, used, most, unit, from_on, to_on, action,
        raised_on
    FROM usage_alarms WHERE (account, number) > (%(account)s, %(number)s)
    AND (%(of_account)s = '' OR account = %(of_account)s) AND raised_on >= %(since)s AND {of_dealer}
    ORDER BY account, number LIMIT %(limit)s
"""


class UsageAlarmsModel:
    """Every alarm that was raised."""

    name = "usage-alarms"
    version = 1
    tables = ("usage_alarms",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE usage_alarms (
            account text COLLATE "C", number bigint, subject text NOT NULL, subscription text COLLATE "C" NOT NULL,
            component text COLLATE "C" NOT NULL, share bigint NOT NULL, used numeric NOT NULL, most numeric NOT NULL,
            unit text NOT NULL, from_on date NOT NULL, to_on date NOT NULL, action text NOT NULL,
            raised_on date NOT NULL, PRIMARY KEY (account, number)
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (UsageAlarmRaised,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        insert_rows(cursor, "usage_alarms", ALARM_COLUMNS, (_alarm_row(entry) for entry in page))


def _alarm_row(entry: LoggedEvent) -> list[Any]:
    fact = entry.event
    assert isinstance(fact, UsageAlarmRaised)
    return [
        entry.number, entry.version, fact.subject, fact.subscription, fact.component, fact.share, fact.used, fact.limit,
        fact.unit, fact.from_on, fact.to_on, fact.action, fact.effective_on,
    ]  # fmt: skip


class AlarmRow(msgspec.Struct):
    """An alarm as listed: `share` percent of `limit` were used in the period."""

    account: str
    number: int
    subject: str
    subscription: str
    component: str
    share: int
    used: Decimal
    limit: Decimal
    unit: str
    from_on: date
    to_on: date
    action: str
    raised_on: date

    @property
    def place(self) -> str:
        """Its place in the order of the list."""
        return f"{self.account}/{self.number}"


def alarms_after(
    cursor: Cursor, after: str, limit: int, *, since: date, account: str = "", dealer: str = ""
) -> list[AlarmRow]:
    """The alarms since a day after a place of the list, ACCOUNT/NUMBER, in order; whose, as with grants."""
    number, _, version = after.rpartition("/")
    wanted = {"account": number, "number": int(version or 0), "since": since, "of_account": account, "limit": limit,
              "dealer": dealer}  # fmt: skip
    return [AlarmRow(*row) for row in cursor.execute(SELECT_ALARMS.format(of_dealer=accounts_of("account", dealer)),
                                                     wanted)]  # fmt: skip


PROJECTIONS = (UsageGrantsModel(), UsageQuotas(), UsageAlarmsModel())

# --- what must hold

INVARIANTS = {
    "no grant reserves more money than was available when it was given": """
        SELECT account || '/' || code FROM usage_grants WHERE amount > available
    """,
    "a grant is open once": """
        SELECT account || '/' || code FROM usage_grants WHERE state = 'open' GROUP BY account, code HAVING count(*) > 1
    """,
    "no more is granted than was asked for": """
        SELECT account || '/' || code FROM usage_grants WHERE units > asked
    """,
    "an alarm of a quota is raised once for each share and period": """
        SELECT account || '/' || subscription || '/' || component FROM usage_alarms WHERE subject = 'quota'
        GROUP BY account, subscription, component, from_on, share HAVING count(*) > 1
    """,
}

# --- deadlines


def _grant_expires(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, UsageGranted)
    yield Deadline("usage-grant", fact.until_at.date(), fact.grant, fact.until_at)


def _grant_ended(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, UsageGrantReleased | UsageGrantExpired)
    yield Deadline("usage-grant", None, fact.grant)


def _step_reached(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, QuotaStepReached)
    if not fact.is_past:
        yield Deadline("usage-quota", fact.to_on, quota_name(fact.subscription, fact.component))


def _topped_up(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, QuotaToppedUp)
    name = quota_name(fact.subscription, fact.component)
    yield Deadline("usage-quota", fact.to_on, name)
    yield Deadline("usage-top-up", fact.valid_to, f"{name} {fact.valid_to}")


def _reset(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, QuotaReset)
    yield Deadline("usage-quota", fact.to_on if fact.top_ups else None, quota_name(fact.subscription, fact.component))


def _limit_reached(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, UsageAlarmRaised)
    if fact.subject == "amount" and fact.action == "suspend":
        yield Deadline("usage-limit", fact.to_on, fact.subscription)


DEADLINES: DeadlineFolds = {
    UsageGranted: _grant_expires,
    UsageGrantReleased: _grant_ended,
    UsageGrantExpired: _grant_ended,
    QuotaStepReached: _step_reached,
    QuotaToppedUp: _topped_up,
    QuotaReset: _reset,
    UsageAlarmRaised: _limit_reached,
}
