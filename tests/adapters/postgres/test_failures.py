"""Which errors of the database mean that the connection was lost."""

from __future__ import annotations

import psycopg
import pytest

from adapters.postgres.failures import in_our_words
from billing_core.kernel.errors import ConnectionLost

GIVEN_TO_THE_CALLER = {
    "54000": "an index row is too large",
    "53200": "the server has no memory",
    "57014": "the statement was cancelled",
    "55P03": "a lock is not available",
}


@pytest.mark.parametrize("state", ["08006", "57P01", "57P03"])
def test_an_ended_connection_is_lost(state: str):
    assert isinstance(in_our_words(psycopg.errors.lookup(state)("the server goes down")), ConnectionLost)


@pytest.mark.parametrize("error", [psycopg.OperationalError("no server"), psycopg.InterfaceError("closed")])
def test_a_server_that_does_not_answer_is_a_lost_connection(error: psycopg.Error):
    assert isinstance(in_our_words(error), ConnectionLost)


@pytest.mark.parametrize("state", GIVEN_TO_THE_CALLER)
def test_a_refused_statement_is_not_repeated_as_if_the_connection_were_lost(state: str):
    assert in_our_words(psycopg.errors.lookup(state)(GIVEN_TO_THE_CALLER[state])) is None
