"""Bulk messages: who is chosen, who is left out why, a step at a time, and never twice to one, whatever crashes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
import pytest

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.money import Money
from billing_core.outreach.bases import CustomerChoice
from billing_core.outreach.bulk import (
    BulkMessage,
    BulkMessageAdvanced,
    BulkMessageCompleted,
    BulkMessageStarted,
    BulkText,
    apply_bulk,
)
from billing_core.outreach.sms_terms import SmsPrice, SmsTerms
from billing_core.outreach.terms import KindTerms, OutreachTerms
from billing_core.parties.consents import CustomerConsentGiven
from billing_core.parties.customers import CustomerChanged, apply_customer
from billing_core.party_changes import AddressChanges, CustomerChanges
from commands.notes import TagCustomer
from commands.outreach.bases import RemoveCustomerBase, SaveCustomerBase
from commands.outreach.bulk import AdvanceBulkMessage, StartBulkMessage, StopBulkMessage, _step
from commands.outreach.sms_terms import SetSmsTerms
from commands.outreach.terms import SetOutreachTerms
from commands.parties import ChangeCustomer
from commands.parties.consents import GiveConsent, PutConsentPurpose, WithdrawConsent
from commands.platform.ports import Append
from projections.outreach.bases import count_of_base, customers_of_base, states_of_base
from projections.outreach.bulk import list_bulk_messages
from tests.operators import Operator, eur

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXTS = (
    BulkText(language="en", subject="Faster now", text="Your line is faster from April on."),
    BulkText(language="cs", subject="Rychleji", text="Od dubna máte rychlejší připojení."),
)


@pytest.fixture(autouse=True)
def sends(operator: Operator) -> None:
    """The seller writes to who agreed to offers, by e-mail or else by SMS."""
    operator.tell(PutConsentPurpose(purpose="offers", name="Offers", wording="I want offers."), today=TODAY)
    set_terms(operator)
    operator.tell(SaveCustomerBase(base="all", name="Everybody", seller="north"), today=TODAY)


def set_terms(operator: Operator, **quiet: Any) -> None:
    of_bulk = KindTerms(kind="bulk", channels=("email", "sms"), consent="offers")
    operator.tell(SetOutreachTerms(seller="north", terms=OutreachTerms(kinds=(of_bulk,), **quiet)), today=TODAY)


def subscriber(operator: Operator, number: str, *, agrees: bool = True, **details: Any) -> str:
    operator.subscriber(number)
    operator.tell(ChangeCustomer(number=number, changes=CustomerChanges(**details)), today=TODAY)
    if agrees:
        operator.tell(GiveConsent(customer=number, purpose="offers", channel="web"), today=TODAY)
    return number


def start(operator: Operator, code: str = "spring", **details: Any) -> None:
    operator.application.runner.catch_up()
    wanted: dict[str, Any] = {"base": "all", "texts": TEXTS, "per_minute": 2} | details
    operator.tell(StartBulkMessage(bulk_message=code, **wanted), today=TODAY)


def step(operator: Operator, at: datetime, code: str = "spring") -> None:
    operator.application.runner.catch_up()
    origin = origin_of_process("program", TODAY)._replace(recorded_at=at)
    operator.application.bus.execute(AdvanceBulkMessage(bulk_message=code), origin)


def bulk(operator: Operator, code: str = "spring") -> BulkMessage:
    found: BulkMessage | None = None
    for fact in operator.facts(f"bulk-message/{code}"):
        found = apply_bulk(found, fact)
    assert found is not None
    return found


def queued(operator: Operator) -> list[tuple[str, str, str]]:
    operator.application.runner.catch_up()
    return [(row[0], row[1], row[2]) for row in operator.select(
        "SELECT customer, channel, subject FROM live.messages ORDER BY customer, channel")]  # fmt: skip


def chosen(operator: Operator, **choice: Any) -> list[str]:
    found: list[str] = operator.ask(customers_of_base, "north", CustomerChoice(**choice), "", 100)
    assert operator.ask(count_of_base, "north", CustomerChoice(**choice)) == len(found)
    assert [each.customer.number for each in operator.ask(
        lambda cursor: list(states_of_base(cursor, "north", CustomerChoice(**choice))))] == found  # fmt: skip
    return found


def rehearsed(operator: Operator, **details: Any) -> dict[str, Any]:
    operator.application.runner.catch_up()
    wanted: dict[str, Any] = {"base": "all", "texts": TEXTS, "per_minute": 2} | details
    command = StartBulkMessage(bulk_message="trial", **wanted)
    return operator.application.bus.rehearse(command, origin_of_process("clerk", TODAY)).result


def test_a_base_chooses_customers_by_what_is_known_of_them(operator: Operator):
    subscriber(operator, "A1", language="cs", address=AddressChanges(street="Dlouhá 1", city="Praha"))
    subscriber(operator, "A2", agrees=False, address=AddressChanges(street="Krátká 2", city="Brno"),
               installation_address=AddressChanges(street="Dlouhá 7", city="Praha"))  # fmt: skip
    subscriber(operator, "A3", address=AddressChanges(street="100% Lane", city="York"))
    operator.publish("tv", "5.00")
    operator.subscriber("A4", tariff="tv")
    operator.tell(TagCustomer(customer="A3", add=("vip",)), today=TODAY)
    operator.bill(date(2026, 1, 2))

    assert chosen(operator) == ["A1", "A2", "A3", "A4"]
    assert chosen(operator, cities=("praha", "York")) == ["A1", "A2", "A3"]
    assert chosen(operator, cities=("Praha",), streets=("dlouhá",)) == ["A1", "A2"]
    assert chosen(operator, streets=("100%",)) == ["A3"]
    assert chosen(operator, streets=("_",)) == []
    assert chosen(operator, languages=("cs",)) == ["A1"]
    assert chosen(operator, tags=("vip", "none")) == ["A3"]
    assert chosen(operator, tariffs=("tv",)) == ["A4"]
    assert chosen(operator, consent="offers") == ["A1", "A3"]
    assert chosen(operator, dealers=("east",)) == []
    # Each owes a month: 24.00 for net, 6.00 for tv.
    assert chosen(operator, owes_at_least=eur("24.00")) == ["A1", "A2", "A3"]
    assert chosen(operator, owes_at_least=eur("24.01")) == []
    assert chosen(operator, owes_at_least=Money(Decimal(1), "CZK")) == []
    assert chosen(operator, consent="offers', '') OR true --") == []


def test_a_rehearsal_says_who_gets_what_by_which_channel_and_what_it_costs(operator: Operator):
    terms = SmsTerms(currency="EUR", prices=(SmsPrice(prefix="420", price=Decimal("0.05")),))
    operator.tell(SetSmsTerms(seller="north", terms=terms), today=TODAY)
    subscriber(operator, "A1", language="cs", email="a1@x.test")
    subscriber(operator, "A2", phone="+420602123456", language="cs")
    subscriber(operator, "A3", phone="+420602123457")
    subscriber(operator, "A4")
    subscriber(operator, "A5", email="a5@x.test", agrees=False)

    found = rehearsed(operator)

    assert (found["customers"], found["written_to"], found["minutes"]) == (5, 3, 3)
    assert found["channels"] == {"email": 1, "sms": 2}
    assert found["left_out"] == {"has no address for email or sms": 1, "has not agreed to offers": 1}
    segments = {each["customer"]: each["segments"] for each in found["sample"]}
    both = segments["A2"] + segments["A3"]
    assert found["sms_segments"] == both
    assert found["sms"]["amount"] == {"amount": f"{Decimal('0.05') * both:.2f}", "currency": "EUR"}
    assert [(each["customer"], each["channel"], each["language"]) for each in found["sample"]] == [
        ("A1", "email", "cs"), ("A2", "sms", "cs"), ("A3", "sms", "en"),
    ]  # fmt: skip
    words = {(each["language"], each["channel"]): each["text"] for each in found["words"]}
    assert "rychlejší" in words["cs", "email"]
    assert "faster" in words["en", "sms"]
    assert not any("Customer A" in text for text in words.values())  # An answer is kept: it tells of no person.
    assert operator.facts("bulk-message/trial") == []
    assert queued(operator) == []


def test_a_bulk_message_goes_on_step_by_step_until_all_had_their_turn(operator: Operator):
    for number in range(1, 6):
        subscriber(operator, f"A{number}", email=f"a{number}@x.test", agrees=number != 2)
    start(operator)
    assert bulk(operator).started.expected == 5

    step(operator, NOON)
    assert [number for number, *_ in queued(operator)] == ["A1"]
    assert bulk(operator).next_at == NOON + timedelta(minutes=1)
    step(operator, NOON + timedelta(seconds=59))  # Too early.
    assert bulk(operator).reached == "A2"
    step(operator, NOON + timedelta(minutes=1))
    step(operator, NOON + timedelta(minutes=2))

    assert [number for number, *_ in queued(operator)] == ["A1", "A3", "A4", "A5"]
    (row,) = operator.ask(list_bulk_messages)
    assert (row.state, row.queued, row.left_out, row.next_at) == ("completed", 4, 1, None)
    assert row.reasons == {"has not agreed to offers": 1}
    last = operator.facts("bulk-message/spring")[-1]
    assert last == BulkMessageCompleted(effective_on=TODAY, bulk_message="spring", queued=4, left_out=1)
    step(operator, NOON + timedelta(minutes=3))
    assert len(queued(operator)) == 4
    assert operator.findings() == []


def test_it_happens_by_itself_when_its_time_has_come(operator: Operator):
    for number in range(1, 4):
        subscriber(operator, f"A{number}", email=f"a{number}@x.test")
    start(operator)
    for minutes in range(3):
        operator.let_happen(now=partial(now_and, timedelta(minutes=minutes, seconds=1)))
    assert [number for number, *_ in queued(operator)] == ["A1", "A2", "A3"]
    assert bulk(operator).state == "completed"
    assert operator.select("SELECT count(*) FROM live.deadlines WHERE kind = 'bulk-message'") == [(0,)]


def test_a_step_that_is_cut_off_is_done_once_when_it_is_done_again(operator: Operator):
    """The connection breaks before the commit, and again right after it."""
    for number in range(1, 4):
        subscriber(operator, f"A{number}", email=f"a{number}@x.test")
    start(operator, per_minute=100)
    operator.application.runner.catch_up()
    origin = origin_of_process("program", TODAY)._replace(recorded_at=NOON)
    command = AdvanceBulkMessage(bulk_message="spring")
    operator.application.bus.decision_on(command, origin)  # Decided, and nothing is kept: the process was killed.
    assert queued(operator) == []
    first = operator.application.bus.execute(command, origin)
    again = operator.application.bus.execute(command, origin)  # Nobody knows that it was done: it is given again.
    assert (again.position, again.is_repeated) == (first.position, True)
    step(operator, NOON)
    assert len(queued(operator)) == 3


def test_what_was_queued_for_the_same_cause_is_not_queued_again(operator: Operator):
    subscriber(operator, "A1", email="a1@x.test")
    start(operator)
    step(operator, NOON)
    # The place is lost, which cannot happen: the claims of the messages still say that they are there.
    with operator.application.store.transaction() as transaction:
        messages, found = _step(bulk(operator), ["A1"], transaction, origin_of_process("program", TODAY), is_last=True)
    assert messages == []
    assert found.left_out == {"was written to already": 1}


def test_one_that_is_stopped_goes_no_further(operator: Operator):
    for number in range(1, 6):
        subscriber(operator, f"A{number}", email=f"a{number}@x.test")
    start(operator)
    application = operator.application
    automation_of(application).register()
    step(operator, NOON)
    # The read models do not show the messages of the step yet: they are cancelled as soon as they do.
    operator.tell(StopBulkMessage(bulk_message="spring", reason="a slip"), today=TODAY)
    automation_of(application).settle()
    step(operator, NOON + timedelta(minutes=5))
    assert [number for number, *_ in queued(operator)] == ["A1", "A2"]
    assert (bulk(operator).state, bulk(operator).reason) == ("stopped", "a slip")
    assert operator.select("SELECT DISTINCT state, reason FROM live.messages") == [("cancelled", "a slip")]
    operator.tell(StopBulkMessage(bulk_message="spring", reason="again"), today=TODAY)
    assert bulk(operator).reason == "a slip"
    with pytest.raises(AlreadyExists):
        start(operator)


def test_who_withdraws_meanwhile_gets_nothing(operator: Operator):
    subscriber(operator, "A1", email="a1@x.test")
    start(operator)
    operator.tell(WithdrawConsent(customer="A1", purpose="offers", channel="e-mail"), today=TODAY)
    step(operator, NOON)
    assert queued(operator) == []
    assert bulk(operator).left_out == {"has not agreed to offers": 1}


def test_in_quiet_hours_it_waits_as_a_whole(operator: Operator):
    subscriber(operator, "A1", email="a1@x.test")
    set_terms(operator, quiet_from="21:00", quiet_until="08:00")
    start(operator)
    step(operator, datetime(2026, 3, 2, 22, tzinfo=UTC))
    assert queued(operator) == []
    assert (bulk(operator).state, bulk(operator).next_at) == ("running", datetime(2026, 3, 3, 8, tzinfo=UTC))
    step(operator, datetime(2026, 3, 3, 8, tzinfo=UTC))
    assert [number for number, *_ in queued(operator)] == ["A1"]


def test_what_cannot_be_started_says_why(operator: Operator):
    with pytest.raises(NotFound, match="no such base"):
        start(operator, base="none")
    for wrong in ({"texts": ()}, {"per_minute": 0}, {"texts": (TEXTS[0], TEXTS[0])}, {"channels": ("email", "email")}):
        with pytest.raises(InvalidValue):
            start(operator, **wrong)
    operator.tell(SetOutreachTerms(seller="north", terms=OutreachTerms()), today=TODAY)
    with pytest.raises(RuleViolation, match="is not sent by the seller"):
        start(operator)
    operator.tell(RemoveCustomerBase(base="all"), today=TODAY)
    with pytest.raises(NotFound):
        start(operator)


def test_a_base_that_is_changed_later_changes_nothing_of_what_was_started(operator: Operator):
    subscriber(operator, "A1", email="a1@x.test")
    start(operator)
    vip = CustomerChoice(tags=("vip",))
    operator.tell(SaveCustomerBase(base="all", name="Everybody", seller="north", choice=vip), today=TODAY)
    step(operator, NOON)
    assert [number for number, *_ in queued(operator)] == ["A1"]


def test_steps_of_a_large_base_reach_everybody_once(operator: Operator):
    """10,000 customers in 20 steps; every third has not agreed."""
    count = 10_000
    operator.subscribers(count)
    operator.application.runner.catch_up()
    agree(operator, [f"A{number:04}" for number in range(1, count + 1) if number % 3])
    start(operator, per_minute=6_000)
    at, steps = NOON, 0
    while bulk(operator).state == "running":
        step(operator, at)
        at, steps = at + timedelta(seconds=5), steps + 1
    found = Counter(number for number, *_ in queued(operator))
    assert len(found) == count - count // 3
    assert set(found.values()) == {1}
    assert bulk(operator).queued == count - count // 3
    assert sum(bulk(operator).left_out.values()) == count // 3
    assert steps == 21
    assert isinstance(operator.facts("bulk-message/spring")[1], BulkMessageAdvanced)
    assert isinstance(operator.facts("bulk-message/spring")[0], BulkMessageStarted)


def now_and(later: timedelta) -> datetime:
    return datetime.now(UTC) + later


def agree(operator: Operator, numbers: list[str]) -> None:
    """Customers agree and have an address, written as facts at once."""
    with operator.application.store.transaction() as transaction:
        appends = []
        for number in numbers:
            state, version = transaction.load(f"customer/{number}", apply_customer)
            assert state is not None
            changed = msgspec.structs.replace(state.customer, email=f"{number.lower()}@x.test")
            facts = [
                CustomerChanged(effective_on=TODAY, customer=changed, before=state.customer),
                CustomerConsentGiven(
                    effective_on=TODAY, customer=number, purpose="offers", wording_version=1, channel="web"
                ),
            ]
            appends.append(Append(f"customer/{number}", version, facts))
        transaction.append(appends, [], origin_of_process("clerk", TODAY))
