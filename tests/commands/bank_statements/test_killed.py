"""An import whose process is killed, in the middle of a transaction and between two, is taken up again.

python -m tests.commands.bank_statements.test_killed URL     # the process that is killed
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import psycopg
import pytest

from commands.bank_statements import importing
from projections.payments import payment_totals
from tests.commands.bank_statements.statements import register, statement, take_in
from tests.commands.bank_statements.test_importing import MIXED, statements, waiting
from tests.operators import Operator, application_on, eur, wait_until_held_up


@pytest.mark.parametrize("in_transaction", [True, False])
def test_an_import_whose_process_is_killed_is_taken_up_again(operator: Operator, in_transaction: bool):
    operator.subscribers(3)
    operator.bill(date(2026, 1, 2))
    register(operator)
    command = [sys.executable, "-m", "tests.commands.bank_statements.test_killed", operator.database_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        assert victim.stdin is not None
        assert victim.stdout.readline() == "a chunk is booked\n"
        if in_transaction:
            with psycopg.connect(operator.database_url) as holder:
                holder.execute("LOCK TABLE billing.claims IN SHARE MODE")
                victim.stdin.write("go on\n")
                victim.stdin.flush()
                wait_until_held_up(operator)
                victim.kill()
        else:
            victim.kill()
    assert [row.state for row in statements(operator)] == ["recorded"]

    report = take_in(operator, statement(*MIXED))

    assert (report.accepted, report.waiting, report.skipped, report.unchanged) == (1, 0, 5, 2)
    assert operator.ask(payment_totals) == {"EUR": (2, eur("36.00"))}
    assert waiting(operator) == [("bank:R2", eur("5.00"))]
    assert operator.findings() == []


def _be_killed(url: str) -> None:
    """Book a chunk, say so, and go on when that is allowed."""
    setattr(importing, "CHUNK_ROWS", 2)  # noqa: B010

    def wait(count: int) -> None:
        sys.stdout.write("a chunk is booked\n")
        sys.stdout.flush()
        sys.stdin.readline()

    with application_on(url) as application:
        take_in(Operator(application, url), statement(*MIXED), progress=wait)


if __name__ == "__main__":
    _be_killed(sys.argv[1])
