"""The dunning run: each step once, however often it is started, whoever works meanwhile, whatever is killed."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

import commands.dunning.run
from adapters.bootstrap.live import LiveModels
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.store import PostgresStore
from billing_core.dunning.facts import DunningStepTaken
from billing_core.dunning.policies import DaysFromDue, DunningStep, Terminate, WriteOff
from billing_core.dunning.runs import DunningRunCompleted, StandingCompared
from billing_core.kernel.errors import InvalidValue
from billing_core.payments.events import InvoiceWrittenOff
from billing_core.services.events import SubscriptionTerminated
from commands.dunning.run import RUNS, DunningRun
from commands.dunning.run_ports import DunningPreview, DunningTotals
from commands.payments.account import ReceivePayment
from tests.commands.conftest import SomebodyFirst
from tests.commands.dunning.debtors import POLICY, Debtors
from tests.operators import Operator, eur, silent

REMINDER, LAST, CUT = date(2026, 1, 22), date(2026, 1, 29), date(2026, 2, 5)


def run(operator: Operator, on: date, store: PostgresStore | None = None) -> DunningTotals:
    application = operator.application
    application.runner.catch_up()
    models: LiveModels = application.models()
    made = DunningRun(store or application.store, application.bus, models, models)
    return made.run(origin_of_process("morning run", on), silent)


def preview(operator: Operator, on: date) -> DunningPreview:
    with operator.application.dunning_run(on) as made:
        return made.preview(on, silent)


def pay(operator: Operator, account: str, amount: str, on: date) -> None:
    operator.tell(
        ReceivePayment(account=account, source="till", reference=account, amount=eur(amount), received_on=on), today=on
    )


def runs(operator: Operator) -> list[Any]:
    return operator.facts(RUNS)


def test_a_run_takes_the_steps_of_the_day_and_a_second_one_finds_nothing(debtors: Debtors):
    debtors.open(accounts=3)
    operator = debtors.operator
    pay(operator, "A0002", "24.00", date(2026, 1, 20))

    assert run(operator, date(2026, 1, 21)).steps == {}
    first = run(operator, REMINDER)
    before = operator.store_contents()
    again = run(operator, REMINDER)

    assert (first.accounts, first.steps, first.parked) == (2, {"home/reminder": 2}, {})
    assert (again.accounts, again.steps) == (2, {})
    assert operator.store_contents() == before
    assert [debtors.steps(account) for account in ("A0001", "A0002", "A0003")] == [
        {"reminder": REMINDER}, {}, {"reminder": REMINDER},
    ]  # fmt: skip
    assert operator.findings() == []


def test_a_run_suspends_and_brings_back(debtors: Debtors):
    debtors.open(msgspec.structs.replace(POLICY, returns="next-morning"), accounts=2)
    operator = debtors.operator
    for on in (REMINDER, LAST):
        run(operator, on)
    cut = run(operator, CUT)
    pay(operator, "A0001", "24.00", CUT)

    back = run(operator, date(2026, 2, 6))

    assert (cut.suspended, cut.fees, back.returned) == (2, {}, 1)
    assert debtors.pauses("A0001") == [("suspended", CUT), ("returned", date(2026, 2, 6))]
    assert debtors.pauses("A0002") == [("suspended", CUT)]


def test_a_payment_in_the_same_second_is_decided_again(debtors: Debtors):
    """The account was read as a debtor; the money is there before the suspension is written."""
    debtors.open(accounts=2)
    operator = debtors.operator
    for on in (REMINDER, LAST):
        run(operator, on)

    store = SomebodyFirst(operator, lambda: pay(operator, "A0001", "24.00", CUT))
    totals = run(operator, CUT, store)

    assert (totals.steps, totals.suspended) == ({"home/suspend": 1}, 1)
    assert debtors.pauses("A0001") == []
    assert debtors.pauses("A0002") == [("suspended", CUT)]


def test_a_second_run_at_the_same_time_takes_no_step_twice(debtors: Debtors):
    debtors.open(accounts=4)
    operator = debtors.operator
    other: list[DunningTotals] = []

    def run_meanwhile() -> None:
        for account in ("A0001", "A0002", "A0003"):
            debtors.dun(REMINDER, account)
        other.append(DunningTotals())

    totals = run(operator, REMINDER, SomebodyFirst(operator, run_meanwhile))

    assert other
    assert totals.steps == {"home/reminder": 1}
    for account in ("A0001", "A0002", "A0003", "A0004"):
        assert len([fact for fact in debtors.facts(account) if isinstance(fact, DunningStepTaken)]) == 1


def test_a_run_that_is_cut_off_anywhere_goes_on(debtors: Debtors, monkeypatch: pytest.MonkeyPatch):
    debtors.open(accounts=6)
    operator = debtors.operator
    monkeypatch.setattr(commands.dunning.run, "CHUNK_ACCOUNTS", 2)

    class CutOff(Exception):
        pass

    class KilledAfter(PostgresStore):
        """Commits so many chunks, then dies before the next one is written."""

        chunks = 2

        def transaction(self, *, optimistic: bool = False) -> Any:
            if self.chunks == 0:
                raise CutOff
            type(self).chunks -= 1
            return super().transaction(optimistic=optimistic)

    with pytest.raises(CutOff):
        run(operator, REMINDER, KilledAfter(operator.application.recorder))
    assert sum(bool(debtors.steps(f"A000{number}")) for number in range(1, 7)) == 4
    assert runs(operator) == []

    rest = run(operator, REMINDER)

    assert rest.steps == {"home/reminder": 2}
    assert all(debtors.steps(f"A000{number}") == {"reminder": REMINDER} for number in range(1, 7))


def test_an_account_that_cannot_be_decided_is_parked_and_the_others_go_on(debtors: Debtors):
    """The policy skips holidays, but the seller's country is not known."""
    debtors.open(accounts=2)
    operator = debtors.operator
    debtors.publish(msgspec.structs.replace(POLICY, skips=("holidays",)), today=date(2026, 1, 20))

    totals = run(operator, REMINDER)

    assert totals.parked.keys() == {"A0001", "A0002"}
    assert "country" in totals.parked["A0001"]
    (known,) = runs(operator)
    assert (known.parked, known.parked_first.keys()) == (2, {"A0001", "A0002"})


def test_a_clock_that_was_set_back_is_refused(debtors: Debtors):
    debtors.open()
    run(debtors.operator, REMINDER)

    with pytest.raises(InvalidValue, match="is before 2026-01-22, the day of the last dunning run"):
        run(debtors.operator, date(2026, 1, 21))


def test_a_preview_writes_nothing_and_is_compared_with_the_last_run(debtors: Debtors):
    debtors.open(accounts=3)
    operator = debtors.operator
    run(operator, REMINDER)
    pay(operator, "A0003", "24.00", date(2026, 1, 23))
    before = operator.store_contents()

    found = preview(operator, LAST)

    assert operator.store_contents() == before
    assert found.steps == {"home/last-reminder": 2}
    assert found.fees == {"EUR": eur("10.00")}
    assert found.compared == {
        "home/last-reminder": StandingCompared(0, 0, 2, 2), "home/reminder": StandingCompared(3, 3, 0, 0),
    }  # fmt: skip
    assert preview(operator, date(2026, 1, 24)).compared == {"home/reminder": StandingCompared(3, 1, 0, 2)}


def test_the_end_of_the_ladder_terminates_and_writes_off(debtors: Debtors):
    end = DunningStep(
        code="end", when=DaysFromDue(days=60), actions=(Terminate(reason="not paid"), WriteOff(reason="lost"))
    )
    debtors.open(msgspec.structs.replace(POLICY, steps=(*POLICY.steps, end)))
    operator = debtors.operator
    for on in (REMINDER, LAST, CUT):
        run(operator, on)

    totals = run(operator, date(2026, 3, 16))

    assert totals.terminated == 1
    (ended,) = [fact for fact in debtors.facts() if isinstance(fact, SubscriptionTerminated)]
    assert (ended.effective_on, ended.reason) == (date(2026, 3, 16), "not paid")
    debtors.let_happen(date(2026, 3, 16))  # What the step causes.
    assert [fact.amount for fact in debtors.facts() if isinstance(fact, InvoiceWrittenOff)] == [eur("24.00")]
    assert operator.findings() == []


def test_a_run_is_noted_with_what_it_did(debtors: Debtors):
    debtors.open(accounts=2)
    run(debtors.operator, REMINDER)

    assert runs(debtors.operator) == [
        DunningRunCompleted(
            effective_on=REMINDER, accounts=2, steps={"home/reminder": 2}, standing={"home/reminder": 2}, suspended=0,
            returned=0, parked=0,
        )
    ]  # fmt: skip
