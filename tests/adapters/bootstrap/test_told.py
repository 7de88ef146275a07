"""What customers are told by itself: a message for each event, of the right kind and about the right thing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.seller_clock import SellerClock
from billing_core.contracts.terms import Term
from billing_core.kernel.money import Money
from billing_core.outreach.kinds import MARKETING, MESSAGE_KINDS
from billing_core.outreach.messages import MessageQueued
from billing_core.outreach.terms import KindTerms, OutreachTerms
from billing_core.promises import PromiseTerms
from billing_core.work.flows import END, Flow, Move, Step
from commands.accounts import ChangeBillingPlan
from commands.contracts.ending import GiveContractNotice
from commands.dunning.policies import PublishDunningPolicy
from commands.dunning.taking import TakeDunningSteps
from commands.outreach.templates import PublishMessageTemplate
from commands.outreach.terms import SetOutreachTerms
from commands.payments.account import ReceivePayment
from commands.platform.bus import Command
from commands.promises import OpenPromise, SetPromiseTerms
from commands.services import HoldSubscription, ResumeSubscription, SuspendSubscription
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.outages import GatherTickets
from tests.commands.contracts.examples import make_contracts
from tests.commands.dunning.debtors import PLAN, POLICY
from tests.operators import Operator
from tests.projections.contract_books import signed

ON = date(2026, 4, 12)
MAIN: dict[str, Any] = {"account": "A0001", "subscription": "main", "on": ON}
FLOW = {"title": "Fault", "queue": "support", "steps": (Step(code="mend", moves=(Move(to=END, resolution="mended"),)),)}


class Told:
    """An operator whose customers are told everything, by an app that reaches all of them."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        operator.subscribers(1)
        kinds = tuple(KindTerms(kind=kind, channels=("push",)) for kind in MESSAGE_KINDS if kind not in MARKETING)
        operator.tell(SetOutreachTerms(seller="north", terms=OutreachTerms(kinds=kinds)), today=ON)
        self.settle()

    def settle(self) -> None:
        application = self.operator.application
        automation_of(application, SellerClock(application.store, application.tables, ON)).settle()

    def after(self, *commands: Command) -> list[tuple[str, str, str]]:
        """Kind, subject matter and words of what is told after some commands."""
        known = self._messages()
        for command in commands:
            self.operator.tell(command, today=ON)
        self.settle()
        return [(each.kind, each.about, each.text) for each in self._messages()[len(known) :]]

    def _messages(self) -> list[MessageQueued]:
        rows = self.operator.select("SELECT stream FROM (SELECT originator_id AS stream, position FROM billing.events "
                                    "WHERE topic = 'message-queued/1') AS queued ORDER BY position")  # fmt: skip
        facts = [self.operator.facts(stream)[0] for (stream,) in rows]
        return [fact for fact in facts if isinstance(fact, MessageQueued)]


def test_documents_and_payments_are_told(operator: Operator):
    told = Told(operator)
    operator.bill(date(2026, 2, 1), today=date(2026, 2, 1))
    invoices = told.after()
    paid = ReceivePayment(account="A0001", source="bank", reference="R1", amount=Money(Decimal("24.00"), "EUR"))

    ((kind, about, words), *_) = invoices
    assert kind == "invoice" and about in words and "24.00\u00a0EUR" in words
    assert told.after(paid) == [
        (
            "payment-received",
            "bank:R1",
            "North Cable: your payment of 24.00\u00a0EUR arrived on 12 Apr 2026. Thank you.",
        )
    ]
    assert told.after() == []


def test_what_becomes_of_a_service_is_told(operator: Operator):
    told = Told(operator)

    (suspended,) = told.after(SuspendSubscription(**MAIN, reason="non-payment"))
    (returned,) = told.after(ResumeSubscription(**MAIN))
    (held,) = told.after(HoldSubscription(**MAIN))

    assert suspended == ("suspended", "main", "North Cable: your service main is suspended since 12 Apr 2026.")
    assert returned[:2] == ("returned", "main") and held[:2] == ("hold", "main")


def test_a_step_of_dunning_is_told_with_what_is_open(operator: Operator):
    told = Told(operator)
    operator.bill(date(2026, 2, 1), today=date(2026, 2, 1))
    told.after(PublishDunningPolicy(policy=POLICY), ChangeBillingPlan(account="A0001", plan=PLAN))

    reminded = told.after(TakeDunningSteps(account="A0001"))

    assert [kind for kind, _, _ in reminded] == ["overdue"]
    assert reminded[0][2].startswith("North Cable: ") and "was due on" in reminded[0][2]


def test_a_step_of_dunning_has_words_of_its_own(operator: Operator):
    told = Told(operator)
    operator.bill(date(2026, 2, 1), today=date(2026, 2, 1))
    words = '{% if step == "reminder" %}A first word{% else %}The last word{% endif %} on {{ debt }}'
    told.after(
        PublishMessageTemplate(kind="overdue", language="en", channel="push", text=words),
        PublishDunningPolicy(policy=POLICY), ChangeBillingPlan(account="A0001", plan=PLAN),
    )  # fmt: skip

    ((_, about, reminder),) = told.after(TakeDunningSteps(account="A0001"))

    assert (about, reminder) == ("reminder", "A first word on 24.00\u00a0EUR")


def test_a_promise_is_told_when_it_is_opened_and_kept(operator: Operator):
    told = Told(operator)
    operator.bill(date(2026, 2, 1), today=date(2026, 2, 1))
    told.after(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=10)))
    owed = -operator.account("A0001").ledger.balance.amount

    (opened,) = told.after(OpenPromise(account="A0001", until=date(2026, 4, 20)))
    paid = ReceivePayment(account="A0001", source="bank", reference="R1", amount=Money(owed, "EUR"))
    after_it = told.after(paid)

    assert "you promised" in opened[2] and "20 Apr 2026" in opened[2]
    assert {kind for kind, _, _ in after_it} == {"payment-received", "promise"}
    assert any("your promise is kept" in words for _, _, words in after_it)


def test_the_end_of_a_contract_is_told(operator: Operator):
    told = Told(operator)
    make_contracts(operator)
    number = signed(operator, "A0001", Term())

    ((kind, about, words),) = told.after(GiveContractNotice(contract=number, by="operator"))

    assert (kind, about) == ("contract-ending", number) and number in words


def test_who_is_gathered_by_an_outage_is_told_once(operator: Operator):
    told = Told(operator)
    for kind in ("fault", "outage"):
        operator.tell(PublishFlow(flow=Flow(kind=kind, **FLOW)), today=ON)  # type: ignore[arg-type]
    opened = {
        kind: str(operator.tell(OpenTicket(kind=kind, subject="no signal", account="A0001"), today=ON).result["ticket"])
        for kind in ("fault", "outage")
    }

    gather = GatherTickets(ticket=opened["outage"], tickets=(opened["fault"],))
    ((kind, about, words),) = told.after(gather)

    assert (kind, about) == ("outage", opened["outage"]) and "know of the outage" in words
    assert told.after(gather) == []
