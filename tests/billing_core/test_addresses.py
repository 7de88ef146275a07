"""From where staff may work."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.staff.addresses import (
    AddressesAllowed,
    AddressNotAllowed,
    allow_addresses,
    is_within,
    require_allowed,
    require_not_locked_out,
)

ON = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("address", "networks", "expected"),
    [
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("11.1.2.3", ("10.0.0.0/8",), False),
        ("11.1.2.3", ("10.0.0.0/8", "11.1.2.3"), True),
        ("2001:db8::7", ("2001:db8::/32",), True),
        ("2001:db8::7", ("10.0.0.0/8",), False),
        ("::ffff:10.1.2.3", ("10.0.0.0/8",), True),
        ("anything", (), True),
        ("anything", ("0.0.0.0/0",), False),
    ],
)
def test_an_address_is_in_one_of_the_networks_or_there_are_none(
    address: str, networks: tuple[str, ...], expected: bool
):
    assert is_within(address, networks) is expected


def test_each_list_that_applies_must_have_the_address():
    everybody, cashiers = ("10.0.0.0/8",), ("10.1.0.0/16",)
    require_allowed("10.1.2.3", [everybody, cashiers, ()])
    for wrong in ("10.2.0.1", "192.0.2.1"):
        with pytest.raises(AddressNotAllowed):
            require_allowed(wrong, [everybody, cashiers, ()])


@pytest.mark.parametrize("wrong", ["10.0.0.1/8", "10.0.0.0/33", "office", ""])
def test_what_is_no_network_is_refused(wrong: str):
    with pytest.raises(InvalidValue, match="is no network"):
        allow_addresses(None, AddressesAllowed(effective_on=ON, whom="everybody", networks=(wrong,)))


def test_the_same_list_again_changes_nothing():
    fact = AddressesAllowed(effective_on=ON, whom="everybody", networks=("10.0.0.0/8",))
    nothing = AddressesAllowed(effective_on=ON, whom="everybody", networks=())
    assert allow_addresses(None, fact) == [fact]
    assert allow_addresses(fact.networks, fact) == []
    assert allow_addresses(None, nothing) == []
    assert allow_addresses(fact.networks, nothing) == [nothing]


def test_nobody_is_locked_out_by_his_own_list():
    require_not_locked_out("10.1.2.3", ("10.0.0.0/8",))
    with pytest.raises(RuleViolation, match="would lock you out"):
        require_not_locked_out("192.0.2.1", ("10.0.0.0/8",))
