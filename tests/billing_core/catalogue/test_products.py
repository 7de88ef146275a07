"""Products stand in a tree, and what a tariff asks for is said at activation."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.catalogue.parameters import Parameter, require_given, require_parameters
from billing_core.catalogue.products import Product, ProductDefined, define_product, require_product
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation

ON = date(2026, 6, 11)
FAST = Product(code="fast", name="Fast", parent="home")


def test_a_product_is_defined_renamed_and_moved_and_the_same_again_is_no_news():
    assert define_product(None, FAST, ["home", "internet"], ON) == [ProductDefined(effective_on=ON, product=FAST)]
    assert define_product(FAST, FAST, ["home", "internet"], ON) == []
    root = Product(code="fast", name="Very fast")
    assert define_product(FAST, root, [], ON) == [ProductDefined(effective_on=ON, product=root)]


@pytest.mark.parametrize(
    ("product", "ancestors", "error", "told"),
    [
        (FAST, ["home", "fast"], RuleViolation, "would be below itself: fast under home under fast"),
        (Product(code="fast", name="Fast", parent="fast"), ["fast"], RuleViolation, "fast under fast"),
        (FAST, [f"p{number}" for number in range(20)], RuleViolation, "at most 20 levels"),
        (Product(code=" ", name="Fast"), [], InvalidValue, "empty"),
        (Product(code="fast", name=""), [], InvalidValue, "empty"),
        (Product(code="a/b", name="Fast"), [], InvalidValue, "slash"),
    ],
)
def test_a_product_that_cannot_stand_there(
    product: Product, ancestors: list[str], error: type[BillingError], told: str
):
    with pytest.raises(error, match=told):
        define_product(None, product, ancestors, ON)


def test_a_product_that_is_not_there_is_named():
    with pytest.raises(NotFound, match="parent 'home'"):
        require_product(None, "home", "parent")


USER, SPEED = Parameter(code="user", name="User name"), Parameter(code="speed", value="100")
NOTE = Parameter(code="note", is_optional=True)


def test_what_is_asked_must_be_said_and_nothing_else():
    require_given([USER, SPEED, NOTE], {"user": "anna"}, "net")
    require_given([USER, SPEED, NOTE], {"user": "anna", "note": "attic"}, "net")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "parameter 'user': tariff net requires it; supply it"),
        ({"user": " "}, "parameter user ' ': must not be empty"),
        ({"user": "anna", "speed": "200"}, "parameter 'speed': is fixed in tariff net as '100'"),
        ({"user": "anna", "colour": "red"}, "parameter 'colour': tariff net has no such parameter; it asks for user"),
    ],
)
def test_what_is_missing_fixed_or_unknown_is_refused(given: dict[str, str], told: str):
    with pytest.raises(InvalidValue, match=told):
        require_given([USER, SPEED, NOTE], given, "net")


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ([USER, USER], "stands twice"),
        ([Parameter(code="")], "empty"),
        ([Parameter(code="speed", value="")], "empty"),
        ([Parameter(code="speed", value="1", is_optional=True)], "is fixed in the tariff"),
    ],
)
def test_parameters_that_make_no_sense(parameters: list[Parameter], told: str):
    with pytest.raises(InvalidValue, match=told):
        require_parameters(parameters, "tariff net")
