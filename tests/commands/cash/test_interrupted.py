"""A cashier's program is killed around the commit of a payment: account and till change together, or not at all."""

from __future__ import annotations

import signal
import uuid
from decimal import Decimal

import pytest

from commands.cash.takings import TakePayment
from tests.commands.cash.tills import MONDAY, open_till, register, session_of
from tests.commands.conftest import StartProcess
from tests.operators import Operator, eur

DIE_AROUND_COMMIT = """
    import os, signal, sys
    from contextlib import contextmanager
    from datetime import date
    from decimal import Decimal
    from uuid import UUID
    from adapters.bootstrap.registry import HANDLERS
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.origins import origin_of_process
    from adapters.postgres.store import PostgresStore
    from commands.cash.takings import TakePayment
    from commands.platform.bus import Bus

    url, moment, command_id = sys.argv[1:]

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    class Mortal(PostgresStore):
        @contextmanager
        def transaction(self, **how):
            with super().transaction(**how) as transaction:
                write = transaction.append_command
                transaction.append_command = lambda *decided: die() if moment == "decided" else write(*decided)
                yield transaction
            die()

    bus = Bus(Mortal(Application(url).recorder), HANDLERS, lambda command, origin: None)
    taking = TakePayment(desk="H1", account="A0001", amount=Decimal("24.00"))
    bus.execute(taking, origin_of_process("petra", date(2026, 6, 8), UUID(command_id)))
"""


@pytest.mark.parametrize(("moment", "kept"), [("decided", False), ("committed", True)])
def test_a_payment_that_was_interrupted_is_repeated_and_taken_once(
    operator: Operator, start_process: StartProcess, moment: str, kept: bool
):
    operator.subscriber("A0001")
    register(operator)
    open_till(operator, float_="100")
    identity = uuid.uuid4()
    killed = start_process(DIE_AROUND_COMMIT, operator.database_url, moment, str(identity))
    assert killed.wait(60) == -signal.SIGKILL
    after = eur("24.00") if kept else eur("0.00")
    assert operator.account("A0001").ledger.balance == after
    assert session_of(operator, "H1-1").till == eur("100.00") + after

    answer = operator.tell(
        TakePayment(desk="H1", account="A0001", amount=Decimal("24.00")), MONDAY, identity, actor="petra"
    )

    assert (answer.is_repeated, answer.result["receipt"]) == (kept, "H1-0001")
    assert operator.account("A0001").ledger.balance == eur("24.00")
    assert session_of(operator, "H1-1").till == eur("124.00")
    assert operator.findings() == []
