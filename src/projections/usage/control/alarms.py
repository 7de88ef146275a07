"""Which alarms were raised?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.usage.control.alarms import UsageAlarmRaised
from projections.platform.projection import Cursor, LoggedEvent, insert_rows
from projections.usage.control.listing import Whose, place_of, rows_after

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
        return place_of(self.account, self.number)


def alarms_after(
    cursor: Cursor, after: str, limit: int, *, since: date, account: str = "", dealer: str = ""
) -> list[AlarmRow]:
    """The alarms since a day after a place of the list, ACCOUNT/NUMBER, in order; whose, as with grants."""
    return [AlarmRow(*row) for row in rows_after(cursor, SELECT_ALARMS, after, limit, Whose(account, dealer),
                                                 since=since)]  # fmt: skip


# --- what must hold

INVARIANTS = {
    "an alarm of a quota is raised once for each share and period": """
        SELECT account || '/' || subscription || '/' || component FROM usage_alarms WHERE subject = 'quota'
        GROUP BY account, subscription, component, from_on, share HAVING count(*) > 1
    """,
}
