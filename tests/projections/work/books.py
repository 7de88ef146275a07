"""A little of the work of a house, for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date

from billing_core.party_changes import AddressChanges, SellerChanges
from billing_core.work.service_levels import Priority, Promised, ServiceLevel
from billing_core.work.working_hours import WorkingHours
from commands.parties import ChangeSeller
from commands.work.service_levels import DefineServiceLevel
from tests.operators import Operator

ON = date(2026, 4, 8)
HOURS = WorkingHours(monday=("08:00-16:00",), tuesday=("08:00-12:00", "13:00-17:00"), thursday=("08:00-16:00",))


def keep_work(operator: Operator) -> None:
    """A service level."""
    operator.tell(ChangeSeller(code="north", changes=SellerChanges(address=AddressChanges(country="LV"))), today=ON)
    promised: dict[Priority, Promised] = {"normal": Promised(first_reply=60, resolution=480)}
    level = ServiceLevel(code="home", title="Homes", seller="north", hours=HOURS, promised=promised)
    operator.tell(DefineServiceLevel(level=level), today=ON)
