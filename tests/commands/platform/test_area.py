"""Commands, reactions and wake-ups of all areas together: each name once."""

from __future__ import annotations

from typing import Any

import pytest

from billing_core.kernel.errors import DeclaredTwice
from billing_core.parties.customers import Customer, CustomerRegistered
from commands.parties import RegisterCustomer
from commands.platform.area import Area, handlers_of, reactions_of, wakes_of
from commands.platform.bus import Command, Decision
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


def test_two_areas_never_declare_a_command_of_the_same_name():
    def decide(*_: Any) -> Decision:
        return Decision(())

    class OtherCommand(Command, frozen=True, kw_only=True):
        pass

    same_name = type("RegisterCustomer", (Command,), {}, frozen=True)
    registering, other = Area(handlers={RegisterCustomer: decide}), Area(handlers={OtherCommand: decide})

    assert list(handlers_of([registering, other])) == [RegisterCustomer, OtherCommand]
    for twice in (registering, Area(handlers={same_name: decide})):
        with pytest.raises(DeclaredTwice, match="command RegisterCustomer"):
            handlers_of([registering, twice])
