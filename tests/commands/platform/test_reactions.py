"""Reactions: an event becomes a command once, whatever crashes, whoever else reacts, and whatever is rebuilt."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import psycopg
import pytest

from adapters.bootstrap.automation import Automation
from adapters.bootstrap.registry import PROJECTIONS
from adapters.postgres.reactions import PostgresCheckpoints
from billing_core.charging.charges import ChargesPosted
from billing_core.kernel.errors import Conflict, ConnectionLost, NotFound, RuleViolation, TookTooLong
from billing_core.parties.customers import Customer
from billing_core.payments.events import PaymentReceived
from commands.billing.account import ChargeOnce
from commands.parties import RegisterCustomer
from commands.payments.account import ReceivePayment
from commands.platform.bus import Command
from commands.platform.causes import Cause
from commands.platform.reactions import Reaction
from commands.platform.refusals import Refusal, Settlement, overrule, refusal_numbered
from commands.promises import KeepPromise
from projections.platform.rebuild import rebuild
from tests.commands.conftest import StartProcess
from tests.operators import Operator, application_on, eur

JANUARY = date(2026, 1, 5)


def thank(entry: Any) -> Command | None:
    """A fee of 1.00 for every payment of more than 1.00."""
    if entry.event.amount.amount <= 1:
        return None
    return ChargeOnce(account=entry.number, description="Thanks", amount=Decimal(1), vat_rate=Decimal(20), on=JANUARY)


THANKS = Reaction("thanks", (PaymentReceived,), thank)


def automation(operator: Operator, *reactions: Reaction) -> Automation:
    made = Automation(operator.application, reactions, {}, ())
    made.register()
    return made


def pay(operator: Operator, reference: str, amount: str = "5.00", account: str = "A0001") -> None:
    operator.tell(
        ReceivePayment(account=account, source="bank", reference=reference, amount=eur(amount)),
        today=JANUARY,
    )


def thanks(operator: Operator) -> int:
    statement = "SELECT count(*) FROM billing.events WHERE topic = 'charges-posted/1' AND metadata LIKE '%%reaction%%'"
    ((found,),) = operator.select(statement.replace("%%", "%"))
    return int(found)


def test_an_event_causes_one_command_that_names_its_cause(operator: Operator):
    operator.subscriber()
    made = automation(operator, THANKS)
    pay(operator, "P1")
    pay(operator, "P2", "1.00")  # The reaction makes no command of it.

    made.settle()
    made.settle()

    assert thanks(operator) == 1
    ((payment, charge),) = operator.select(
        """SELECT payment.metadata::jsonb, charge.metadata::jsonb
           FROM billing.events AS payment, billing.events AS charge
           WHERE payment.topic = 'payment-received/1' AND charge.topic = 'charges-posted/1' LIMIT 1"""
    )
    assert charge["causation"] == payment["command"]
    assert charge["correlation"] == payment["correlation"]
    assert (charge["actor"], charge["channel"]) == ("reaction thanks", "reaction")


def test_a_command_that_changes_nothing_by_itself_leaves_no_row(operator: Operator):
    operator.subscriber()
    made = automation(operator, Reaction("keep", (PaymentReceived,), lambda entry: KeepPromise(account=entry.number)))
    pay(operator, "P1")
    before = operator.select("SELECT count(*) FROM billing.commands")

    made.settle()

    assert operator.select("SELECT count(*) FROM billing.commands") == before
    operator.tell(KeepPromise(account="A0001"))  # What a person gives is known by its id also then.
    assert operator.select("SELECT count(*) FROM billing.commands") == [(before[0][0] + 1,)]


def test_a_reaction_added_late_begins_now_or_at_the_start_as_it_declares(operator: Operator):
    operator.subscriber()
    pay(operator, "P1")
    now, start = THANKS, THANKS._replace(name="thanks-to-all", begins="start")

    made = automation(operator, now, start)
    made.settle()
    assert thanks(operator) == 1

    pay(operator, "P2")
    made.settle()
    assert thanks(operator) == 3


def test_a_crash_before_the_checkpoint_gives_the_command_again_and_applies_it_once(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
):
    operator.subscriber()
    made = automation(operator, THANKS)
    pay(operator, "P1")
    with monkeypatch.context() as patch:
        patch.setattr("adapters.postgres.reactions.move_from", _power_cut)
        with pytest.raises(ConnectionLost):
            made.settle()
    assert thanks(operator) == 1

    automation(operator, THANKS).settle()

    assert thanks(operator) == 1
    assert made.refused.listed("reaction") == []


def _power_cut(*_: Any) -> None:
    raise ConnectionLost("the power was cut")


# Reacts to payments, and is killed at a function that it comes to by the way.
KILLED_AT = """
    import os, signal, sys
    from unittest.mock import patch
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.automation import Automation
    from tests.commands.platform.test_reactions import THANKS

    url, place = sys.argv[1:]
    application = Application(url)
    with patch(place, lambda *_: os.kill(os.getpid(), signal.SIGKILL)):
        Automation(application, [THANKS], {}, ()).settle()
"""
COMMIT = "adapters.postgres.store.PostgresTransaction.append_command"
CHECKPOINT = "adapters.postgres.reactions.move_from"
NOTING = "adapters.postgres.reactions.note_refusals"


@pytest.mark.parametrize(("place", "applied"), [(COMMIT, 0), (CHECKPOINT, 1), (NOTING, 1)])
def test_a_process_that_is_killed_anywhere_leaves_each_command_to_be_applied_once(
    operator: Operator, start_process: StartProcess, place: str, applied: int
):
    operator.subscriber()
    made = automation(operator, THANKS)
    pay(operator, "P1")
    killed = start_process(KILLED_AT, operator.database_url, place)
    assert killed.wait(60) == -signal.SIGKILL
    assert thanks(operator) == applied

    made.settle()

    assert thanks(operator) == 1
    assert made.refused.listed("reaction") == []


def test_two_who_react_at_once_apply_every_command_once(operator: Operator):
    operator.subscriber()
    automation(operator, THANKS)
    for number in range(20):
        pay(operator, f"P{number}")

    def react(_: int) -> None:
        with application_on(operator.database_url) as application:
            Automation(application, [THANKS], {}, ()).settle()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(react, range(4)))
    automation(operator, THANKS).settle()

    assert thanks(operator) == 20
    assert operator.findings() == []


def test_two_who_react_though_the_lock_was_lost_apply_every_command_once(operator: Operator):
    """The one whose checkpoint was moved by the other notes nothing, and finds out."""
    operator.subscriber()
    meanwhile: list[Callable[[], Any]] = []

    def slow(entry: Any) -> Command | None:
        while meanwhile:
            meanwhile.pop()()
        return thank(entry)

    made = automation(operator, THANKS._replace(command=slow))
    pay(operator, "P1")

    def other() -> None:
        operator.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        automation(operator, THANKS).settle()

    meanwhile.append(other)
    with pytest.raises((ConnectionLost, Conflict)):
        made.settle()
    made.settle()

    assert thanks(operator) == 1


def test_a_checkpoint_that_another_one_moved_stays_and_nothing_is_noted(operator: Operator):
    operator.subscriber()
    made = automation(operator, THANKS._replace(begins="start"))
    checkpoints = PostgresCheckpoints(operator.application.tables)
    checkpoints.move(["thanks"], 0, 7, [])
    refusal = Refusal(Cause("reaction", "thanks", "account/A0001", 3), "", "fault", "late", made.clock.now())

    with pytest.raises(Conflict, match="thanks"):
        checkpoints.move(["thanks"], 0, 3, [refusal])

    assert checkpoints.positions()["thanks"] == 7
    assert made.refused.listed("reaction") == []


def test_a_refused_command_is_listed_and_the_reaction_goes_on(operator: Operator):
    operator.subscriber()

    def refused(entry: Any) -> Command | None:
        command = thank(entry)
        assert isinstance(command, ChargeOnce)
        return msgspec.structs.replace(command, on=date(2020, 1, 1)) if entry.event.reference == "P1" else command

    made = automation(operator, THANKS._replace(command=refused))
    pay(operator, "P1")
    pay(operator, "P2")
    made.settle()

    (listed,) = made.refused.listed("reaction")
    assert thanks(operator) == 1
    assert (listed.cause.name, listed.cause.stream, listed.command) == ("thanks", "account/A0001", "ChargeOnce")
    assert (listed.code, listed.attempts) == ("rule-violation", 1)
    assert "the account exists only since 2026-01-01" in listed.reason

    # Still refused, and the reaction is not changed: the attempt is counted.
    again = refusal_numbered(made.refused, "reaction", listed.number)
    assert made.reactions.retry(again, "clerk", made.refused) is not None
    assert made.refused.listed("reaction")[0].attempts == 2

    # The program is mended; a clerk retries, and the charge is in the clerk's name.
    mended = automation(operator, THANKS)
    assert mended.reactions.retry(again, "clerk", made.refused) is None
    assert thanks(operator) == 2
    assert made.refused.listed("reaction") == []
    (settled,) = made.refused.listed("reaction", is_settled=True)
    assert (settled.settlement, settled.settled_by) == ("applied", "clerk")
    with pytest.raises(Exception, match="was applied by clerk"):
        refusal_numbered(made.refused, "reaction", listed.number)


def test_a_refused_command_is_overruled_for_a_reason_that_stays_on_record(operator: Operator):
    operator.subscriber()
    made = automation(operator, THANKS._replace(command=_poisoned))
    pay(operator, "P1")
    made.settle()
    (listed,) = made.refused.listed("reaction")

    with pytest.raises(Exception, match="reason"):
        overrule(listed, made.refused, "clerk", made.clock.now(), " ")
    overrule(listed, made.refused, "clerk", made.clock.now(), "paid by mistake")

    assert made.refused.listed("reaction") == []
    (settled,) = made.refused.listed("reaction", is_settled=True)
    assert (settled.settlement, settled.settled_by, settled.settled_reason) == ("overruled", "clerk", "paid by mistake")


def test_a_refused_command_that_somebody_overrules_while_it_is_retried_is_retried_all_the_same(operator: Operator):
    operator.subscriber()
    made = automation(operator, THANKS._replace(command=_poisoned))
    pay(operator, "P1")
    made.settle()
    (listed,) = made.refused.listed("reaction")
    refusals: list[str] = []

    def overruled_meanwhile(entry: Any) -> Command | None:
        try:
            overrule(listed, made.refused, "boss", made.clock.now(), "no")
        except Conflict as error:
            refusals.append(str(error))
        return thank(entry)

    slow = automation(operator, THANKS._replace(command=overruled_meanwhile))
    assert slow.reactions.retry(listed, "clerk", made.refused) is None

    (settled,) = made.refused.listed("reaction", is_settled=True)
    assert (settled.settlement, settled.settled_by, thanks(operator)) == ("applied", "clerk", 1)
    assert refusals == ["refused reaction '1': somebody else settles it at the moment; look at the list again"]
    with pytest.raises(RuleViolation, match="was applied by clerk"):
        overrule(listed, made.refused, "boss", made.clock.now(), "no")


def test_a_refusal_that_was_settled_is_not_settled_again_though_the_lock_was_lost(operator: Operator):
    operator.subscriber()
    made = automation(operator, THANKS._replace(command=_poisoned))
    pay(operator, "P1")
    made.settle()
    overruled = Settlement("overruled", "boss", made.clock.now(), "no")
    made.refused.settle(1, overruled)

    with pytest.raises(Conflict, match="was settled by somebody else meanwhile"):
        made.refused.settle(1, overruled)


def _poisoned(entry: Any) -> Command | None:
    raise KeyError("what is this?")


def test_a_poisoned_event_is_listed_with_its_reaction_and_the_others_go_on(operator: Operator):
    operator.subscriber()
    made = automation(operator, Reaction("poisoned", (PaymentReceived,), _poisoned), THANKS)
    pay(operator, "P1")
    pay(operator, "P2")
    made.settle()

    assert thanks(operator) == 2
    listed = made.refused.listed("reaction")
    assert [(each.cause.name, each.code, each.command) for each in listed] == [("poisoned", "fault", "")] * 2
    assert "KeyError: 'what is this?'" in listed[0].reason


def test_a_refused_command_of_an_event_that_is_no_longer_reacted_to_can_only_be_overruled(operator: Operator):
    operator.subscriber()
    made = automation(operator, THANKS._replace(command=_poisoned))
    pay(operator, "P1")
    made.settle()
    (listed,) = made.refused.listed("reaction")

    now = automation(operator, THANKS._replace(on=(ChargesPosted,)))
    with pytest.raises(NotFound, match="reaction 'thanks': no longer reacts to such an event; overrule it"):
        now.reactions.retry(listed, "clerk", now.refused)


def test_a_database_that_is_away_is_no_refusal(operator: Operator, monkeypatch: pytest.MonkeyPatch):
    operator.subscriber()
    made = automation(operator, THANKS)
    pay(operator, "P1")
    with monkeypatch.context() as patch:
        patch.setattr("adapters.postgres.store.PostgresTransaction.append_command", _power_cut)
        with pytest.raises(ConnectionLost):
            made.settle()
    assert (made.refused.listed("reaction"), thanks(operator)) == ([], 0)

    made.settle()
    assert thanks(operator) == 1


def test_a_command_that_takes_too_long_is_refused_and_the_others_go_on(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
):
    operator.subscriber()
    made = automation(operator, THANKS)
    pay(operator, "P1")
    pay(operator, "P2")
    with monkeypatch.context() as patch:
        patch.setattr("adapters.postgres.store.PostgresTransaction.append_command", _takes_too_long)
        made.settle()
    assert [(each.code, each.reason) for each in made.refused.listed("reaction")] == [
        ("took-too-long", "it kept others waiting")
    ] * 2

    for listed in made.refused.listed("reaction"):
        assert made.reactions.retry(listed, "clerk", made.refused) is None
    assert thanks(operator) == 2


def _takes_too_long(*_: Any) -> None:
    raise TookTooLong("it kept others waiting")


def test_the_log_is_read_page_by_page(operator: Operator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("commands.platform.reactions.PAGE_EVENTS", 3)
    operator.subscriber()
    made = automation(operator, THANKS)
    for number in range(8):
        pay(operator, f"P{number}")

    assert made.settle().events == 8
    assert thanks(operator) == 8


def test_what_a_reaction_causes_is_reacted_to(operator: Operator):
    """A payment causes a fee, and the fee a note of it."""
    operator.subscriber()

    def note(entry: Any) -> Command | None:
        return (
            RegisterCustomer(customer=Customer(number=f"N{entry.position}", kind="person", name="Note"))
            if entry.event.is_by_hand
            else None
        )

    made = automation(operator, THANKS, Reaction("note", (ChargesPosted,), note))
    pay(operator, "P1")
    made.settle()

    ((fee, registered),) = operator.select(
        """SELECT fee.metadata::jsonb, note.metadata::jsonb FROM billing.events AS fee, billing.events AS note
           WHERE fee.metadata LIKE '%"reaction thanks"%' AND note.metadata LIKE '%"reaction note"%'"""
    )
    assert registered["causation"] == fee["command"]
    assert registered["correlation"] == fee["correlation"] == fee["causation"]


def test_a_reaction_that_is_added_while_somebody_writes_begins_now(operator: Operator):
    """No position is final as long as the other transaction lasts; what was written before is not reacted to."""
    operator.subscriber()
    pay(operator, "P1")
    with application_on(operator.database_url) as application, psycopg.connect(operator.database_url) as somebody:
        somebody.execute("SELECT pg_current_xact_id()")
        made = Automation(application, [THANKS], {}, ())
        made.register()
        somebody.rollback()
        made.settle()
        assert thanks(operator) == 0


def test_nothing_personal_reaches_a_reaction(operator: Operator):
    operator.subscriber()
    seen: list[str] = []

    def look(entry: Any) -> Command | None:
        seen.append(entry.event.payer)
        return None

    made = automation(operator, THANKS._replace(command=look))
    paid = ReceivePayment(account="A0001", source="bank", reference="P1", amount=eur("5.00"), payer="Ona")
    operator.tell(paid, today=JANUARY)
    made.settle()

    assert len(seen) == 1 and "Ona" not in seen[0]


def test_a_rebuild_causes_nothing(operator: Operator):
    operator.subscriber()
    made = automation(operator, THANKS._replace(begins="start"))
    pay(operator, "P1")
    made.settle()
    before = operator.store_contents()

    rebuild(operator.application.log, operator.application.tables, PROJECTIONS, PROJECTIONS)
    made.settle()

    assert operator.store_contents() == before


def test_the_commands_of_a_page_are_kept_together(operator: Operator):
    operator.subscribers(3)
    made = automation(operator, THANKS)
    for number in range(3):
        pay(operator, f"P{number}", account=f"A000{number + 1}")

    made.settle()

    ((transactions,),) = operator.select(
        "SELECT count(DISTINCT xmin::text) FROM billing.events WHERE topic = 'charges-posted/1'"
    )
    assert (thanks(operator), transactions) == (3, 1)
    assert operator.select("SELECT count(*) FROM billing.commands WHERE name = 'ChargeOnce'") == [(3,)]


def test_one_that_is_refused_or_was_applied_before_leaves_the_others_of_its_page(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
):
    operator.subscribers(3)

    def not_the_second(entry: Any) -> Command | None:
        made = thank(entry)
        return made if made is None or entry.number != "A0002" else msgspec.structs.replace(made, account="A9999")

    made = automation(operator, THANKS._replace(command=not_the_second))
    for number in range(3):
        pay(operator, f"P{number}", account=f"A000{number + 1}")
    with monkeypatch.context() as patch:
        patch.setattr("adapters.postgres.reactions.move_from", _power_cut)
        with pytest.raises(ConnectionLost):
            made.settle()

    made.settle()

    assert (thanks(operator), [each.code for each in made.refused.listed("reaction")]) == (2, ["not-found"])
