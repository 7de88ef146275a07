"""The client of Fio's API against the simulated bank, over the loopback."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest

from adapters.banks.fio_client import FioClient, TooSoon
from adapters.banks.fio_json import read_fio_json
from adapters.banks.fio_simulator import TOKEN, FioAccount, FioMovement, serve
from adapters.banks.preview import previewed
from billing_core.bank_statements.statement import Movement
from billing_core.kernel.errors import InvalidValue, RuleViolation, Unavailable
from billing_core.kernel.money import Money

MOVEMENTS = [
    FioMovement(id=1, on=date(2026, 3, 1), amount=Decimal("100.00"), variable="17", payer="Nováková"),
    FioMovement(id=2, on=date(2026, 3, 2), amount=Decimal("-40.10")),
    FioMovement(id=5, on=date(2026, 3, 3), amount=Decimal("0.30"), message="za internet"),
]


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def bank(account: FioAccount, token: str = TOKEN) -> Iterator[FioClient]:
    with serve(account) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with FioClient(token, f"http://127.0.0.1:{server.server_port}") as client:
            yield client
        server.shutdown()


def ids(answer: bytes) -> list[str]:
    return [part.reference for part in read_fio_json(io.BytesIO(answer)) if isinstance(part, Movement)]


def test_a_period_has_its_movements_and_balances_that_agree():
    with bank(FioAccount(MOVEMENTS, seconds_between_calls=0)) as client:
        (found,) = previewed(read_fio_json(io.BytesIO(client.period(date(2026, 3, 2), date(2026, 3, 3)))))

    assert [each.amount for each in found.movements] == [Money(Decimal("-40.10"), "CZK"), Money(Decimal("0.30"), "CZK")]
    assert (found.opening, found.closing, found.agrees) == (
        Money(Decimal("100.00"), "CZK"), Money(Decimal("60.20"), "CZK"), True,
    )  # fmt: skip


def test_the_bookmark_moves_with_each_answer_and_can_be_set_back():
    account = FioAccount(MOVEMENTS, seconds_between_calls=0)
    with bank(account) as client:
        assert ids(client.since_bookmark()) == ["1", "2", "5"]
        assert ids(client.since_bookmark()) == []
        client.set_bookmark_after("2")
        assert ids(client.since_bookmark()) == ["5"]
        client.set_bookmark_to(date(2026, 3, 2))
        assert ids(client.since_bookmark()) == ["2", "5"]


def test_a_call_within_30_seconds_is_refused_and_leaves_the_bookmark():
    clock = Clock()
    account = FioAccount(MOVEMENTS, clock=clock)
    with bank(account) as client:
        client.set_bookmark_after("2")
        clock.now += 29.9
        with pytest.raises(TooSoon, match="one call in 30 seconds"):
            client.since_bookmark()
        clock.now += 0.1
        assert ids(client.since_bookmark()) == ["5"]


def test_an_unknown_token_is_refused_and_never_shown():
    with bank(FioAccount(MOVEMENTS), "b" * 64) as client, pytest.raises(RuleViolation) as caught:
        client.since_bookmark()

    assert "does not know this token" in str(caught.value) and "bbb" not in str(caught.value)
    with pytest.raises(InvalidValue) as short:
        FioClient("secret")
    assert "secret" not in str(short.value)


def test_old_movements_need_a_confirmation():
    with bank(FioAccount(MOVEMENTS, today=date(2026, 9, 1))) as client, pytest.raises(RuleViolation, match="90 days"):
        client.period(date(2026, 3, 1), date(2026, 3, 31))


def test_a_bank_that_does_not_answer_is_unavailable():
    with FioClient(TOKEN, "http://127.0.0.1:1") as client, pytest.raises(Unavailable):
        client.since_bookmark()
