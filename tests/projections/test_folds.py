"""A read model is given the events that it states it folds, and persons only if it can forget them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.bootstrap.registry import PROJECTIONS
from billing_core.kernel.events import Event, decode, known_topics
from billing_core.kernel.money import Money
from billing_core.kernel.personal import find_personal_fields
from billing_core.parties.customers import CustomerRegistered
from billing_core.payments.events import PaymentReceived, PaymentReversed
from commands.payments.account import ReceivePayment
from projections.parties import Customers
from projections.payments import Payments
from projections.platform.projection import (
    LoggedEvent,
    Origin,
    Projection,
    folded_by,
    topics_left_out,
    topics_of_nobody,
)
from projections.platform.rebuild import build_beside
from projections.work.files import TicketFiles
from projections.work.tickets import Tickets
from tests.operators import Operator, eur

SAMPLES = Path(__file__).parents[1] / "samples"
TOPICS = {f"{name}/{version}" for name, _, version in (path.stem.rpartition("-") for path in SAMPLES.glob("*.json"))}


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
def test_every_version_of_an_event_that_is_folded_is_read(projection: Projection):
    """Also those of which nothing is written any more: they are folded in the shape of the newest."""
    left_out = topics_left_out([projection])
    for topic in TOPICS:
        sample = (SAMPLES / f"{topic.replace('/', '-')}.json").read_bytes()
        assert (topic in left_out) != isinstance(decode(topic, sample), projection.folds), topic


def test_together_they_are_read_everything():
    assert topics_left_out(PROJECTIONS) == set()
    assert topics_left_out([Payments(), Customers()]) == topics_left_out([Payments()]) & topics_left_out([Customers()])


def test_persons_are_shown_to_whom_can_forget_them():
    assert topics_of_nobody([Payments()]) == set(known_topics())
    assert "account-opened/1" in topics_of_nobody(PROJECTIONS)
    assert "customer-registered/1" not in topics_of_nobody(PROJECTIONS)


def test_what_a_read_model_does_not_show_of_a_person_it_is_given_erased():
    """Of tickets the subject alone is shown: answers, comments and reasons are not decrypted for it."""
    erased = topics_of_nobody([Tickets()])
    assert {"step-completed/1", "comment-added/1", "ticket-closed/1"} <= erased
    assert not {"ticket-opened/1", "ticket-changed/1"} & erased
    assert "comment-added/1" not in topics_of_nobody([Tickets(), TicketFiles()])


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
def test_a_read_model_shows_events_that_it_folds(projection: Projection):
    shown = getattr(projection, "shows", ())
    assert all(issubclass(kind, projection.folds) and find_personal_fields(kind) for kind in shown)


def logged(stream: str, event: Event) -> LoggedEvent:
    number = stream.partition("/")[2]
    return LoggedEvent(1, stream, number, 1, event, b"", datetime(2026, 1, 1, tzinfo=UTC), Origin())


def test_a_read_model_is_given_the_events_it_folds_of_the_streams_it_folds():
    """`AccountStates` folds whatever is in an account, and nothing of a batch, whose name may hold a slash."""
    reversed_on = date(2026, 1, 1)
    fact = PaymentReversed(effective_on=reversed_on, payment="x", amount=Money(Decimal(1), "EUR"), reason="bounced")
    page = [logged("usage/file:a/b", fact), logged("account/A/1", fact), logged("accounting/1", fact)]
    given = {projection.name: [entry.stream for entry in part] for projection, part in folded_by(PROJECTIONS, page)}

    assert given["account_states"] == given["payments"] == given["balances"] == ["account/A/1"]
    assert given["audit"] == [entry.stream for entry in page]
    assert "customers" not in given and "subscriptions" not in given


class Curious:
    """Writes down the names it is told."""

    name = "names"
    version = 1
    tables = ("names",)
    definition = "CREATE TABLE names (name text NOT NULL)"
    indexes = ""
    streams = ("account", "customer")
    folds = (CustomerRegistered, PaymentReceived)
    by_stream = True

    def write(self, cursor, page):
        for entry in page:
            name = entry.event.payer if isinstance(entry.event, PaymentReceived) else entry.event.customer.name
            cursor.execute("INSERT INTO names VALUES (%s)", (name,))


class InOrder(Curious):
    by_stream = False


class Forgetful(Curious):
    def forget(self, cursor, forgotten):
        cursor.execute("DELETE FROM names")


class ForgetfulInOrder(Forgetful):
    by_stream = False


@pytest.mark.parametrize(
    ("projection", "told"),
    [(Curious(), ["", "erased"]), (InOrder(), ["", "erased"]),
     (Forgetful(), ["Customer A0001", "Ona Maria"]), (ForgetfulInOrder(), ["Customer A0001", "Ona Maria"])],
)  # fmt: skip
def test_a_read_model_that_cannot_forget_persons_is_never_told_who_they_are(
    operator: Operator, projection: Projection, told: list[str]
):
    application = operator.application
    operator.subscribers(1)
    operator.tell(ReceivePayment(account="A0001", source="desk", reference="1", amount=eur("2.00"),
                                 payer="Ona Maria"))  # fmt: skip
    build_beside(application.log, application.tables, [projection], "beside")
    assert operator.select("SELECT name FROM beside.names ORDER BY 1") == [(name,) for name in told]
