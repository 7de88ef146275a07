"""Every query and command as a customer: nothing but what is permitted, and of nobody but the customer itself.

The requests are made of the operations themselves: a new one is tried without a line here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from adapters.actions.action import actions
from adapters.bootstrap.operations import Operation, operations
from adapters.bootstrap.signed_in import own_sign_in_of
from adapters.door.door import BEARER, Caller, Door
from adapters.door.own_door import OwnDoor
from adapters.http.route import routes
from billing_core.kernel.errors import BillingError, NotFound
from billing_core.self_care import PERMITTED
from billing_core.staff.roles import NotPermitted, NotSignedIn
from commands.self_care.limits import FIELDS
from tests.adapters.http.test_dealers import ABSENT, MINE, THEIRS, body_of, key_of, world
from tests.operators import Operator

__all__ = ["world"]


@pytest.fixture
def door(world: Operator) -> OwnDoor:
    return OwnDoor(world.application)


def caller_of(world: Operator, customer: str = MINE) -> Caller:
    """A customer who has signed in."""
    token = own_sign_in_of(world.application).open(customer, "10.0.0.7", datetime.now(UTC))
    return Caller(f"{BEARER} {token}", "10.0.0.7")


def permitted() -> list[Operation]:
    return [each for each in operations().values() if each.permission in PERMITTED]


def words_about(operation: Operation, world: Operator, owner: str, whole: bool) -> list[dict[str, Any]]:
    """Words that name the owner's things: one of them at a time, the others the customer's own, or all of them."""
    route = next(each for each in routes() if each.struct is operation.struct)
    own = body_of(route) | dict.fromkeys(route.words_in_path, "main")
    named = [(thing.fields[0], key_of(world, thing, MINE), key_of(world, thing, owner))
             for thing in operation.concern.things]  # fmt: skip
    own |= {word: mine for word, mine, _ in named}
    return [
        own | ({word: theirs for word, _, theirs in named} if whole else {word: theirs}) for word, _, theirs in named
    ]


def ask(door: OwnDoor, operation: Operation, words: dict[str, Any], caller: Caller) -> Any:
    if operation.kind == "read":
        return door.answer(operation, {word: str(value) for word, value in words.items()}, caller)
    return door.execute(operation, words, caller, dry_run=True)


def test_what_is_permitted_exists_and_names_something_of_the_customer() -> None:
    assert sorted(each.permission for each in permitted()) == sorted(PERMITTED)
    assert {each.concern.reach for each in permitted()} == {"named"}
    assert set(FIELDS) == {each.struct for each in permitted() if each.kind == "change"}


def test_what_is_anothers_is_refused_as_if_there_were_none_and_kept_for_the_log(world: Operator, door: OwnDoor) -> None:
    caller, before, faults = caller_of(world), world.store_contents(), []
    for operation in permitted():
        for whole in (False, True):
            for words in words_about(operation, world, THEIRS, whole):
                kept = len(door.refused.newest(f"customer/{MINE}", 1000))
                try:
                    ask(door, operation, words, caller)
                    faults.append(f"{operation.name} {words}: answered")
                except NotFound:
                    if len(door.refused.newest(f"customer/{MINE}", 1000)) != kept + 1:
                        faults.append(f"{operation.name} {words}: not kept")
                except BillingError as error:
                    faults.append(f"{operation.name} {words}: {error}")
    assert faults == [], "\n".join(faults)
    assert world.store_contents() == before


def test_what_is_anothers_and_what_is_nobodys_get_the_same_answer(world: Operator, door: OwnDoor) -> None:
    caller = caller_of(world)
    for operation in permitted():
        for theirs, absent in zip(
            words_about(operation, world, THEIRS, False), words_about(operation, world, ABSENT, False), strict=True
        ):
            said = []
            for words in (theirs, absent):
                with pytest.raises(NotFound) as refused:
                    ask(door, operation, words, caller)
                said.append((refused.value.message, refused.value.field))
            assert said[0] == said[1], operation.name


def test_the_customers_own_is_answered(world: Operator, door: OwnDoor) -> None:
    caller = caller_of(world)
    for operation in permitted():
        if operation.kind == "read" and operation.name != "preview-tariff":
            (words, *_) = words_about(operation, world, MINE, True)
            assert ask(door, operation, words, caller) is not None, operation.name


def test_everything_else_is_refused_and_kept(world: Operator, door: OwnDoor) -> None:
    caller, before = caller_of(world), world.store_contents()
    for operation in operations().values():
        if operation.permission in PERMITTED or operation.is_job:
            continue
        words = {} if operation.struct in actions() else {
            field.encode_name: MINE for field in msgspec.structs.fields(operation.struct) if field.type is str
        }  # fmt: skip
        with pytest.raises(NotPermitted):
            ask(door, operation, words, caller)
    assert world.store_contents() == before


def test_a_customers_session_is_nothing_to_the_api(world: Operator) -> None:
    """A door of operators knows no session of a customer, and that of customers none of an operator."""
    with pytest.raises(NotSignedIn):
        Door(world.application).rights_of(caller_of(world))
    with pytest.raises(NotSignedIn):
        OwnDoor(world.application).rights_of(Caller(f"{BEARER} session.a.b", "10.0.0.7"))
