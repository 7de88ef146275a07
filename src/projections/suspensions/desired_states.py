"""What is each service to be like on a day: on, blocked, slower or off?

The query reads it from the timelines and the speeds, so that it cannot differ from them. A program that makes the
network follow asks for the changes after a position, and each morning for what begins on that day, because time alone
ends a hold.

    active                             on
    active, a quota slows it           slow, with the components
    active, unpaid invoices slow it    slow, with the profile of the network
    suspended                          blocked, with the reasons; the first one names the page that the customer sees
    on hold, not begun, ended          off
    moved to another account           listed for that account alone
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import Literal

import msgspec

from billing_core.services.subscriptions import Subscription
from billing_core.services.suspension_reasons import SuspensionReason
from billing_core.services.terms_in_force import TermsInForce
from projections.dealers import accounts_of
from projections.platform.projection import Cursor
from projections.services import folded

DesiredStateName = Literal["on", "blocked", "slow", "off"]
SLOW = """
    SELECT array_agg(component ORDER BY component) FROM usage_quotas
    WHERE (usage_quotas.account, usage_quotas.subscription) = (subscriptions.account, subscriptions.subscription)
    AND action = 'slow' AND from_on <= %(on)s AND %(on)s < to_on
"""
PROFILE = """
    SELECT profile FROM dunning_speeds
    WHERE dunning_speeds.account = subscriptions.account AND profile <> '' AND since_on <= %(on)s
"""
# The condition for each state, of a service that was not moved away.
OF_STATE: Mapping[str, str] = {
    "": "true",
    "on": f"active @> %(on)s::date AND NOT stopped @> %(on)s::date AND ({SLOW}) IS NULL AND ({PROFILE}) IS NULL",
    "slow": "active @> %(on)s::date AND NOT stopped @> %(on)s::date "
    f"AND (({SLOW}) IS NOT NULL OR ({PROFILE}) IS NOT NULL)",
    "blocked": "suspended @> %(on)s::date",
    "off": "NOT active @> %(on)s::date OR stopped @> %(on)s::date AND NOT suspended @> %(on)s::date",
}
SHOWN = "NOT (status = 'moved' AND NOT active @> %(on)s::date) AND ({of_state}) AND {of_dealer}"
# Each service is in one of two lists, by what changed it last: itself, or the speed of its account. Both are read in
# the order of an index, no further than a page needs.
SELECT_STATES = f"""
    SELECT account, subscription, changed_at, timeline, corrections, ({SLOW}), ({PROFILE})
    FROM (
        (SELECT subscriptions.account, subscription, subscriptions.position AS changed_at, timeline, corrections
         FROM subscriptions LEFT JOIN dunning_speeds
             ON dunning_speeds.account = subscriptions.account AND dunning_speeds.position > subscriptions.position
         WHERE subscriptions.position > %(after)s AND dunning_speeds.account IS NULL AND {SHOWN}
         ORDER BY subscriptions.position FETCH FIRST %(limit)s ROWS WITH TIES)
        UNION ALL
        (SELECT subscriptions.account, subscription, dunning_speeds.position, timeline, corrections
         FROM dunning_speeds JOIN subscriptions
             ON subscriptions.account = dunning_speeds.account AND subscriptions.position < dunning_speeds.position
         WHERE dunning_speeds.position > %(after)s AND {SHOWN}
         ORDER BY dunning_speeds.position FETCH FIRST %(limit)s ROWS WITH TIES)
    ) AS subscriptions
    ORDER BY changed_at, subscription
"""


class DesiredState(msgspec.Struct):
    """What a service is to be like on a day, since when, and the position of the last event that changed it.

    `page` is what the customer reads meanwhile, by language; `slow` are the components that are slower, and `profile`
    is that of the network at whose speed all of it runs until invoices are paid.
    """

    account: str
    subscription: str
    state: DesiredStateName
    since_on: date
    position: int
    reason: str = ""
    reasons: tuple[str, ...] = ()
    page: dict[str, str] = {}
    slow: tuple[str, ...] = ()
    profile: str = ""

    @property
    def why(self) -> str:
        """What blocks it or slows it down, in one line."""
        return ", ".join(filter(None, (*self.reasons, *self.slow, self.profile)))


def desired_states(
    cursor: Cursor, on: date, after: int, limit: int, reasons: Mapping[str, SuspensionReason], state: str = "",
    dealer: str = "",
) -> list[DesiredState]:  # fmt: skip
    """The states on a day of the services that were changed after a position, in order of position.

    So many of them, and all others of the last position: who asks after it again misses none. A change of speed is one
    position for all services of an account.
    """
    of_dealer = accounts_of("subscriptions.account", dealer)
    statement = SELECT_STATES.format(of_state=OF_STATE[state], of_dealer=of_dealer)
    rows = cursor.execute(statement, {"on": on, "after": after, "limit": limit, "dealer": dealer}).fetchall()
    found = []
    for account, code, position, timeline, corrections, slow, profile in rows:
        shown = DesiredState(account=account, subscription=code, state="off", since_on=on, position=position)
        _show(shown, folded(code, timeline, corrections), on, tuple(slow or ()), profile or "")
        if shown.reason in reasons:
            shown.page = dict(reasons[shown.reason].page)
        found.append(shown)
    return _whole_positions(found, limit)


def page_of_states(found: Sequence[DesiredState], limit: int) -> tuple[Sequence[DesiredState], bool]:
    """A page of what was found with one more asked for, and whether more may follow.

    A page ends between two positions, for the next one begins after its last position; so it may be a little shorter,
    and is longer only if one position is more than a page.

        three a page, positions 4 7 9 9    4 7, then 9 9
    """
    if len(found) <= limit:
        return found, False
    whole = [shown for shown in found if shown.position < found[limit].position]
    return whole or [shown for shown in found if shown.position == found[0].position], True


def _whole_positions(found: Sequence[DesiredState], limit: int) -> list[DesiredState]:
    """The first ones, up to the position at which there are enough of them."""
    last = found[limit - 1].position if len(found) > limit > 0 else None
    return [shown for shown in found if last is None or shown.position <= last]


def _show(shown: DesiredState, subscription: Subscription, on: date, slow: tuple[str, ...], profile: str) -> None:
    """Fill in what the timeline says of the day, and since when it says the same."""
    before = [segment for segment in subscription.segments() if segment.from_on <= on]
    if not before:
        shown.since_on = min(on, subscription.activated_on)
        return
    if not before[-1].contains(on):
        shown.since_on = before[-1].end
        return
    in_force = before[-1].in_force
    alike = takewhile(lambda each: _is_alike(each.in_force, in_force), reversed(before))
    shown.since_on = min(segment.from_on for segment in alike)
    shown.reasons, shown.reason = in_force.reasons, in_force.reason or ""
    if in_force.status == "active":
        shown.state, shown.slow, shown.profile = ("slow" if slow or profile else "on"), slow, profile
    elif in_force.status == "suspended":
        shown.state = "blocked"


def _is_alike(one: TermsInForce, other: TermsInForce) -> bool:
    return (one.status, one.reasons) == (other.status, other.reasons)
