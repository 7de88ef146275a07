"""Any order, repetition and interleaving of what the other side sends gives each payment once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.kiosks import PROTOCOLS
from adapters.kiosks.other_side import TAKEN, Sent, transaction_of, written
from adapters.kiosks.simulator import FAULTS, Answered, Planned, Simulated, plan, simulate
from billing_core.kiosks.connections import Protocol
from tests.adapters.kiosks.desk import NOW, Counter
from tests.operators import Operator

FIRSTS = iter(range(1_000, 10**9, 1_000))
# A payment by its number, and how the message is: as it is, or forged, late or of another amount.
KINDS = ("real", "real", "real", "forged", "late", "changed")
messages = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(KINDS), st.sampled_from(("check", "pay"))), max_size=14
)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_any_messages_in_any_order_give_each_payment_once(operator: Operator, protocol: Protocol):
    operator.subscribers(2)
    counter = Counter(operator, protocol)
    right, forged = counter.side, counter.side._replace(secret="a guess of mine")

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(messages)
    def holds(said: Sequence[tuple[int, str, str]]) -> None:
        first, before = next(FIRSTS), counter.paid()
        answers: dict[Any, Any] = {}
        # By the first message that may be taken it is settled what the payment was.
        settled: dict[int, int] = {}
        for number, kind, step in said:
            minor = 100 * number + (1 if kind == "changed" else 0)
            message = counter.said(step, first + number, "A0001", minor)  # type: ignore[arg-type]
            if kind == "late":
                # Another payment by its id in ePay.bg, whose ids begin with the day.
                message = message._replace(at=NOW - timedelta(days=40), number=first + number + 500)
            reply = counter.send(written(message, forged if kind == "forged" else right))
            is_taken = counter.result(reply) == TAKEN[protocol] and step == "pay"
            is_allowed = kind not in ("forged", "late") and settled.get(number, minor) == minor
            assert is_taken == (step == "pay" and is_allowed), (number, kind, step, reply)
            if is_taken:
                settled[number] = minor
                assert answers.setdefault(number, reply.body) == reply.body
        now = {each: amount for each, amount in counter.paid().items() if each not in before}
        expected = {counter.id_of(first + number): f"{minor / 100:.2f}" for number, minor in settled.items()}
        assert now == expected

    holds()
    assert operator.findings() == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_simulator_finds_nothing_wrong(operator: Operator, protocol: Protocol):
    operator.subscribers(3)
    counter = Counter(operator, protocol)
    asked = Simulated(("A0001", "A0002", "A0003"), 25, 1, FAULTS, seed=7)

    def send(sent: Sent, waits: bool) -> Answered | None:
        reply = counter.send(sent)
        return Answered(reply.status, reply.body) if waits else None

    course = simulate(plan(asked, counter.side, NOW), send)

    assert course.wrong == []
    assert len(counter.paid()) == 25
    assert operator.findings() == []


def test_the_simulator_finds_a_desk_that_books_twice_and_believes_everything(operator: Operator):
    operator.subscribers(1)
    counter = Counter(operator, "osmp")
    chance = random.Random(1)
    asked = Simulated(("A0001",), 20, 1, FAULTS, seed=7)

    def send(sent: Sent, waits: bool) -> Answered | None:
        number = chance.randrange(10**6)
        return Answered(200, f"<response><prv_txn>{number}</prv_txn><result>0</result></response>".encode())

    wrong = simulate(plan(asked, counter.side, NOW), send).wrong

    assert any("another answer" in each for each in wrong)
    assert any("must not be: forge" in each for each in wrong)
    assert any("must not be: late" in each for each in wrong)


def test_the_same_seed_gives_the_same_messages(operator: Operator):
    counter = Counter(operator, "epay")
    asked = Simulated(("A0001",), 20, 1, FAULTS, seed=7)
    first, again = ([*plan(asked, counter.side, NOW)] for _ in range(2))
    other: list[Planned] = [*plan(asked._replace(seed=8), counter.side, NOW)]
    assert first == again != other
    assert len({transaction_of(each.said, each.side) for each in first if each.is_real}) == 20
