"""A simulator of kiosks and wallets, which misbehaves as real ones do, and says what our side got wrong.

    repeat     a payment is sent again, some time later and with a new instant
    reorder    messages of different payments overtake each other; a payment may come before its check
    timeout    the answer is not waited for, and the payment is sent again
    forge      a message is signed with a wrong secret, also one with the id of a real payment
    late       a payment is dated forty days ago
    change     a payment comes again with another amount
    cancel     a payment is taken back

It expects: each payment taken once, with one and the same answer to every repetition; what is forged, late or changed
never taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Literal, NamedTuple, get_args

import msgspec

from adapters.kiosks.other_side import CANCELS, TAKEN, Said, Sent, Side, understood, written

Fault = Literal["repeat", "reorder", "timeout", "forge", "late", "change", "cancel"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
LATE_DAYS = timedelta(days=40)
MOST_AMOUNT = 50_000


class Answered(NamedTuple):
    """An answer over HTTP."""

    status: int
    body: bytes


# Sends a message; without an answer if it is not waited for, or the connection was lost.
Send = Callable[[Sent, bool], Answered | None]


class Planned(NamedTuple):
    """A message with what is done with it, and whether it may be taken."""

    said: Said
    side: Side
    fault: Fault | None = None

    @property
    def is_real(self) -> bool:
        return self.fault not in ("forge", "late", "change")


class Course(msgspec.Struct):
    """What came of a simulation: messages sent, payments taken, answers by result, and what our side got wrong."""

    messages: int = 0
    taken: int = 0
    unanswered: int = 0
    results: dict[str, int] = {}
    wrong: list[str] = []


class Simulated(NamedTuple):
    """What is simulated: so many payments for these payers, from a first number on, with some faults."""

    payers: Sequence[str]
    payments: int
    first: int
    faults: Sequence[Fault]
    seed: int


def plan(asked: Simulated, side: Side, now: datetime) -> Iterator[Planned]:
    """The messages in their order: the same ones for the same seed and instant."""
    chance = Random(asked.seed)
    rows: list[tuple[float, Planned]] = []
    for number in range(asked.first, asked.first + asked.payments):
        start = float(len(rows))
        for place, planned in enumerate(_of_payment(number, asked, side, now, chance)):
            shift = chance.uniform(0, 20) if "reorder" in asked.faults else 0.0
            rows.append((start + place + shift, planned))
    for _, planned in sorted(rows, key=lambda row: row[0]):
        yield planned


def _of_payment(number: int, asked: Simulated, side: Side, now: datetime, chance: Random) -> Iterator[Planned]:
    def said(step: Literal["check", "pay", "cancel"]) -> Said:
        return Said(step, number, payer, minor, now, f"{chance.getrandbits(64):016x}")

    payer, minor = chance.choice(list(asked.payers)), chance.randrange(100, MOST_AMOUNT)
    fault = chance.choice([None, *asked.faults])
    yield Planned(said("check"), side)
    match fault:
        case "forge":
            yield Planned(said("pay"), side._replace(secret=side.secret[::-1] + "x"), "forge")
        case "late":
            late = said("pay")._replace(at=now - LATE_DAYS, number=number + 1_000_000)
            yield Planned(late, side, "late")
    yield Planned(said("pay"), side, "timeout" if fault == "timeout" else None)
    match fault:
        case "repeat" | "timeout":
            for _ in range(chance.randrange(1, 4)):
                yield Planned(said("pay"), side, "repeat")
        case "change" if "reorder" not in asked.faults:
            yield Planned(said("pay")._replace(minor=minor + 1), side, "change")
        case "cancel" if side.protocol in CANCELS and "reorder" not in asked.faults:
            yield Planned(said("cancel"), side, "cancel")


def simulate(planned: Iterator[Planned], send: Send) -> Course:
    """Send the messages one after the other, and compare the answers with what is expected."""
    course = Course(results={}, wrong=[])
    first: dict[int, bytes] = {}
    for each in planned:
        course.messages += 1
        sent = written(each.said, each.side)
        got = send(sent, each.fault != "timeout")
        if got is None:
            course.unanswered += 1
            continue
        result = understood(got.status, got.body, each.side.protocol)
        course.results[result] = course.results.get(result, 0) + 1
        if each.said.step == "pay":
            _compare(each, result, got.body, first, course)
    course.taken = len(first)
    return course


def _compare(each: Planned, result: str, body: bytes, first: dict[int, bytes], course: Course) -> None:
    number, is_taken = each.said.number, result == TAKEN[each.side.protocol]
    if is_taken and not each.is_real:
        course.wrong.append(f"payment {number} was taken although it must not be: {each.fault}")
    elif each.is_real and not is_taken and (number in first or result.startswith("HTTP")):
        course.wrong.append(f"payment {number} was answered {result}")
    elif is_taken and first.setdefault(number, body) != body:
        course.wrong.append(f"payment {number} got another answer when it came again")
