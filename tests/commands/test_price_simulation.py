"""A revision of a tariff tried on an account: its bills now and by the revision; nothing is written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from adapters.bootstrap.origins import origin_of_process
from billing_core.catalogue.tariffs import Revision, last_components
from commands.catalogue import ReviseTariff
from commands.price_changes.simulated import Simulation, simulated
from tests.operators import Operator, eur

JANUARY = date(2026, 1, 1)


def simulate(operator: Operator, price: str, on: date, today: date) -> Simulation:
    """The tariff `net` with its fee at another price from a day on."""
    catalogue = operator.application.models().tariffs()
    (fee,) = last_components(catalogue["net"])
    dearer = msgspec.structs.replace(fee, prices=(msgspec.structs.replace(fee.prices[0], amount=Decimal(price)),))
    command = ReviseTariff(tariff="net", revision=Revision(valid_from=on, components=(dearer,)))
    return simulated(operator.application.bus, "A0001", command, origin_of_process("clerk", today))


def test_the_bills_until_the_change_are_equal_and_then_dearer(operator: Operator):
    """24.00 a month, from March on 26.40: twelve months until March 2027 have 2.40 more each."""
    operator.subscriber()
    operator.bill(date(2026, 1, 2), today=JANUARY)
    before = operator.store_contents()

    found = simulate(operator, "22.00", date(2026, 3, 1), date(2026, 1, 15))

    assert [(bill.on, bill.now, bill.new) for bill in found.bills[:3]] == [
        (date(2026, 2, 1), eur("24.00"), eur("24.00")),
        (date(2026, 3, 1), eur("24.00"), eur("26.40")),
        (date(2026, 4, 1), eur("24.00"), eur("26.40")),
    ]
    assert len(found.bills) == 13
    assert (found.now, found.new) == (eur("312.00"), eur("340.80"))
    assert operator.store_contents() == before


def test_days_that_were_charged_already_are_compared(operator: Operator):
    """From 16 January, 16 of 31 days: 20.00 x 16/31 = 10.32 back and 23.00 x 16/31 = 11.87 instead, with VAT -12.38 and
    14.24, which are due at once.
    """
    operator.subscriber()
    operator.bill(date(2026, 1, 2), today=JANUARY)

    found = simulate(operator, "23.00", date(2026, 1, 16), date(2026, 1, 15))

    assert (found.bills[0].on, found.bills[0].now, found.bills[0].new) == (date(2026, 1, 15), eur("0.00"), eur("1.86"))
    assert (found.bills[1].now, found.bills[1].new) == (eur("24.00"), eur("27.60"))
