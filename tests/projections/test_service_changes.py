"""Changes and spans of services: kept event by event they are those that are built from the whole log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from adapters.bootstrap.registry import PROJECTIONS
from billing_core.kernel.errors import BillingError
from commands.corrections.account import CorrectAccount, Correction
from commands.platform.bus import Command
from commands.services import (
    ActivateSubscription,
    CancelChange,
    ChangeTariff,
    HoldSubscription,
    MoveSubscription,
    ResumeSubscription,
    SuspendSubscription,
    TerminateSubscription,
    UndoMove,
)
from projections.platform.rebuild import rebuild
from projections.reports.service_changes import ServiceChanges
from tests.operators import Operator

BEGINS = date(2026, 1, 1)
SELECT_CHANGES = """
    SELECT changed_on, kind, tariff_before, tariff_after, reason, operator FROM live.service_changes
    WHERE account = %s ORDER BY subscription, place
"""


@pytest.mark.parametrize("seed", range(2))
def test_random_histories_kept_event_by_event_are_those_of_the_whole_log(operator: Operator, seed: int):
    random = Random(seed)
    operator.publish("fast", "30.00")
    for account in operator.subscribers(3):
        operator.tell(ActivateSubscription(account=account, subscription=f"tv-{account}", tariff="net", on=BEGINS))
    done = sum(tried(operator, random) for _ in range(120))
    assert done > 15
    before = tables_of(operator)

    rebuild(operator.application.log, operator.application.tables, [ServiceChanges()], PROJECTIONS)

    assert tables_of(operator) == before
    assert operator.findings() == []


def tried(operator: Operator, random: Random) -> bool:
    """Give one command; whether it was accepted. Every now and then the read models catch up."""
    try:
        operator.tell(random_command(random), today=BEGINS + timedelta(days=90), actor=random.choice(("anna", "berta")))
    except BillingError:
        return False
    if random.random() < 0.3:
        operator.application.runner.catch_up()
    return True


def random_command(random: Random) -> Command:
    account = f"A000{random.randint(1, 3)}"
    code = random.choice(("main", f"tv-A000{random.randint(1, 3)}"))
    of: dict[str, Any] = {"account": account, "subscription": code}
    on = BEGINS + timedelta(days=random.randint(1, 80))
    tariff = random.choice(("net", "fast"))
    kind: Any = random.choice(("change-tariff", "hold", "suspend", "resume", "terminate"))
    corrected = Correction(subscription=code, from_on=on, to_on=on + timedelta(days=9), tariff=tariff)
    begun = Correction(subscription=code, activated_on=BEGINS + timedelta(days=random.randint(0, 9)))
    choices: tuple[Command, ...] = (
        ChangeTariff(**of, tariff=tariff, on=on),
        HoldSubscription(**of, on=on),
        SuspendSubscription(**of, reason=random.choice(("operator", "abuse")), on=on),
        ResumeSubscription(**of, on=on),
        TerminateSubscription(**of, reason="moving", on=on),
        MoveSubscription(**of, to_account=f"A000{random.randint(1, 3)}", on=on),
        CancelChange(**of, kind=kind, on=on, reason="mistyped"),
        CorrectAccount(account=account, corrections=(random.choice((corrected, begun)),), reason="mistyped"),
    )
    return random.choices(choices, weights=(4, 3, 4, 4, 1, 1, 6, 2))[0]


def tables_of(operator: Operator) -> Mapping[str, list[str]]:
    contents = operator.live_contents()
    return {table: contents[table] for table in ServiceChanges.tables}


def test_a_change_names_who_recorded_it_and_a_cancelled_one_is_gone(operator: Operator):
    operator.publish("fast", "30.00")
    operator.subscriber("A0001", since=BEGINS)
    of: dict[str, Any] = {"account": "A0001", "subscription": "main"}
    march = date(2026, 3, 1)
    operator.tell(ChangeTariff(**of, tariff="fast", on=march), today=march, actor="anna")
    operator.tell(TerminateSubscription(**of, reason="moving", on=date(2026, 4, 1)), today=march, actor="berta")
    operator.tell(CancelChange(**of, kind="terminate", on=date(2026, 4, 1), reason="stays"), today=march)
    operator.application.runner.catch_up()

    assert operator.select(SELECT_CHANGES, "A0001") == [
        (BEGINS, "activated", "", "net", "", "clerk"), (march, "tariff-changed", "net", "fast", "", "anna")
    ]  # fmt: skip


def test_a_move_stands_on_both_accounts_until_it_is_undone(operator: Operator):
    operator.subscribers(2)
    on = date(2026, 2, 1)
    tv = ActivateSubscription(account="A0001", subscription="tv", tariff="net", on=BEGINS)
    operator.tell(tv, today=BEGINS)
    operator.tell(MoveSubscription(account="A0001", subscription="tv", to_account="A0002", on=on), today=on)
    operator.application.runner.catch_up()

    assert kinds(operator) == [("A0001", "activated"), ("A0001", "moved-away"), ("A0002", "moved-in")]

    operator.tell(UndoMove(account="A0001", subscription="tv", to_account="A0002", on=on, reason="wrong"), today=on)
    operator.application.runner.catch_up()

    assert kinds(operator) == [("A0001", "activated")]


def kinds(operator: Operator) -> list[tuple[str, str]]:
    return operator.select("SELECT account, kind FROM live.service_changes WHERE subscription = 'tv' ORDER BY 1, place")
