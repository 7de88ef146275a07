"""Parameters: what a tariff asks for beside its price is said at activation and when the tariff changes, and hidden."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_core.catalogue.parameters import Parameter
from billing_core.kernel.errors import InvalidValue
from billing_core.services.events import SubscriptionActivated, SubscriptionParametersGiven
from commands.corrections.account import CorrectAccount, Correction
from commands.services import ActivateSubscription, ChangeParameters, ChangeTariff, MoveSubscription, UndoMove
from tests.commands.services.conftest import Story, fee, tariff

A, B = "A0001", "B0001"
PHONE, SPEED = Parameter(code="phone"), Parameter(code="speed", value="100")


@pytest.fixture
def line(story: Story) -> Story:
    """Tariff `line` asks for a phone number, `both` for a phone number and a user, `home` for a user or none."""
    story.publish(
        tariff("line", fee("10.00"), parameters=(PHONE, SPEED)),
        tariff("both", fee("15.00"), parameters=(PHONE, Parameter(code="user"))),
    )
    return story


def given(story: Story, number: str) -> list[tuple[date, dict[str, str]]]:
    """What was said of parameters on an account, and from which day on."""
    facts = story.operator.facts(f"account/{number}")
    return [
        (fact.effective_on, fact.parameters)
        for fact in facts
        if isinstance(fact, SubscriptionActivated | SubscriptionParametersGiven)
    ]


def correct(story: Story, **said: Any) -> None:
    right = Correction(subscription="main", from_on=date(2026, 5, 1), **said)
    story.operator.tell(CorrectAccount(account=A, corrections=(right,), reason="mistyped"), today=date(2026, 6, 1))


def test_another_tariff_asks_only_for_what_was_not_said_before(line: Story):
    line.subscriber(A, "line", "2026-05-01", parameters={"phone": "2000 0001"})

    with pytest.raises(InvalidValue, match="parameter 'user': tariff both requires it; supply it"):
        line.tell(ChangeTariff, "2026-06-11", A, tariff="both")
    line.tell(ChangeTariff, "2026-06-11", A, tariff="both", parameters={"user": "anna"})
    line.tell(ChangeTariff, "2026-07-11", A, tariff="fast")
    line.tell(ChangeTariff, "2026-08-11", A, tariff="both")

    assert given(line, A) == [
        (date(2026, 5, 1), {"phone": "2000 0001"}), (date(2026, 6, 11), {"user": "anna"})
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({}, "parameter 'phone': tariff line requires it"),
        ({"phone": ""}, "parameter phone"),
        ({"phone": "2000 0001", "colour": "red"}, "parameter 'colour': tariff line has no such parameter"),
        ({"phone": "2000 0001", "speed": "200"}, "parameter 'speed': is fixed in tariff line as '100'"),
    ],
)
def test_what_a_tariff_does_not_ask_for_is_refused_by_whatever_door(line: Story, parameters: dict[str, str], told: str):
    line.subscriber(A, "home", "2026-05-01")
    before = line.operator.store_contents()

    with pytest.raises(InvalidValue, match=told):
        line.tell(ActivateSubscription, "2026-06-01", A, subscription="second", tariff="line", parameters=parameters)
    with pytest.raises(InvalidValue, match=told):
        line.tell(ChangeTariff, "2026-06-01", A, tariff="line", parameters=parameters)
    with pytest.raises(InvalidValue, match=told):
        correct(line, tariff="line", parameters=parameters)
    assert line.operator.store_contents() == before

    correct(line, tariff="line", parameters={"phone": "2000 0001"})
    assert given(line, A)[1:] == [(date(2026, 5, 1), {"phone": "2000 0001"})]
    if parameters:
        with pytest.raises(InvalidValue, match=told):
            line.tell(ChangeParameters, "2026-06-01", A, parameters=parameters)


def test_parameters_are_said_anew_from_a_day_on_also_a_past_one(line: Story):
    line.subscriber(A, "line", "2026-05-01", parameters={"phone": "2000 0001"})
    line.tell(ChangeParameters, "2026-06-01", A, parameters={"phone": "2000 0002"}, on="2026-05-15")

    assert given(line, A)[1:] == [(date(2026, 5, 15), {"phone": "2000 0002"})]
    with pytest.raises(InvalidValue, match="parameters of 'main': names none"):
        line.tell(ChangeParameters, "2026-06-01", A, parameters={})
    wrong = Correction(on_tariff="line", from_on=date(2026, 5, 1), tariff="both", parameters={"user": "anna"})
    with pytest.raises(InvalidValue, match="has parameters, which go with the tariff of one subscription"):
        line.operator.tell(CorrectAccount(account=A, corrections=(wrong,), reason="mistyped"))


def test_they_go_along_to_another_account_and_come_back(line: Story):
    line.subscriber(A, "line", "2026-05-01", parameters={"phone": "2000 0001"})
    line.account(B)
    line.tell(ChangeParameters, "2026-05-20", A, parameters={"phone": "2000 0002"})
    line.tell(MoveSubscription, "2026-06-11", A, to_account=B)
    assert given(line, B) == [(date(2026, 6, 11), {"phone": "2000 0002"})]

    line.tell(ChangeTariff, "2026-06-20", B, tariff="both", parameters={"user": "anna"})
    line.tell(UndoMove, "2026-06-25", A, to_account=B, on="2026-06-11", reason="the other Anna")
    assert given(line, A)[-1] == (date(2026, 6, 11), {"phone": "2000 0002", "user": "anna"})


def test_what_was_said_is_nowhere_in_the_store(line: Story):
    line.subscriber(A, "line", "2026-05-01", parameters={"phone": "2000 0001"})
    line.tell(ChangeTariff, "2026-06-11", A, tariff="both", parameters={"user": "anna.k"})
    operator = line.operator
    operator.application.runner.catch_up()
    held = "\n".join(state for (state,) in operator.select("SELECT convert_from(state, 'UTF8') FROM billing.events"))
    held += str(operator.store_contents()) + str(operator.live_contents())

    assert [word for word in ("2000 0001", "anna.k") if word in held] == []
    assert held.count("phone") > 0, "which parameters were said is known to whoever decides"
