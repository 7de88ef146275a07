"""The process that keeps the read models for a long run: nobody waits for it when it cannot come."""

from __future__ import annotations

import psutil
import psycopg
import pytest

from adapters.processes.background import kept_up_to_date
from billing_core.kernel.errors import ConnectionLost, Unavailable
from billing_core.parties.customers import Customer
from commands.parties import RegisterCustomer
from tests.operators import Operator


def projector_process() -> psutil.Process:
    """The process that was started by this one."""
    (found,) = [child for child in psutil.Process().children() if "adapters.bootstrap.projector" in child.cmdline()]
    return found


def customers(operator: Operator) -> list[str]:
    return [number for (number,) in operator.select("SELECT number FROM live.customers ORDER BY 1")]


def test_the_run_sees_what_it_wrote_and_the_process_ends_with_it(operator: Operator):
    with kept_up_to_date(operator.database_url, operator.application.runner) as projector:
        process = projector_process()
        for number in ("C1", "C2"):
            projector.wait_for(
                operator.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name="Ona"))).position
            )
            assert number in customers(operator)
        operator.tell(RegisterCustomer(customer=Customer(number="C3", kind="person", name="Ona")))
    assert not process.is_running()
    assert customers(operator) == ["C1", "C2", "C3"]


def test_a_process_that_was_killed_is_told_and_what_it_left_is_done_at_the_end(operator: Operator):
    with kept_up_to_date(operator.database_url, operator.application.runner) as projector:
        projector_process().kill()
        answer = operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
        with pytest.raises(ConnectionLost, match="no longer kept; start again"):
            projector.wait_for(answer.position)
    assert customers(operator) == ["C1"]


def test_a_process_that_stopped_at_an_event_says_which(operator: Operator):
    answer = operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    operator.execute("UPDATE billing.events SET topic = 'customer-cloned/1' WHERE originator_id = 'customer/C1'")
    with (
        pytest.raises(ConnectionLost, match=f"'{answer.position}'.*customer-cloned/1"),
        kept_up_to_date(operator.database_url, operator.application.runner) as projector,
    ):
        projector.wait_for(answer.position)


def test_read_models_that_stand_still_are_told(operator: Operator, monkeypatch: pytest.MonkeyPatch):
    """Somebody is in the middle of a transaction and does not end, so nothing later is final."""
    monkeypatch.setattr("adapters.processes.background.PATIENCE_SECONDS", 0)
    runner = operator.application.runner
    with psycopg.connect(operator.database_url) as slow, kept_up_to_date(operator.database_url, runner) as projector:
        slow.execute("SELECT pg_current_xact_id()")
        answer = operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
        with pytest.raises(Unavailable, match=r"are stuck at position .*process \d+ .* is in the middle"):
            projector.wait_for(answer.position)
        slow.rollback()
    assert customers(operator) == ["C1"]
