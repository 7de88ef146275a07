"""One text finds everything: each kind by what people have in hand, the best hit first, and what it is of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, get_args

import pytest

from billing_core.custom_fields import FieldDefinition
from billing_core.dealers import Dealer
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.party_changes import CustomerChanges
from commands.corrections.payment import MovePayment
from commands.custom_fields import PublishCustomFields
from commands.dealers import RegisterDealer
from commands.forgetting import ForgetCustomer
from commands.parties import AssignCustomer, ChangeCustomer, RegisterCustomer
from commands.payments.account import ReceivePayment
from commands.services import SetServiceFields
from commands.usage.identifiers import AssignIdentifier
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.tickets import SetTicketFields
from projections.search.hit import Hit, HitKind, Sought
from projections.search.hits import find
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator, bank_row, eur

TODAY = date(2026, 4, 10)
KINDS: Collection[HitKind] = get_args(HitKind)


@pytest.fixture
def house(operator: Operator) -> Operator:
    """Two subscribers with an invoice, a payment, a ticket, a telephone number; a customer of Cyrillic letters."""
    operator.subscribers(2)
    operator.bill(date(2026, 2, 1))
    paid = ReceivePayment(account="A0001", source="bank", reference="R77", amount=eur("24.00"),
                          payment_reference="VS 0012345", received_on=date(2026, 2, 3))  # fmt: skip
    operator.tell(paid)
    operator.take_in([bank_row(6, "9.00", "who am I")])
    operator.tell(PublishFlow(flow=CONNECTION))
    wanted: dict[str, Any] = {"kind": "connection", "account": "A0001", "subscription": "main"}
    operator.tell(OpenTicket(**wanted, subject="Dolní 5: no light"))
    operator.tell(AssignIdentifier(account="A0002", subscription="main", identifier="+420 601 000 001"))
    operator.tell(RegisterCustomer(customer=Customer(
        number="C9", kind="person", name="Гергана Живкова", email="g.zivkova@x.example", phone="+359 88 123 4567",
        address=Address(street="ул. Шипка 5", city="София", country="BG"),
    )))  # fmt: skip
    return operator


def hits(operator: Operator, text: str, kinds: Collection[HitKind] = KINDS, dealer: str = "") -> list[Hit]:
    found: list[Hit] = operator.ask(find, Sought(text, 10, TODAY, dealer), kinds)
    return found


def shown(operator: Operator, text: str, dealer: str = "") -> list[tuple[str, str, str]]:
    return [(hit.kind, hit.number, hit.matched) for hit in hits(operator, text, dealer=dealer)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C9", [("customer", "C9", "number")]),
        ("zhivkova gergana", [("customer", "C9", "name")]),
        ("Zivkova", [("customer", "C9", "name")]),
        ("zhivkva", [("customer", "C9", "name")]),  # a letter too few
        ("Живкова", [("customer", "C9", "name")]),
        ("shipka 5", [("customer", "C9", "address")]),
        ("g.zivkova@x.example", [("customer", "C9", "email")]),
        ("1234567", [("customer", "C9", "phone")]),
        ("1000000002", [("document", "1000000002", "number")]),
        ("bank:R77", [("payment", "bank:R77", "number")]),
        ("r77", [("payment", "bank:R77", "reference")]),
        ("vs 0012345", [("payment", "bank:R77", "payment_reference")]),
        ("R00006", [("remittance", "bank:R00006", "reference")]),
        ("who am I", [("remittance", "bank:R00006", "payment_reference")]),
        ("+420 601 000", [("service", "main", "identifier")]),
        ("601 000 001", [("service", "main", "identifier")]),
        ("T-1", [("ticket", "T-1", "number")]),
        ("light dolni", [("ticket", "T-1", "subject")]),
        ("x", []),
        ("%%", []),
        ("", []),
    ],
)
def test_each_kind_is_found_by_what_people_have_in_hand(house: Operator, text: str, found: list[tuple[str, str, str]]):
    assert shown(house, text) == found


def test_a_number_finds_what_begins_like_it_and_the_number_itself_first(house: Operator):
    assert shown(house, "a0001")[:2] == [("customer", "A0001", "number"), ("account", "A0001", "number")]
    assert [(hit.number, hit.rank) for hit in hits(house, "10000000", ["document"])] == [
        ("1000000001", 1), ("1000000002", 1),
    ]  # fmt: skip


def test_a_hit_says_whose_it_is_and_what_helps_to_choose(house: Operator):
    (document,) = hits(house, "1000000001")
    assert (document.title, document.amount, document.state, document.on) == (
        "invoice", eur("24.00"), "paid", date(2026, 1, 31),
    )  # fmt: skip
    assert (document.account, document.customer, document.customer_name) == ("A0001", "A0001", "Customer A0001")
    (other,) = hits(house, "1000000002")
    assert other.state == "overdue"
    (account,) = hits(house, "A0002", ["account"])
    assert (account.amount, account.state) == (eur("-24.00"), "")
    (service,) = hits(house, "601000001")
    assert (service.account, service.title, service.state, service.value) == ("A0002", "net", "active", "420601000001")
    (waiting,) = hits(house, "R00006")
    assert (waiting.amount, waiting.state, waiting.customer) == (eur("9.00"), "waiting", "")


def test_searchable_custom_fields_of_every_subject_are_found(house: Operator):
    def publish(*, is_searchable: bool) -> None:
        socket = FieldDefinition(code="socket", labels={"en": "Socket"}, is_searchable=is_searchable)
        for subject in ("customer", "service", "ticket"):
            house.tell(PublishCustomFields(subject=subject, fields=(socket,)))

    publish(is_searchable=True)
    house.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(custom_fields={"socket": "Brass one"})))
    house.tell(SetServiceFields(account="A0002", subscription="main", values={"socket": "brass two"}))
    house.tell(SetTicketFields(ticket="T-1", values={"socket": "brass three"}))
    assert shown(house, "brass") == [
        (kind, number, "custom_fields.socket")
        for kind, number in (("customer", "A0001"), ("service", "main"), ("ticket", "T-1"))
    ]
    assert shown(house, "brass two") == [("service", "main", "custom_fields.socket")]
    publish(is_searchable=False)
    assert shown(house, "brass") == []


def test_a_dealer_finds_the_own_customers_alone(house: Operator):
    house.tell(RegisterDealer(dealer=Dealer(code="east", name="East")))
    assert shown(house, "A0001", "east") == []
    for text in ("1000000001", "R77", "light", "main", "T-1", "R00006", "customer"):
        assert shown(house, text, "east") == [], text
    house.tell(AssignCustomer(customer="A0001", dealer="east"))
    for text in ("1000000001", "R77", "light", "main", "T-1", "customer"):
        assert [hit.customer for hit in hits(house, text, dealer="east")] == ["A0001"], text


def test_kinds_that_are_not_asked_for_are_left_out(house: Operator):
    assert [hit.kind for hit in hits(house, "A0001", ["account", "ticket"])] == ["account"]


def test_a_moved_payment_is_found_once(house: Operator):
    house.tell(MovePayment(payment="bank:R77", from_account="A0001", to_account="A0002", reason="other"))
    (hit,) = hits(house, "VS0012345")
    assert (hit.account, hit.amount) == ("A0002", eur("24.00"))


def test_nothing_personal_of_somebody_who_was_forgotten_is_found(house: Operator):
    house.tell(ForgetCustomer(customer="C9", ordered_by="the customer", reason="asked"))
    assert [shown(house, text) for text in ("zhivkova", "1234567", "shipka")] == [[], [], []]
    assert [(hit.number, hit.state) for hit in hits(house, "C9")] == [("C9", "forgotten")]
    assert house.findings() == []
