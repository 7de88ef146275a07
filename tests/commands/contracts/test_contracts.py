"""Contracts through the bus: numbers, services, signatures, ends by themselves, and customers who are forgotten."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.views.contracts import ContractCard, ListContracts, PrintContract, ShowContract
from adapters.views.query import Reading, queries
from billing_core.contracts.kinds import Section, Template
from billing_core.contracts.services import Fee, LinkedService
from billing_core.contracts.terms import Term
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.parties.customers import Customer
from billing_core.party_changes import CustomerChanges
from commands.contracts.drafting import ChangeContractDraft, DraftContract, IssueContract, RecallContract, VoidContract
from commands.contracts.ending import AgreeContractEnd, GiveContractNotice, TakeBackContractNotice
from commands.contracts.kinds import PublishContractTemplate
from commands.contracts.signing import DraftAnnex, SignAnnex, SignContract
from commands.forgetting import ForgetCustomer
from commands.merging import MergeCustomers
from commands.parties import ChangeCustomer, RegisterCustomer
from commands.services import ChangeTariff, TerminateSubscription
from projections.contracts import SoughtContracts
from tests.commands.contracts.examples import FIRST, MAY_15, NET, draft, make_contracts, signed
from tests.operators import Operator


@pytest.fixture
def house(operator: Operator) -> Operator:
    """A subscriber on `net` for 20.00 EUR, and all that contracts need."""
    operator.subscriber("A0001")
    operator.publish("fast", "50.00", name="Fast 500")
    make_contracts(operator)
    return operator


def card(operator: Operator, number: str) -> ContractCard:
    operator.application.runner.catch_up()
    found = queries()[ShowContract](ShowContract(contract=number), reading(operator))
    assert isinstance(found, ContractCard)
    return found


def paper(operator: Operator, number: str, annex: int = 0, today: date = MAY_15) -> bytes:
    operator.application.runner.catch_up()
    asked = PrintContract(contract=number, annex=annex)
    return bytes(queries()[PrintContract](asked, reading(operator, today)).content)


def reading(operator: Operator, today: date = MAY_15) -> Reading:
    return Reading(operator.application, operator.application.queries, today)


def wake(operator: Operator, on: date) -> None:
    """What is due by itself on a day."""
    operator.let_happen(on)


def test_contracts_are_numbered_by_the_sellers_series_and_a_refused_one_leaves_no_gap(house: Operator):
    assert draft(house) == FIRST
    with pytest.raises(NotFound):
        house.tell(DraftContract(customer="A0001", seller="north", kind="internet", language="cs", begins_on=MAY_15))
    with pytest.raises(InvalidValue):
        house.tell(DraftContract(customer="A0001", seller="north", kind="internet", language="en",
                                 begins_on=date(2206, 1, 1)))  # fmt: skip
    house.tell(VoidContract(contract=FIRST, reason="twice"), today=MAY_15)
    assert draft(house) == "7000000002"
    house.application.runner.catch_up()
    assert house.findings() == []


def test_a_seller_without_a_series_makes_no_contracts(operator: Operator):
    operator.subscriber("A0001")
    make_contracts(operator)
    other = DraftContract(customer="A0001", seller="south", kind="internet", language="en", begins_on=MAY_15)
    with pytest.raises(NotFound):
        operator.tell(other)


@pytest.mark.parametrize(
    ("service", "error", "message"),
    [
        (LinkedService(account="A0002", subscription="main"), NotFound, "the customer has no such account"),
        (LinkedService(account="A0001", subscription="tv"), NotFound, "has no such subscription"),
        (LinkedService(account="A9", subscription="main"), NotFound, "no such account"),
    ],
)
def test_a_contract_is_about_services_of_the_customer(
    house: Operator, service: LinkedService, error: type[BillingError], message: str
):
    house.subscriber("A0002")
    draft(house)
    with pytest.raises(error, match=message):
        house.tell(ChangeContractDraft(contract=FIRST, services=(service,)), today=MAY_15)


def test_an_issued_contract_shows_services_and_prices_as_they_were(house: Operator):
    draft(house)
    house.tell(IssueContract(contract=FIRST), today=MAY_15)
    before = paper(house, FIRST)
    house.tell(ChangeTariff(account="A0001", subscription="main", tariff="fast", on=date(2026, 6, 10)), today=MAY_15)
    house.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(name="Ona Petrauskienė")), today=MAY_15)
    house.tell(PublishContractTemplate(kind="internet", language="en", template=Template(
        title="Another", sections=(Section(heading="Subject"),)
    )))  # fmt: skip

    (service,) = card(house, FIRST).services
    assert (service.tariff, service.since) == ("net", date(2026, 6, 1))
    assert service.fees == (Fee(name="Monthly fee", price=Decimal("20.00"), vat_rate=Decimal(20)),)
    assert paper(house, FIRST) == before

    house.tell(RecallContract(contract=FIRST), today=MAY_15)
    house.tell(IssueContract(contract=FIRST), today=MAY_15)
    assert paper(house, FIRST) != before


def test_the_paper_is_the_same_before_and_after_the_signature_and_in_another_process(house: Operator):
    draft(house)
    is_marked = paper(house, FIRST)
    house.tell(IssueContract(contract=FIRST), today=MAY_15)
    before = paper(house, FIRST)
    house.tell(SignContract(contract=FIRST, signed_by="Ona"), today=MAY_15)

    assert is_marked != before
    assert hashlib.sha256(paper(house, FIRST)).digest() == hashlib.sha256(before).digest()
    assert paper(house, FIRST, today=date(2027, 1, 1)) == before


def test_billing_goes_by_the_dates_of_its_own_documents_whatever_contracts_say(house: Operator):
    """A contract of 15 May is no reason to refuse invoices of 2 February."""
    draft(house)
    assert house.bill(date(2026, 2, 2)).invoices == 1


def test_an_annex_of_a_merged_record_is_of_the_kept_customer(house: Operator):
    signed(house)
    house.tell(RegisterCustomer(customer=Customer(number="K1", kind="person", name="Ona Petrauskienė")), today=MAY_15)
    house.tell(MergeCustomers(customer="A0001", into="K1", reason="registered twice"), today=MAY_15)
    house.tell(DraftAnnex(contract=FIRST, begins_on=date(2026, 7, 1), services=(NET,)), today=MAY_15)
    house.application.runner.catch_up()

    listed = queries()[ListContracts](ListContracts(sought=SoughtContracts(customer="K1")), reading(house)).items
    assert [row.number for row in listed] == [FIRST]
    assert paper(house, FIRST, 1).startswith(b"%PDF")
    assert card(house, FIRST).annexes[0].paper.customer.code == "K1"


def test_nothing_is_signed_with_a_customer_who_was_forgotten(operator: Operator):
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Anna Kalniņa")), today=MAY_15)
    make_contracts(operator)
    operator.tell(DraftContract(customer="C1", seller="north", kind="internet", language="en", begins_on=MAY_15))
    operator.tell(IssueContract(contract=FIRST), today=MAY_15)
    order = ForgetCustomer(customer="C1", ordered_by="the customer", reason="asked for it")
    operator.application.forgetting.forget(order, origin_of_process("clerk", MAY_15))
    with pytest.raises(RuleViolation, match="was forgotten"):
        operator.tell(SignContract(contract=FIRST, signed_by="Anna"), today=MAY_15)
    operator.tell(VoidContract(contract=FIRST, reason="the customer is gone"), today=MAY_15)


def test_a_service_that_has_ended_is_not_sold(house: Operator):
    ended = TerminateSubscription(account="A0001", subscription="main", on=date(2026, 5, 1), reason="moves")
    house.tell(ended, today=date(2026, 5, 1))
    draft(house)
    with pytest.raises(RuleViolation, match="has ended before 2026-06-01"):
        house.tell(IssueContract(contract=FIRST), today=MAY_15)


def test_a_file_that_was_not_kept_is_no_signed_paper(house: Operator):
    draft(house)
    house.tell(IssueContract(contract=FIRST), today=MAY_15)
    with pytest.raises(NotFound, match="no such file is kept"):
        house.tell(SignContract(contract=FIRST, signed_by="Ona", content_hash="ab" * 32), today=MAY_15)


def test_an_annex_replaces_services_and_has_a_paper_of_its_own(house: Operator):
    signed(house)
    house.tell(ChangeTariff(account="A0001", subscription="main", tariff="fast", on=date(2026, 7, 1)), today=MAY_15)
    answer = house.tell(DraftAnnex(contract=FIRST, begins_on=date(2026, 7, 1), services=(NET,)), today=MAY_15)
    assert answer.result == {"annex": 1}
    assert card(house, FIRST).services[0].name == "Net"
    waiting = paper(house, FIRST, 1)
    house.tell(SignAnnex(contract=FIRST, annex=1, signed_by="Ona"), today=MAY_15)

    assert card(house, FIRST).services[0].name == "Fast 500"
    assert paper(house, FIRST, 1) == waiting != paper(house, FIRST)


def test_notice_is_answered_with_the_end_and_the_contract_ends_by_itself_on_that_day(house: Operator):
    signed(house)
    answer = house.tell(GiveContractNotice(contract=FIRST, by="customer", reason="moves"), today=date(2026, 6, 20))
    assert answer.result == {"ends_on": "2026-08-01"}
    wake(house, date(2026, 7, 31))
    assert card(house, FIRST).status == "signed"
    wake(house, date(2026, 8, 1))
    assert (card(house, FIRST).status, card(house, FIRST).ends_on) == ("ended", date(2026, 8, 1))
    assert house.findings() == []


def test_a_notice_that_was_taken_back_ends_nothing(house: Operator):
    signed(house, term=Term(fixed_months=2))
    house.tell(AgreeContractEnd(contract=FIRST, ends_on=date(2026, 6, 15)), today=MAY_15)
    house.tell(TakeBackContractNotice(contract=FIRST, reason="stays"), today=MAY_15)
    wake(house, date(2026, 6, 15))
    assert card(house, FIRST).status == "signed"
    wake(house, date(2026, 8, 1))
    assert card(house, FIRST).status == "ended"


def test_who_has_a_contract_in_force_is_not_forgotten_and_an_ended_one_is_kept(operator: Operator):
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Anna Kalniņa")), today=MAY_15)
    make_contracts(operator)
    drafted = DraftContract(
        customer="C1", seller="north", kind="internet", language="en", begins_on=MAY_15, agreed="Anna gets a router"
    )
    operator.tell(drafted, today=MAY_15)
    operator.tell(IssueContract(contract=FIRST), today=MAY_15)
    operator.tell(SignContract(contract=FIRST, signed_by="Anna Kalniņa"), today=MAY_15)
    before = paper(operator, FIRST)
    order = ForgetCustomer(customer="C1", ordered_by="the customer", reason="asked for it")
    origin = origin_of_process("clerk", date(2026, 6, 20))
    with pytest.raises(RuleViolation, match="is still in force"):
        operator.application.forgetting.forget(order, origin)
    operator.tell(AgreeContractEnd(contract=FIRST, ends_on=date(2026, 6, 15)), today=MAY_15)
    wake(operator, date(2026, 6, 20))

    answer = operator.application.forgetting.forget(order, origin)

    assert answer.result["kept"] == [{"document": FIRST, "until": "2037-01-01"}]
    assert paper(operator, FIRST, today=date(2036, 12, 31)) == before
    assert paper(operator, FIRST, today=date(2037, 1, 1)) != before
    assert operator.select("SELECT count(*) FROM live.contracts WHERE details LIKE '%%Kalni%%'") == [(0,)]
    shown = card(operator, FIRST)
    assert (shown.agreed, shown.signature and shown.signature.by) == ("", "erased")
    assert operator.findings() == []
