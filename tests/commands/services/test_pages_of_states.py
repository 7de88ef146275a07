"""Desired states are read page by page in the order of changes, and none is missed where several share a position."""

from __future__ import annotations

from datetime import date

from adapters.views.query import Reading, queries
from adapters.views.suspensions import ListDesiredStates
from commands.services.status import ActivateSubscription
from tests.operators import Operator

ON = date(2026, 1, 5)


def test_pages_list_every_service_once_also_those_of_one_account_whose_speed_changed_at_once(operator: Operator):
    numbers = operator.subscribers(4)
    for code in ("second", "third"):
        operator.tell(ActivateSubscription(account="A0002", subscription=code, tariff="net"), today=ON)
    operator.application.runner.catch_up()
    operator.execute(
        """INSERT INTO live.dunning_speeds (account, profile, since_on, position)
           SELECT account, 'slow-1M', DATE '2026-01-05', (SELECT max(position) FROM live.subscriptions) + place
           FROM unnest(ARRAY['A0002', 'A0003']) WITH ORDINALITY AS slowed (account, place)"""
    )
    reading = Reading(operator.application, operator.application.queries, ON)

    for limit in (1, 2, 3, 4, 9):
        found, after = list[tuple[str, str, str]](), ""
        while after is not None:
            page = queries()[ListDesiredStates](ListDesiredStates(limit=limit, after=after), reading)
            found += [(each.account, each.subscription, each.state) for each in page.items]
            after = page.next
        assert len(found) == len(set(found)) == 6, limit
        assert [each[0] for each in found] == ["A0001", "A0004", "A0002", "A0002", "A0002", "A0003"]
        assert {account for account, _, state in found if state == "slow"} == {"A0002", "A0003"}
    assert numbers[-1] == "A0004"
