"""A plain `Application` of the event-sourcing library on our database, as `docs/integrators.md` shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec
import psycopg
import pytest
from eventsourcing.application import Application as LibraryApplication
from eventsourcing.application import ProcessingEvent
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import IntegrityError, Tracking
from eventsourcing.projection import ApplicationSubscription, EventSourcedProjection

from adapters.postgres.library import NotForTheLibrary, Recorded, facts_of
from adapters.postgres.migrations import DatabaseOutdated
from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.parking import BillingParked
from billing_core.kernel.events import Event, encode
from billing_core.parties.customers import Customer, CustomerChanged
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.payments.events import PaymentReceived
from commands.payments.account import ReceivePayment
from projections.accounts.balances import account_named
from tests.operators import Operator, eur

TODAY = date(2026, 3, 1)


@pytest.fixture
def environment(database_url: str) -> dict[str, str]:
    return {"PERSISTENCE_MODULE": "adapters.postgres.library", "BILLING_DATABASE_URL": database_url}


@pytest.fixture
def library(operator: Operator, environment: dict[str, str]) -> Iterator[LibraryApplication[str]]:
    """The library's own application, opened on the database of an operator with one subscriber."""
    operator.subscriber()
    with LibraryApplication[str](env=environment) as application:
        yield application


def account_of(account: Account | None, recorded: Iterable[DomainEventProtocol[str]]) -> Account | None:
    """The projector that integrators hand to the library's repository."""
    for fact in facts_of(recorded):
        account = apply_account(account, fact)
    return account


def pay(operator: Operator, reference: str, **details: Any) -> None:
    command = ReceivePayment(account="A0001", source="bank", reference=reference, amount=eur("7.00"))
    operator.tell(msgspec.structs.replace(command, **details), today=TODAY)


def next_version(operator: Operator) -> int:
    return len(operator.facts("account/A0001")) + 1


def parked(version: int, reason: str) -> Recorded:
    return Recorded("account/A0001", version, BillingParked(effective_on=TODAY, code="dispute", reason=reason))


def test_it_reads_a_stream_and_folds_it_with_our_rules(operator: Operator, library: LibraryApplication[str]):
    operator.bill(date(2026, 4, 1))
    pay(operator, "T1")

    assert list(facts_of(library.events.get("account/A0001"))) == operator.facts("account/A0001")
    account = library.repository.get("account/A0001", projector_func=account_of)  # type: ignore[type-var]
    assert account == operator.account("A0001")


def test_it_reads_the_log_of_notifications_in_order_and_only_below_the_mark(
    operator: Operator, library: LibraryApplication[str], database_url: str
):
    pay(operator, "T1")
    before = [(row.id, row.originator_id, row.originator_version) for row in library.notification_log.select(1, 10)]
    assert before == operator.select(
        "SELECT position, originator_id, originator_version FROM billing.events ORDER BY position"
    )
    with psycopg.connect(database_url) as unfinished:
        unfinished.execute("SELECT pg_current_xact_id(), nextval('billing.event_positions')")
        pay(operator, "T2")
        assert [row.id for row in library.notification_log.select(1, 10)] == [position for position, *_ in before]
    after = [row.id for row in library.notification_log.select(1, 10)]
    assert len(after) == len(before) + 1 and after == sorted(after)


def test_what_it_appends_is_read_by_commands_and_read_models(operator: Operator, library: LibraryApplication[str]):
    (recording,) = library.save(parked(next_version(operator), "the customer objects"), metadata='{"actor":"crm"}')

    listed = operator.ask(account_named, "A0001")
    assert (listed.parked_on, "the customer objects" in listed.parked) == (TODAY, True)
    assert operator.account("A0001").parked is not None
    written = "SELECT position, effective_on, metadata FROM billing.events ORDER BY position DESC LIMIT 1"
    assert operator.select(written) == [(recording.notification.id, TODAY, '{"actor":"crm"}')]
    assert operator.findings() == []


def test_it_appends_under_the_same_version_check(operator: Operator, library: LibraryApplication[str]):
    version = next_version(operator)
    pay(operator, "T1")

    with pytest.raises(IntegrityError):
        library.save(parked(version, "too late"))

    assert operator.account("A0001").parked is None


def test_a_command_that_meets_its_write_is_decided_again(operator: Operator, library: LibraryApplication[str]):
    pay(operator, "T1")
    library.save(parked(next_version(operator), "the customer objects"))

    pay(operator, "T2")

    account = operator.account("A0001")
    assert account.parked is not None and set(account.ledger.credits) == {"bank:T1", "bank:T2"}


JANE = Customer(number="A0001", kind="person", name="Jane")
PAID = PaymentReceived(effective_on=TODAY, customer="A0001", source="crm", reference="R1", amount=eur("5.00"))


@pytest.mark.parametrize(
    ("fact", "beside"),
    [
        (CustomerForgotten(effective_on=TODAY, customer="A0001", ordered_by="clerk", reason="asked"), "keys"),
        (CustomerChanged(effective_on=TODAY, customer=JANE, before=JANE), "keys"),
        (PAID, "claim"),
    ],
    ids=["forgets", "personal", "claims"],
)
def test_what_is_kept_together_with_what_it_does_not_know_is_refused(
    operator: Operator, library: LibraryApplication[str], fact: Event, beside: str
):
    stored = operator.store_contents()
    with pytest.raises(NotForTheLibrary, match=f"{beside}.*give the command instead"):
        library.save(Recorded("customer/A0001", 2, fact))
    assert operator.store_contents() == stored


def test_what_is_personal_is_erased_for_it(operator: Operator, library: LibraryApplication[str]):
    pay(operator, "T1", payer="Jane")
    received = [fact for fact in facts_of(library.events.get("account/A0001")) if isinstance(fact, PaymentReceived)]
    assert [fact.payer for fact in received] == [""]


def test_what_is_personal_in_an_event_from_before_there_were_keys_is_erased_for_it(
    operator: Operator, library: LibraryApplication[str]
):
    pay(operator, "T1")
    in_clear = encode(msgspec.structs.replace(operator.facts("account/A0001")[-1], payer="Jane"))
    changed = "UPDATE billing.events SET state = %s WHERE topic LIKE 'payment-received/%%'"
    assert operator.execute(changed, in_clear) == 1

    received = [fact for fact in facts_of(library.events.get("account/A0001")) if isinstance(fact, PaymentReceived)]
    assert [(fact.reference, fact.payer) for fact in received] == [("T1", "")]


def test_a_subscription_brings_what_is_written_while_it_waits(operator: Operator, library: LibraryApplication[str]):
    with ApplicationSubscription[str](library, gt=library.recorder.max_notification_id()) as subscription:
        pay(operator, "T1")
        recorded, tracking = next(subscription)
    assert isinstance(recorded, Recorded) and recorded.event == operator.facts("account/A0001")[-1]
    assert tracking.notification_id == library.recorder.max_notification_id()


class Watching(EventSourcedProjection[str]):
    """A follower of the library: it parks every account that pays."""

    def policy(self, domain_event: Any, processing_event: ProcessingEvent[str]) -> None:
        if isinstance(domain_event.event, PaymentReceived):
            parked = BillingParked(effective_on=TODAY, code="seen", reason="a payment was seen")
            version = domain_event.originator_version + 1
            processing_event.collect_events(Recorded(domain_event.originator_id, version, parked))


def test_a_follower_writes_its_events_and_its_position_together_and_once(
    operator: Operator, library: LibraryApplication[str], environment: dict[str, str]
):
    pay(operator, "T1")
    paid = Recorded("account/A0001", len(operator.facts("account/A0001")), operator.facts("account/A0001")[-1])
    position = library.recorder.max_notification_id()
    assert position is not None
    with Watching(env=environment) as follower:
        follower.process_event(paid, Tracking("billing", position))
        with pytest.raises(IntegrityError):
            follower.process_event(paid, Tracking("billing", position))
        assert follower.recorder.max_tracking_id("billing") == position
    assert isinstance(operator.facts("account/A0001")[-1], BillingParked)


def test_a_database_that_does_not_fit_the_program_is_refused(database_url: str, environment: dict[str, str]):
    with pytest.raises(DatabaseOutdated, match="run `billing init`"):
        LibraryApplication[str](env=environment)
