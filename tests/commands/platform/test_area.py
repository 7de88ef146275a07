"""Reactions and wake-ups of all areas together: each name once."""

from __future__ import annotations

from typing import Any

import pytest

from billing_core.parties import Customer, CustomerRegistered
from commands.parties import RegisterCustomer
from commands.platform.area import Area, DeclaredTwice, reactions_of, wakes_of
from commands.platform.bus import Command
from commands.platform.reactions import Reaction


def greet(_: Any) -> Command:
    return RegisterCustomer(customer=Customer(number="C2", kind="person", name="Ona"))


def test_two_areas_never_declare_the_same_reaction_or_kind_of_deadline():
    greeting = Area(reactions=[Reaction("greeting", (CustomerRegistered,), greet)], wakes={"greet": greet})
    other = Area(reactions=[Reaction("other", (CustomerRegistered,), greet)])

    assert [reaction.name for reaction in reactions_of([greeting, other])] == ["greeting", "other"]
    assert list(wakes_of([greeting, other])) == ["greet"]
    with pytest.raises(DeclaredTwice, match="reaction greeting"):
        reactions_of([greeting, greeting])
    with pytest.raises(DeclaredTwice, match="wake-up greet"):
        wakes_of([greeting, greeting])
