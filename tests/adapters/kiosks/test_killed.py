"""A desk whose process is killed, while it books a payment or before it has answered, books it once.

python -m tests.adapters.kiosks.test_killed URL     # the process that is killed
"""

from __future__ import annotations

import subprocess
import sys

import psycopg
import pytest

from tests.adapters.kiosks.desk import Counter
from tests.operators import Operator, application_on, wait_until_held_up


@pytest.mark.parametrize("booked", [False, True])
def test_a_payment_whose_desk_is_killed_gets_its_first_answer_when_it_comes_again(operator: Operator, booked: bool):
    operator.subscribers(1)
    counter = Counter(operator, "osmp")
    command = [sys.executable, "-m", "tests.adapters.kiosks.test_killed", operator.database_url]
    with psycopg.connect(operator.database_url) as holder:
        if not booked:
            holder.execute("LOCK TABLE billing.claims IN SHARE MODE")
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as victim:
            try:
                assert victim.stdout is not None
                assert victim.stdout.readline() == "ready\n"
                if booked:
                    assert victim.stdout.readline() == "taken\n"
                else:
                    wait_until_held_up(operator)
            finally:
                victim.kill()

    assert counter.paid() == ({"17": "12.50"} if booked else {})
    assert (counter.say("pay", 17), counter.say("pay", 17)) == ("0", "0")
    assert counter.paid() == {"17": "12.50"}
    assert operator.findings() == []


def _be_killed(url: str) -> None:
    """Take a payment, and never send the answer."""
    with application_on(url) as application:
        counter = Counter(Operator(application, url), "osmp")
        _print("ready")
        counter.say("pay", 17)
        _print("taken")
        sys.stdin.readline()


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _be_killed(sys.argv[1])
