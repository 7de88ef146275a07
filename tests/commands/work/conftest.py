"""A house that works: a seller in Prague, so that holidays and the time zone are known."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.parties.details import Address
from billing_core.parties.sellers import Seller
from commands.parties import RegisterSeller
from tests.operators import Operator

VRANA = Seller(code="vrana", name="Bílá Vrána Net", address=Address(country="CZ"), time_zone="Europe/Prague", series={})


@pytest.fixture
def house(operator: Operator) -> Operator:
    operator.tell(RegisterSeller(seller=VRANA), today=date(2026, 1, 1))
    return operator
