"""Stories of one or several accounts on a moving clock: what is told, what is billed, what stands on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from adapters.edge.models import read_struct
from billing_core.catalogue.components import OneOff, Recurring, Usage
from billing_core.catalogue.parameters import Parameter
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import UnitPrice
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.parties.customers import Customer
from billing_core.services.terms_in_force import TermsInForce
from commands.accounts import OpenAccount
from commands.billing.account import BillAccount
from commands.parties import RegisterCustomer
from commands.platform.bus import Answer, Command
from commands.services import ActivateSubscription
from tests.operators import Operator, plan, publish_tariffs

ALWAYS = date(2020, 1, 1)
USER = Parameter(code="user", is_optional=True)


def price(amount: str) -> tuple[Price, ...]:
    return (Price(amount=Decimal(amount), valid_from=ALWAYS),)


def fee(amount: str, code: str = "fee", **details: Any) -> Recurring:
    """A monthly fee without VAT."""
    return Recurring(code=code, name=code, vat_rate=Decimal(0), prices=price(amount), **details)


def once(code: str, amount: str, **details: Any) -> OneOff:
    return OneOff(code=code, name=code, vat_rate=Decimal(0), prices=price(amount), **details)


def usage(code: str, unit: str) -> Usage:
    return Usage(code=code, name=code, vat_rate=Decimal(0), pricing=UnitPrice(price=Decimal(unit)))


def tariff(code: str, *components: Any, **details: Any) -> Tariff:
    return Tariff(code=code, name=code.title(), currency="EUR", components=components, **details)


class Story:
    """Tells commands and bills on the days it names, in order or not."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator

    def publish(self, *tariffs: Tariff) -> None:
        publish_tariffs(self.operator.application, *tariffs)

    def account(self, number: str, billing_day: int = 1, currency: str = "EUR") -> str:
        """A customer's account, open since 2020."""
        self.operator.tell(
            RegisterCustomer(customer=Customer(number=number, kind="person", name=f"Customer {number}")), today=ALWAYS
        )
        self.operator.tell(
            OpenAccount(
                account=number,
                customer=number,
                seller="north",
                currency=currency,
                opened_on=ALWAYS,
                plan=plan(billing_day=billing_day),
            )
        )
        return number

    def subscriber(self, number: str, tariff: str, since: str, billing_day: int = 1, **details: Any) -> str:
        """An account with one subscription, `main`."""
        self.account(number, billing_day)
        self.tell(ActivateSubscription, since, number, tariff=tariff, **details)
        return number

    def tell(self, command: type[Command], today: str, number: str, **fields: Any) -> Answer:
        """A command about the subscription `main` of an account."""
        fields = {"account": number, "subscription": "main"} | fields
        return self.operator.tell(read_struct(command, fields), today=date.fromisoformat(today))

    def bill(self, today: str, *numbers: str) -> list[str]:
        """Bill accounts up to and including a day; the lines that were posted."""
        on = date.fromisoformat(today)
        before = [len(self.charges(number)) for number in numbers]
        for number in numbers:
            self.operator.tell(BillAccount(account=number, on=on), today=on)
        return [
            line(charge)
            for number, known in zip(numbers, before, strict=True)
            for charge in self.charges(number)[known:]
        ]

    def charges(self, number: str) -> list[Charge]:
        """Everything that was ever posted on an account, in order."""
        facts = self.operator.facts(f"account/{number}")
        return [charge for fact in facts if isinstance(fact, ChargesPosted) for charge in fact.charges]

    def in_force_by_day(self, number: str, until: date = date(2027, 1, 1)) -> dict[date, TermsInForce]:
        """What holds on each day for the subscription `main`."""
        found = self.operator.account(number).subscriptions["main"].segments()
        return {
            day: msgspec.structs.replace(segment.in_force, agreed_until={})
            for segment in found
            for day in every_day(str(segment.from_on), str(segment.to_on or until))
        }

    def net(self, *numbers: str) -> str:
        """The sum of everything that was ever posted."""
        amounts = (charge.amount.amount for number in numbers for charge in self.charges(number))
        return f"{sum(amounts, Decimal('0.00')):f}"

    def days(self, number: str, component: str = "fee") -> list[date]:
        """The days that stand charged, a day for each time; a credit takes one away."""
        found: list[date] = []
        for charge in self.charges(number):
            if charge.component == component:
                for day in _days(charge):
                    if charge.corrects is None:
                        found.append(day)
                    else:
                        found.remove(day)
        return sorted(found)


def line(charge: Charge) -> str:
    """A charge in short: `fee 06-11..07-01 -200.00, corrects 06-01..07-01`."""
    corrects = ""
    if charge.corrects is not None:
        from_on, to_on = charge.corrects.split("/")[2:4]
        corrects = f", corrects {from_on[5:]}..{to_on[5:]}"
    component = f"{charge.component} on {charge.of}" if charge.of else charge.component
    return f"{component} {charge.from_on:%m-%d}..{charge.to_on:%m-%d} {charge.amount.amount:f}{corrects}"


def every_day(from_on: str, to_on: str) -> list[date]:
    first = date.fromisoformat(from_on)
    return [first + timedelta(days=number) for number in range((date.fromisoformat(to_on) - first).days)]


def _days(charge: Charge) -> Iterator[date]:
    return (charge.from_on + timedelta(days=number) for number in range((charge.to_on - charge.from_on).days))


@pytest.fixture
def story(operator: Operator) -> Story:
    told = Story(operator)
    told.publish(
        tariff("home", fee("300.00"), fee("30.00", "tv", is_option=True), usage("data", "0.50"), parameters=(USER,)),
        tariff("fast", fee("500.00")),
    )
    return told
