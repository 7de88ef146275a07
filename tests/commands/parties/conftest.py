"""Customers C1, C2 and C3, who know nothing of each other yet."""

from __future__ import annotations

import pytest

from billing_core.parties.customers import Customer
from commands.parties import RegisterCustomer
from tests.operators import Operator


@pytest.fixture
def three(operator: Operator) -> Operator:
    for number, name in (("C1", "Anna Kalniņa"), ("C2", "Anna Kalnina"), ("C3", "Zane Ozola")):
        operator.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name=name)))
    return operator
