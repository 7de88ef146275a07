"""Service levels, defined and listed."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.work.service_levels import Promised, ServiceLevel
from billing_core.work.working_hours import WorkingHours
from commands.work.service_levels import DefineServiceLevel
from projections.work.service_levels import service_levels_after
from tests.operators import Operator

ON = date(2026, 6, 1)
HOME = ServiceLevel(
    code="home",
    title="Homes",
    seller="vrana",
    hours=WorkingHours(monday=("08:00-16:00",)),
    promised={"normal": Promised(first_reply=240, resolution=960)},
)


pytestmark = pytest.mark.usefixtures("house")


def test_service_levels_are_listed_as_they_were_last_defined(operator: Operator):
    better = msgspec.structs.replace(HOME, promised={"normal": Promised(first_reply=60, resolution=240)})
    for level in (HOME, msgspec.structs.replace(HOME, code="firm"), better):
        operator.tell(DefineServiceLevel(level=level), today=ON)

    assert [each.code for each in operator.ask(service_levels_after, "", 9)] == ["firm", "home"]
    assert operator.ask(service_levels_after, "firm", 9) == [better]
    assert len(operator.facts("service-level/home")) == 2


def test_a_level_needs_a_seller_whose_holidays_are_known(operator: Operator):
    with pytest.raises(NotFound, match="no such seller"):
        operator.tell(DefineServiceLevel(level=msgspec.structs.replace(HOME, seller="nobody")), today=ON)
    with pytest.raises(InvalidValue, match="has no known holidays"):
        operator.tell(DefineServiceLevel(level=msgspec.structs.replace(HOME, seller="north")), today=ON)
