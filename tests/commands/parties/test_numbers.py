"""The number that is proposed for the next customer."""

from __future__ import annotations

from billing_core.parties.customers import Customer
from commands.parties import RegisterCustomer
from projections.parties.customer_lists import next_number
from tests.operators import Operator


def test_the_next_number_is_after_the_greatest_of_digits_alone(operator: Operator):
    assert operator.ask(next_number) == "1"
    proposed = []
    for number in ("99", "100007", "K-5", "0200000", "20", "1" * 19, "100008"):
        operator.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name="Ona")))
        proposed.append(operator.ask(next_number))
    assert proposed == ["100", *["100008"] * 5, "100009"]
