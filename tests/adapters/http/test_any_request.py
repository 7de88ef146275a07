"""Any request that the description allows, and many that it does not: no fault, and no undocumented answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from billing_core.staff.roles import ADMINISTRATOR, READY_ROLES
from tests.adapters.http.conftest import SignedIn
from tests.operators import Operator

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]
# The administrator comes everywhere, the others are mostly refused at the door.
OTHERS = [role for role in READY_ROLES if role != ADMINISTRATOR]
# Requests that end the session or close the operator by which the others are made are tried by tests of their own.
LEFT_OUT = {"sign-out", "change-own-password"}


def operations(client: TestClient) -> Iterator[Any]:
    # Making the description takes seconds, and many on a machine that does other work, too.
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", client.app, timeout=300)
    found: Any
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] not in LEFT_OUT:
            yield operation


def asking(requests: SearchStrategy[Any], senders: Sequence[str], examples: int) -> Callable[[], None]:
    """Draws so many requests, each of which all the senders send."""

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
    )
    @given(case=requests)
    def ask(case: Any) -> None:
        for sender in senders:
            headers = {"Authorization": f"Bearer key.{sender}.test.{sender}"}
            try:
                case.call_and_validate(headers=headers, checks=CHECKS)
            except Exception as fault:
                fault.add_note(f"as {sender}")
                raise

    return ask


@pytest.mark.slow
def test_every_answer_to_any_request_is_documented_and_none_is_a_fault(
    operator: Operator, client: TestClient, signed_in: SignedIn
):
    """Six requests of each operation as an administrator, and one as all the others.

    To find out how requests are drawn, and to draw one, takes much longer than to answer it.
    """
    operator.subscribers(3)
    operator.application.runner.catch_up()
    for role in READY_ROLES:
        signed_in(role, role)
    faults: list[str] = []
    for place, operation in enumerate(operations(client)):
        requests = operation.as_strategy()
        first = place % len(OTHERS)  # Who comes later may be refused because the first one has done it.
        for senders, examples in ((OTHERS[first:] + OTHERS[:first], 1), ([ADMINISTRATOR], 6)):
            try:
                asking(requests, senders, examples)()
            except Exception as fault:  # All are listed at once.
                who = ", ".join(getattr(fault, "__notes__", ()))
                faults.append(f"{operation.method} {operation.path} {who}: {fault}")
    assert faults == [], "\n\n".join(faults)
