"""A base in which every report on base and sales has something to say: places, dealers, campaigns, moves, contracts.

Eight customers of 2026, in two cities and three buildings, of a dealer and of the house, who pay in two currencies.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.catalogue.parameters import Parameter
from billing_core.catalogue.products import Product
from billing_core.contracts.services import LinkedService
from billing_core.contracts.terms import Term
from billing_core.dealers import Dealer
from billing_core.kernel.money import Money
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from commands.catalogue import DefineProduct
from commands.contracts.drafting import DraftContract, IssueContract
from commands.contracts.ending import GiveContractNotice
from commands.contracts.signing import SignContract
from commands.dealers import RegisterDealer
from commands.notes import TagCustomer
from commands.parties import AssignCustomer, GiveConsent, PutConsentPurpose, RegisterCustomer
from commands.payments.account import ReceivePayment
from commands.services import (
    ActivateSubscription,
    ChangeTariff,
    HoldSubscription,
    MoveSubscription,
    ResumeSubscription,
    SuspendSubscription,
    TerminateSubscription,
)
from commands.services.yearly_holds import PlanYearlyHold
from tests.commands.contracts.examples import make_contracts
from tests.operators import Operator, new_subscriber

BEGINS = tuple(date(2026, 1, day) for day in (3, 9, 20)) + tuple(date(2026, 2, day) for day in (1, 14, 25))
ON = date(2026, 3, 20)
TODAY = date(2026, 4, 10)


def make_base(operator: Operator) -> None:
    """The whole base, as it is on 10 April 2026."""
    operator.tell(DefineProduct(product=Product(code="internet", name="Internet")), today=date(2020, 1, 1))
    speed = Parameter(code="speed", name="Speed", value="100 Mbit/s")
    operator.publish("fast", "30.00", product="internet", parameters=(speed,))
    operator.publish("net-cz", "500.00", currency="CZK")
    operator.tell(RegisterDealer(dealer=Dealer(code="east", name="East Shop")))
    report = operator.bring_in(placed(number, since) for number, since in enumerate(BEGINS, start=1))
    assert report.accepted == len(BEGINS), report
    operator.subscriber("A0007", since=date(2026, 2, 3), tariff="net-cz", currency="CZK")
    operator.tell(RegisterCustomer(customer=Customer(number="A0008", kind="company", name="No Service", language="cs",
                                                     source="fair")), today=ON)  # fmt: skip
    for customer in ("A0002", "A0004", "A0007"):
        operator.tell(AssignCustomer(customer=customer, dealer="east"), today=ON)
    operator.tell(TagCustomer(customer="A0001", add=("vip", "fibre")), today=ON)
    operator.tell(PutConsentPurpose(purpose="offers", name="Offers", wording="We may write."), today=ON)
    operator.tell(GiveConsent(customer="A0001", purpose="offers", channel="web"), today=ON)
    change_services(operator)
    make_some_contracts(operator)
    operator.bill_each_due_date(TODAY)
    for account, amount in (("A0001", "24.00"), ("A0002", "10.00")):
        operator.tell(pay(account, Money(Decimal(amount), "EUR")), today=ON)


def placed(number: int, since: date) -> Any:
    """A subscriber in one of three houses, who came by one of two campaigns or without one."""
    found = new_subscriber(f"A{number:04}", since=since)
    city, street, house = (("Riga", "Brivibas", "7"), ("Riga", "Brivibas", "9"), ("Ogre", "Maija", "1"))[number % 3]
    address = Address(street=street, house_number=house, flat=str(number), city=city, district=f"{city} centre")
    customer = msgspec.structs.replace(
        found.customer, kind="company" if number % 4 == 0 else "person", address=address,
        source=("", "spring", "fair")[number % 3], language=("", "cs")[number % 2],
    )  # fmt: skip
    return msgspec.structs.replace(found, customer=customer)


def change_services(operator: Operator) -> None:
    """One of each change, on several days."""
    main: Callable[[str], dict[str, Any]] = lambda account: {"account": account, "subscription": "main"}  # noqa: E731
    second = ActivateSubscription(account="A0001", subscription="tv", tariff="fast", on=date(2026, 3, 2))
    told = (
        (second, date(2026, 3, 2)),
        (ChangeTariff(**main("A0002"), tariff="fast", on=date(2026, 3, 1)), date(2026, 3, 1)),
        (SuspendSubscription(**main("A0003"), reason="operator", on=date(2026, 3, 5)), date(2026, 3, 5)),
        (SuspendSubscription(**main("A0004"), reason="abuse", on=date(2026, 3, 6)), date(2026, 3, 6)),
        (ResumeSubscription(**main("A0004"), on=date(2026, 3, 12)), date(2026, 3, 12)),
        (HoldSubscription(**main("A0005"), on=date(2026, 3, 8), until=date(2026, 6, 1)), date(2026, 3, 8)),
        (TerminateSubscription(**main("A0006"), reason="moving", on=date(2026, 3, 15)), date(2026, 3, 15)),
        (MoveSubscription(account="A0001", subscription="tv", to_account="A0002", on=ON), ON),
        (TerminateSubscription(**main("A0002"), reason="too dear", on=date(2026, 5, 2)), ON),
        (PlanYearlyHold(**main("A0001"), from_day="10-01", to_day="10-31"), ON),
    )
    for command, on in told:
        operator.tell(command, today=on)


def make_some_contracts(operator: Operator) -> None:
    """One signed for a year, one with notice, one that waits, one draft."""
    make_contracts(operator)
    for account, term, steps in (
        ("A0001", Term(fixed_months=12), 2), ("A0002", Term(minimum_months=1), 3),
        ("A0003", None, 1), ("A0004", None, 0), ("A0005", Term(fixed_months=1, goes_on=True), 2),
    ):  # fmt: skip
        services = (LinkedService(account=account, subscription="main"),)
        drafted = DraftContract(customer=account, seller="north", kind="internet", language="en", begins_on=ON,
                                term=term, services=services)  # fmt: skip
        number = str(operator.tell(drafted, today=ON).result["contract"])
        later = (
            IssueContract(contract=number), SignContract(contract=number, signed_by="Somebody"),
            GiveContractNotice(contract=number, by="customer"),
        )  # fmt: skip
        for command in later[:steps]:
            operator.tell(command, today=ON)


def pay(account: str, amount: Money) -> ReceivePayment:
    return ReceivePayment(
        account=account, source="desk", reference=account, amount=amount, received_on=ON, method="cash"
    )
