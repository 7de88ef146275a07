"""A customer is forgotten: nowhere in the database is there a name, and not a sum has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from psycopg import sql

from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import PERSONAL, PROJECTIONS
from adapters.documents.assemble import assemble
from billing_core.accounts.events import AccountOpened
from billing_core.accounts.plans import BillingPlan
from billing_core.catalogue.parameters import Parameter
from billing_core.custom_fields import FieldDefinition
from billing_core.invoicing.invoices import InvoiceIssued
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.parties.contacts import Contact
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries
from billing_core.parties.sellers import Seller
from billing_core.party_changes import CustomerChanges
from billing_core.payments.remittances import RemittanceReceived
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionChangeCancelled,
    SubscriptionParametersGiven,
)
from commands.accounts import OpenAccount
from commands.custom_fields import PublishCustomFields
from commands.forgetting import ForgetCustomer, handle_forget_customer
from commands.merging import MergeCustomers, UndoMerge
from commands.onboarding import NewSubscriber
from commands.parties import ChangeCustomer, PutContact, RegisterCustomer, RegisterSeller, RemoveContact
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.giving_back import RefundPayment
from commands.payments.remittances import AssignRemittance
from commands.platform.bus import Answer, Command
from commands.platform.ports import Append
from commands.services import (
    ActivateSubscription,
    CancelChange,
    ChangeParameters,
    ChangeQuantity,
    TerminateSubscription,
)
from projections.parties import customer_named, list_customers
from projections.platform import asof
from projections.platform.rebuild import rebuild
from projections.platform.runner import ProjectionOutdated
from projections.statements import Posting, statement_of
from tests.operators import Operator, bank_row, eur, new_subscriber, wait_until_held_up

NAMES = ("Kalniņa", "anna@x.example", "20000001", "Jūras", "Juris Bērziņš")
ON = date(2026, 6, 11)


def anna(number: str = "A0001", **details: Any) -> NewSubscriber:
    """A subscriber of January and February."""
    customer = Customer(
        number=number,
        kind="person",
        name="Anna Kalniņa",
        email="anna@x.example",
        phone="+371 20000001",
        address=Address(street="Jūras iela 1", city="Rīga"),
        custom_fields={"friend": "Juris Bērziņš"},
    )
    return msgspec.structs.replace(new_subscriber(number, until=date(2026, 3, 1), **details), customer=customer)


def publish_friend(operator: Operator) -> None:
    """A custom field, which is found."""
    friend = FieldDefinition(code="friend", labels={"en": "Friend"}, is_searchable=True)
    operator.tell(PublishCustomFields(subject="customer", fields=(friend,)))


@pytest.fixture
def settled(operator: Operator) -> Operator:
    """Anna was served for two months and has paid, once by somebody else; beside her another subscriber."""
    publish_friend(operator)
    operator.bring_in([anna()])
    operator.subscriber("A0002")
    operator.bill_each_due_date(date(2026, 3, 2))
    operator.take_in(
        [
            bank_row(2, "24.00", "A0001", payer="Anna Kalniņa"),
            bank_row(3, "24.00", "A0001", payer="Juris Bērziņš"),
            bank_row(4, "24.00", "A0002", payer="Zane Ozola"),
        ]
    )
    return operator


def forget(operator: Operator, customer: str = "A0001", reason: str = "asked for it", on: date = ON) -> Answer:
    order = ForgetCustomer(customer=customer, ordered_by="the customer", reason=reason)
    return operator.application.forgetting.forget(order, origin_of_process("clerk", on))


def told_in(operator: Operator, names: tuple[str, ...] = NAMES) -> set[tuple[str, str]]:
    """Every table of every schema that tells one of the names, with bytes read as text too."""
    found = set()
    with psycopg.connect(operator.database_url, autocommit=True) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert len(tables) > 10
        for schema, table in tables:
            statement = sql.SQL("COPY (SELECT t::text, encode(textsend(t::text), 'escape') FROM {}.{} AS t) TO STDOUT")
            with connection.cursor().copy(statement.format(sql.Identifier(schema), sql.Identifier(table))) as copy:
                dump = b"".join(bytes(block) for block in copy)
            with connection.cursor().copy(sql.SQL("COPY (SELECT * FROM {}.{}) TO STDOUT (FORMAT BINARY)").format(
                sql.Identifier(schema), sql.Identifier(table)
            )) as copy:  # fmt: skip
                dump += b"".join(bytes(block) for block in copy)
            found |= {(f"{schema}.{table}", name) for name in names if name.encode() in dump}
    return found


def test_the_name_is_nowhere_in_the_database_any_more(operator: Operator):
    """The seller keeps its documents for no year after that of their issue, which was last year."""
    operator.tell(
        RegisterSeller(
            seller=Seller(
                code="brief",
                name="Brief",
                address=Address(),
                series={"invoice": NumberSeries(prefix="7", width=9), "credit-note": NumberSeries(prefix="8", width=9)},
                document_retention_years=0,
                time_zone="UTC",
            )
        )
    )
    publish_friend(operator)
    operator.bring_in([anna(seller="brief")])
    operator.bill_each_due_date(date(2026, 3, 2))
    operator.take_in([bank_row(2, "48.00", "A0001", payer="Juris Bērziņš", reference="T1")])
    application = operator.application
    application.build_as_of("then", application.log.newest_position())
    application.build_as_of("by_date", date(2026, 4, 1))
    interrupt(lambda broken: application.build_as_of("broken", application.log.newest_position(), broken))
    interrupt(lambda broken: rebuild(application.log, application.tables, PROJECTIONS, PROJECTIONS, broken))
    showing = {table for table, _ in told_in(operator)}
    schemas = ("live", "asof_then", "asof_by_date", "asof_broken", "rebuilding")
    tables = ("customers", "custom_field_values")
    assert showing == {f"{schema}.{table}" for schema in schemas for table in tables}

    answer = forget(operator, on=date(2027, 1, 1))

    assert told_in(operator) == set()
    assert answer.result["kept"] == []
    assert operator.select("SELECT personal_key, document_key FROM billing.person_keys") == [(None, None)]
    assert [built.name for built in asof.list_built(application.tables)] == ["by_date", "then"]
    assert operator.findings() == []


def interrupt(build: Callable[[Callable[[int], None]], Any]) -> None:
    class Interrupted(Exception):
        pass

    def broken(_: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        build(broken)


def sums(operator: Operator) -> dict[str, list[Any]]:
    """Everything about money and documents, and what is sealed."""
    operator.application.runner.catch_up()
    kept = {
        table: operator.select(f"SELECT * FROM live.{table} ORDER BY 1, 2")
        for table in ("accounts", "documents", "charges", "allocations", "subscriptions")
    }
    kept["payments"] = operator.select("SELECT payment, account, received_on, amount FROM live.payments ORDER BY 1")
    return kept


def postings(operator: Operator, account: str) -> Sequence[Posting]:
    statement = statement_of(operator.facts(f"account/{account}"))
    assert statement is not None
    return statement.postings


def test_read_models_show_the_person_as_erased_also_rebuilt_and_no_sum_has_changed(settled: Operator):
    before = sums(settled)
    sealed = settled.select("SELECT * FROM billing.events ORDER BY position")
    application = settled.application

    answer = forget(settled)

    (row,) = settled.ask(list_customers, "A0001", 10)
    assert row.customer == Customer(number="A0001", kind="person", name="erased")
    assert (row.forgotten_on, row.documents_kept_until, row.version) == (ON, date(2037, 1, 1), 2)
    assert {(each.payer, each.payment_reference) for each in postings(settled, "A0001")} == {("", "")}
    assert [each.payer for each in postings(settled, "A0002") if each.payer] == ["Zane Ozola"]
    assert sums(settled) == before
    live = settled.live_contents()
    rebuild(application.log, application.tables, PROJECTIONS, PROJECTIONS)
    assert settled.live_contents() == live
    assert told_in(settled) == set()
    assert settled.findings() == []
    assert (
        settled.select("SELECT * FROM billing.events WHERE position < %s ORDER BY position", answer.position) == sealed
    )


@pytest.mark.parametrize("moment", [5, date(2026, 2, 15)])
def test_the_books_of_before_show_the_person_as_erased_whenever_they_were_built(settled: Operator, moment: int | date):
    application = settled.application
    built = application.build_as_of("built_before", moment)
    assert told_in(settled, ("Kalniņa",)) >= {(f"{built.schema}.customers", "Kalniņa")}
    paid = settled.select("SELECT payment, amount FROM asof_built_before.payments ORDER BY 1")

    forget(settled)
    application.build_as_of("built_after", moment)

    assert told_in(settled) == set()
    assert settled.select("SELECT payment, amount FROM asof_built_before.payments ORDER BY 1") == paid
    names = "SELECT name FROM asof_{}.customers WHERE number = 'A0001'"
    assert settled.select(names.format("built_before")) == settled.select(names.format("built_after")) == [("erased",)]


def test_what_another_version_of_the_program_built_is_dropped_because_nobody_can_ask_it(settled: Operator):
    settled.application.build_as_of("then", 5)
    settled.execute("UPDATE billing.checkpoints SET version = 0 WHERE schema_name = 'asof_then'")
    with pytest.raises(ProjectionOutdated):
        asof.find(settled.application.tables, PERSONAL, "then")
    forget(settled)
    assert told_in(settled) == set()
    assert settled.select("SELECT FROM pg_namespace WHERE nspname = 'asof_then'") == []


def test_a_document_that_the_law_keeps_names_its_buyer_in_print_until_its_date(settled: Operator):
    application = settled.application
    issued = assemble("1000000001", application.queries, application.store, ON)
    assert issued.buyer.name == "Anna Kalniņa"

    answer = forget(settled)

    assert answer.result["kept"] == [
        {"document": "1000000001", "until": "2037-01-01"}, {"document": "1000000003", "until": "2037-01-01"},
    ]  # fmt: skip
    printed = assemble("1000000001", application.queries, application.store, date(2036, 12, 31))
    assert (printed.buyer.name, printed.buyer.address_lines) == ("Anna Kalniņa", ("Jūras iela 1", "Rīga"))
    assert (printed.buyer.email, printed.buyer.phone) == (None, None)
    late = assemble("1000000001", application.queries, application.store, date(2037, 1, 1))
    assert (late.buyer.name, late.buyer.address_lines) == ("erased", ())
    assert (late.gross, late.lines, late.taxes) == (issued.gross, issued.lines, issued.taxes)


def test_each_document_has_a_date_of_its_own_and_the_key_dies_with_the_last(settled: Operator):
    application = settled.application
    settled.tell(ActivateSubscription(account="A0001", subscription="late", tariff="net", on=date(2027, 1, 1)))
    settled.tell(TerminateSubscription(reason="moves away", account="A0001", subscription="late", on=date(2027, 2, 1)))
    settled.bill(date(2027, 2, 2), today=date(2027, 2, 2))
    open_now = "SELECT number FROM live.documents WHERE open_amount > 0 AND account = 'A0001'"
    ((number,),) = settled.select(open_now)
    settled.take_in([bank_row(9, "24.00", number)])
    forget(settled, on=date(2027, 3, 1))

    def buyers(on: date) -> list[str]:
        return [
            assemble(each, application.queries, application.store, on).buyer.name for each in ("1000000001", number)
        ]

    assert buyers(date(2036, 12, 31)) == ["Anna Kalniņa", "Anna Kalniņa"]
    assert buyers(date(2037, 1, 1)) == ["erased", "Anna Kalniņa"]
    assert application.forgetting.destroy_due(date(2037, 12, 31)) == []
    assert application.forgetting.destroy_due(date(2038, 1, 1)) == ["A0001"]
    assert application.forgetting.destroy_due(date(2038, 1, 1)) == []
    assert buyers(date(2037, 12, 31)) == ["erased", "erased"]
    assert settled.select("SELECT personal_key, document_key FROM billing.person_keys WHERE customer = 'A0001'") == [
        (None, None)
    ]
    assert settled.findings() == []


def test_the_event_says_who_ordered_it_and_why_and_the_same_order_again_gets_the_same_answer(settled: Operator):
    order = ForgetCustomer(customer="A0001", ordered_by="the customer", reason="asked for it")
    identity = uuid4()
    first = settled.application.forgetting.forget(order, origin_of_process("clerk", ON, identity))
    (entry, _) = settled.application.log.of_streams(["customer/A0001"], None)
    assert (entry.event.ordered_by, entry.event.reason) == ("the customer", "asked for it")  # type: ignore[attr-defined]
    assert (entry.origin.actor, entry.position) == ("clerk", first.position)
    before = settled.store_contents()

    repeated = settled.application.forgetting.forget(order, origin_of_process("clerk", ON, identity))
    assert (repeated.position, repeated.result, repeated.is_repeated) == (first.position, first.result, True)
    assert settled.store_contents() == before
    again = forget(settled, on=date(2026, 7, 1))
    assert (again.position, again.result) == (0, first.result)
    with pytest.raises(RuleViolation, match="2026-06-11 by order of the customer"):
        forget(settled, reason="something else")


def test_a_billing_run_that_is_writing_is_not_waited_for(settled: Operator):
    """The read models reach the event only after the run's transaction has ended."""
    with psycopg.connect(settled.database_url) as chunk:
        chunk.execute("SELECT pg_current_xact_id()")
        position = settled.application.runner.position()

        forget(settled)

        assert settled.application.runner.position() == position
        assert told_in(settled) == set()
    assert settled.findings() == []


def test_reasons_that_a_clerk_wrote_are_erased(operator: Operator):
    publish_friend(operator)
    operator.bring_in([anna()])
    dearer = ChangeQuantity(account="A0001", subscription="main", quantity=Decimal(2), on=date(2026, 2, 10))
    operator.tell(dearer, today=date(2026, 1, 5))
    reason = "Juris Bērziņš called"
    mistaken = CancelChange(
        account="A0001", subscription="main", kind="change-quantity", on=date(2026, 2, 10), reason=reason
    )
    operator.tell(mistaken, today=date(2026, 1, 6))
    operator.bill_each_due_date(date(2026, 3, 2))
    operator.take_in([bank_row(2, "48.00", "A0001", payer="Anna Kalniņa")])

    def cancelled() -> list[Any]:
        facts = operator.facts("account/A0001")
        return [(fact.customer, fact.reason) for fact in facts if isinstance(fact, SubscriptionChangeCancelled)]

    assert cancelled() == [("A0001", reason)]
    assert ("billing.events", "Juris Bērziņš") not in told_in(operator)

    forget(operator)

    assert cancelled() == [("A0001", "")]


def test_hashes_of_what_was_said_of_the_person_are_erased(settled: Operator):
    """With their key somebody could try names until one fits."""
    said = settled.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(phone="+371 1")))
    command_of = "SELECT (metadata::jsonb ->> 'command')::uuid FROM billing.events WHERE position = %s"
    hash_of = f"SELECT content_hash FROM billing.commands WHERE command_id = ({command_of})"
    claim_of = "SELECT content FROM billing.claims WHERE kind = 'subscriber' AND key = %s"
    (other,) = settled.select(claim_of, "A0002")
    assert len(settled.select(hash_of, said.position)[0][0]) == 32 and len(other[0]) == 64

    order = forget(settled)

    assert settled.select(hash_of, said.position) == [(b"",)]
    assert settled.select(claim_of, "A0001") == [("",)]
    assert settled.select(claim_of, "A0002") == [other]
    assert len(settled.select(hash_of, order.position)[0][0]) == 32


def test_contacts_addresses_and_records_that_were_merged_are_erased_with_the_customer(settled: Operator):
    """Two records of Anna: one has a contact, the other other addresses; the documents of both are kept."""
    other = Customer(
        number="A0003", kind="person", name="Anna Kalniņa", iban="LV80BANK0000435195001", source="friend Mirdza",
        postal_address=Address(street="Ķīpsalas iela 4"), installation_address=Address(street="Dzirnavu iela 9"),
    )  # fmt: skip
    settled.bring_in([msgspec.structs.replace(new_subscriber("A0003", until=date(2026, 3, 1)), customer=other)])
    inese = Contact(name="Inese Liepiņa", phones=("+371 29999999",), emails=("inese@x.example",), note="sister")
    settled.tell(PutContact(customer="A0001", contact="inese", details=inese))
    settled.tell(PutContact(customer="A0001", contact="gone", details=Contact(name="Zigurds")))
    settled.tell(RemoveContact(customer="A0001", contact="gone"))
    settled.bill(date(2026, 3, 2))
    settled.tell(MergeCustomers(customer="A0003", into="A0001", reason="both are Anna"))
    settled.take_in([bank_row(9, "48.00", "A0003", payer="Juris Bērziņš")])
    settled.application.runner.catch_up()
    told = (*NAMES, "Inese", "inese", "29999999", "sister", "LV80BANK", "Mirdza", "psalas", "Dzirnavu", "both are")
    assert {name for _, name in told_in(settled, told)} >= {"Inese", "29999999", "sister", "LV80BANK", "Dzirnavu"}
    with pytest.raises(RuleViolation, match="was merged into customer A0001; forget that one"):
        forget(settled, "A0003")

    answer = forget(settled)

    assert told_in(settled, told) == set()
    assert answer.result["accounts"] == ["A0001", "A0003"]
    assert forget(settled).result == answer.result
    kept = [document["document"] for document in answer.result["kept"]]
    application = settled.application
    assert len(kept) == 3  # Of the second record one, about both months.
    for number in kept:
        printed = assemble(number, application.queries, application.store, ON)
        assert printed.buyer.name == "Anna Kalniņa"
    for number in ("A0001", "A0003"):
        row = settled.ask(customer_named, number)
        assert (row.customer, row.contacts) == (Customer(number=number, kind="person", name="erased"), {})
        assert (row.forgotten_on, row.documents_kept_until) == (ON, date(2037, 1, 1))
    assert settled.findings() == []


def test_what_was_issued_while_records_were_merged_names_its_buyer_after_the_merge_is_undone(settled: Operator):
    """The invoice of April is of the second record's account and names the first one, which is forgotten."""
    settled.bring_in([new_subscriber("A0003", since=date(2026, 2, 1))])
    settled.bill(date(2026, 3, 2))
    settled.tell(MergeCustomers(customer="A0003", into="A0001", reason="the same"))
    settled.bill(date(2026, 4, 2))
    settled.tell(UndoMerge(customer="A0003", reason="not the same"))
    issued = [fact for fact in settled.facts("account/A0003") if isinstance(fact, InvoiceIssued)]
    assert [fact.customer.code for fact in issued] == ["A0003", "A0001"]

    answer = forget(settled)

    assert issued[1].number in [document["document"] for document in answer.result["kept"]]
    application = settled.application
    names = [assemble(fact.number, application.queries, application.store, ON).buyer.name for fact in issued]
    assert names == ["Customer A0003", "Anna Kalniņa"]
    assert settled.ask(customer_named, "A0003").forgotten_on is None
    assert settled.findings() == []


def test_the_order_erases_every_copy_whichever_way_it_is_given(settled: Operator):
    """A program gives it as any other command."""
    settled.application.build_as_of("then", 5)

    order = ForgetCustomer(customer="A0001", ordered_by="the customer", reason="asked for it")
    settled.application.execute(order, origin_of_process("clerk", ON))

    assert told_in(settled) == set()


def test_what_was_interrupted_is_taken_up_by_the_same_order(settled: Operator):
    """The key was destroyed, and the program died before the copies were erased."""
    settled.application.build_as_of("then", 5)
    settled.tell(ForgetCustomer(customer="A0001", ordered_by="the customer", reason="asked for it"), today=ON)
    assert told_in(settled)

    forget(settled)

    assert told_in(settled) == set()


def test_who_is_not_settled_or_not_there_is_refused_and_nothing_happens(settled: Operator):
    before = settled.store_contents()
    with pytest.raises(RuleViolation, match="A0002 still has it"):
        forget(settled, "A0002")
    with pytest.raises(NotFound, match="A9"):
        forget(settled, "A9")
    assert settled.store_contents() == before
    settled.tell(ReversePayment(account="A0001", payment="bank:R00002", reason="bounced"), today=ON)
    with pytest.raises(RuleViolation, match="invoice '1000000001'"):
        forget(settled)
    assert told_in(settled, ("Kalniņa",)) == {("live.customers", "Kalniņa")}


def test_a_forgotten_customer_is_not_changed_and_gets_no_account_and_no_service(settled: Operator):
    forget(settled)
    before = settled.store_contents()
    for command in (
        ChangeCustomer(number="A0001", changes=CustomerChanges(kind="person", name="Anna")),
        OpenAccount(account="B1", customer="A0001", seller="north", currency="EUR"),
        ActivateSubscription(account="A0001", subscription="more", tariff="net"),
    ):
        with pytest.raises(RuleViolation, match="was forgotten on 2026-06-11"):
            settled.tell(command)
    assert settled.store_contents() == before


def test_money_that_comes_in_afterwards_is_booked_without_its_payer(settled: Operator):
    forget(settled)
    settled.tell(ReceivePayment(account="A0001", source="desk", reference="1", amount=eur("5.00"),
                                payer="Anna Kalniņa"))  # fmt: skip
    newest = postings(settled, "A0001")[-1]
    assert (newest.kind, str(newest.amount), newest.payer) == ("payment", "5.00 EUR", "")
    assert told_in(settled) == set()
    assert settled.findings() == []


ORDER = ForgetCustomer(customer="A0001", ordered_by="the customer", reason="asked for it")


def test_an_account_that_is_being_opened_is_waited_for(settled: Operator):
    opened = AccountOpened(
        effective_on=ON, account="B1", customer="A0001", seller="north", currency="EUR",
        plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7),
    )  # fmt: skip
    with ThreadPoolExecutor(1) as threads:
        with settled.application.store.transaction() as transaction:
            transaction.hold("customer/A0001")
            forgetting = threads.submit(settled.tell, ORDER, ON)
            wait_until_held_up(settled)
            transaction.append([Append("account/B1", 0, [opened])], (), origin_of_process())
        answer = forgetting.result(30)

    assert answer.result["accounts"] == ["A0001", "B1"]


@pytest.mark.parametrize(
    "command",
    [
        OpenAccount(account="B1", customer="A0001", seller="north", currency="EUR"),
        ActivateSubscription(account="A0001", subscription="more", tariff="net"),
    ],
)
def test_whoever_sells_to_a_customer_that_is_being_forgotten_waits_and_comes_too_late(
    settled: Operator, command: Command
):
    origin = origin_of_process("clerk", ON)
    with ThreadPoolExecutor(1) as threads:
        with settled.application.store.transaction() as transaction:
            decision = handle_forget_customer(ORDER, transaction, origin)
            selling = threads.submit(settled.tell, command)
            wait_until_held_up(settled)
            transaction.append(decision.appends, (), origin)
        with pytest.raises(RuleViolation, match="was forgotten"):
            selling.result(30)


def test_what_a_tariff_asked_for_is_erased_and_was_said_to_nobody_but_its_readers(settled: Operator):
    settled.publish("line", "5.00", parameters=[Parameter(code="phone")])
    settled.tell(
        ActivateSubscription(account="A0001", subscription="line", tariff="line", parameters={"phone": "2000 0001"},
                             on=date(2026, 1, 1)), today=ON,
    )  # fmt: skip
    settled.tell(
        ChangeParameters(account="A0001", subscription="line", parameters={"phone": "2000 0002"}, on=date(2026, 1, 15)),
        today=ON,
    )
    settled.tell(
        TerminateSubscription(reason="moves away", account="A0001", subscription="line", on=date(2026, 2, 1)), today=ON
    )
    settled.bill(date(2026, 6, 12), ON)
    settled.take_in([bank_row(9, "6.00", "A0001")])
    assert told_in(settled, ("2000 0001", "2000 0002")) == set()
    assert said(settled) == [{}, {"phone": "2000 0001"}, {"phone": "2000 0002"}]

    forget(settled)

    assert said(settled) == [{}, {}, {}]
    assert settled.findings() == []
    settled.application.rebuild(PROJECTIONS)
    assert settled.account("A0001").subscriptions["line"].parameters == ["phone"]


def test_who_sent_a_remittance_is_erased_with_the_customer_to_whose_account_it_was_assigned(settled: Operator):
    rows = [bank_row(9, "6.00", "for Juris Bērziņš", payer="Anna Kalniņa"), bank_row(10, "7.00", "?", payer="Juris")]
    settled.take_in(rows)
    settled.tell(AssignRemittance(remittance="bank:R00009", account="A0001"))
    settled.tell(RefundPayment(account="A0001", payment="bank:R00009", reason="nothing is owed"))

    forget(settled)

    payers = [fact.payer for row in (9, 10) for fact in settled.facts(f"remittance/bank:R{row:05}")
              if isinstance(fact, RemittanceReceived)]  # fmt: skip
    assert payers == ["", "Juris"]
    assert told_in(settled, NAMES) == set()
    assert settled.findings() == []


def said(operator: Operator) -> list[dict[str, str]]:
    """What was said of parameters on Anna's account, as far as it may be known."""
    kinds = SubscriptionActivated | SubscriptionParametersGiven
    return [fact.parameters for fact in operator.facts("account/A0001") if isinstance(fact, kinds)]


def test_a_customer_from_before_there_were_keys_is_shown_as_erased_too(settled: Operator):
    """Its name stays in the bytes of its events, which nothing may change; no read model and no print shows it."""
    settled.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona Ozola")))
    settled.execute(
        """UPDATE billing.events SET state = convert_to('{"effective_on":"2026-01-01","customer":{"number":"C1",
           "kind":"person","name":"Ona Ozola","email":"ona@x.example"}}', 'UTF8') WHERE originator_id = 'customer/C1'"""
    )
    settled.execute("DELETE FROM billing.person_keys WHERE customer = 'C1'")
    assert [row.customer.email for row in settled.ask(list_customers, "Ona Ozola", 5)] == ["ona@x.example"]

    forget(settled, "C1")

    assert settled.ask(list_customers, "Ona", 5) == []
    assert {table for table, _ in told_in(settled, ("Ona", "ona@x.example"))} == {"billing.events"}
    assert settled.findings() == []
