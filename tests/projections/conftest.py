"""An operator with a little of everything in its books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import INVARIANTS, OF_REPORTS
from adapters.files.ported_numbers import Porting
from billing_core.catalogue.components import Usage
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import UnitPrice
from billing_core.catalogue.products import Product
from billing_core.catalogue.quotas import Quota, QuotaStep, TopUp
from billing_core.custom_fields import FieldDefinition, FieldSubject
from billing_core.dealers import Dealer
from billing_core.party_changes import CustomerChanges
from billing_core.promises import PromiseTerms
from billing_core.staff.roles import Role
from billing_core.usage.mediation.deliveries import Numbers
from commands.approvals import ApproveRequest
from commands.billing.account import BillAccount
from commands.catalogue import DefineProduct
from commands.corrections.waiver import WaiveCharge
from commands.credit_limits import GrantTemporaryCredit, SetCreditLimit
from commands.custom_fields import PublishCustomFields
from commands.dealers import RegisterDealer
from commands.outreach.webhooks import ChangeWebhook, RegisterWebhook
from commands.parties import AssignCustomer, ChangeCustomer
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.giving_back import RefundPayment, WriteOffInvoice
from commands.payments.remittances import AssignRemittance
from commands.promises import OpenPromise, SetPromiseTerms
from commands.services import (
    ActivateSubscription,
    ChangeTariff,
    HoldSubscription,
    RecordUsage,
    SetServiceFields,
    SuspendSubscription,
    TerminateSubscription,
)
from commands.staff.addresses import AllowAddresses
from commands.staff.operators import DefineRole, RegisterOperator
from commands.usage.control import ReviewUsage, TopUpQuota
from commands.usage.grants import ConfirmUsageGrant, ReserveUsage
from commands.usage.identifiers import AssignIdentifier
from commands.usage.ports import BatchId
from commands.work.tickets import SetTicketFields
from projections import contracts, direct_debit, outreach
from projections.reports import schedules
from projections.usage import control
from tests.billing_core.usage.lists import price_list, row
from tests.commands.usage.price_lists import publish, publish_ported
from tests.commands.usage.rows import receive
from tests.commands.usage.rows import row as call
from tests.operators import (
    Operator,
    application,
    bank_row,
    database_url,
    eur,
    operator,
    operator_on,
    silent,
)
from tests.projections.bank_statement_books import keep_bank_statements
from tests.projections.bulk_books import keep_bulk_messages
from tests.projections.card_books import keep_cards
from tests.projections.cash_books import keep_cash
from tests.projections.collection_books import keep_collection
from tests.projections.contract_books import keep_contracts
from tests.projections.debit_books import keep_direct_debit
from tests.projections.dunning_books import keep_dunning
from tests.projections.forecast_books import keep_forecast
from tests.projections.kiosk_books import keep_kiosks
from tests.projections.message_books import keep_messages
from tests.projections.note_books import keep_notes
from tests.projections.parties_books import keep_customers
from tests.projections.payment_books import keep_payments
from tests.projections.remittance_books import keep_remittances
from tests.projections.report_schedule_books import keep_report_schedules
from tests.projections.reports_books import keep_reports
from tests.projections.suspension_books import keep_suspensions
from tests.projections.voucher_books import keep_vouchers
from tests.projections.work.books import keep_work
from tests.projections.work.causes import keep_causes
from tests.projections.work.organiser_books import keep_crew
from tests.projections.work.ticket_books import keep_tickets

__all__ = ["application", "database_url", "operator"]


@pytest.fixture
def trade(server_url: str, kept_books: str) -> Iterator[Operator]:
    """Eight subscribers in the spring of 2026: invoices, credit notes, payments and what became of them."""
    with operator_on(server_url, kept_books) as operator:
        yield operator


def keep_books(operator: Operator) -> None:
    operator.tell(DefineProduct(product=Product(code="internet", name="Internet")), today=date(2020, 1, 1))
    operator.publish("fast", "50.00")
    operator.publish("tv", "12.10", prices_include_vat=True, vat_rate=Decimal(21))
    ends = [Price(amount=Decimal("20.00"), valid_from=date(2020, 1, 1), valid_to=date(2026, 2, 10))]
    operator.publish("ends", ends)
    operator.subscribers(6)
    operator.subscriber("A0007", tariff="tv", since=date(2026, 1, 20), billing_day=31)
    operator.subscriber("A0008", tariff="ends")
    operator.tell(ActivateSubscription(account="A0001", subscription="tv", tariff="tv", on=date(2026, 1, 5)))
    operator.bill_each_due_date(date(2026, 2, 2))
    operator.take_in(
        [
            bank_row(2, "24.00", "1000000001"),
            bank_row(3, "100.00", "A0002"),
            bank_row(4, "10.00", "A0003"),
            bank_row(5, "24.00", "A0004"),
        ]
    )
    operator.tell(ChangeTariff(account="A0003", subscription="main", tariff="fast", on=date(2026, 1, 17)))
    operator.tell(SuspendSubscription(account="A0004", subscription="main", reason="operator", on=date(2026, 1, 11)))
    operator.tell(ReversePayment(account="A0004", payment="bank:R00005", reason="bounced"), today=date(2026, 2, 5))
    operator.tell(
        TerminateSubscription(reason="moves away", account="A0005", subscription="main", on=date(2026, 3, 10))
    )
    january = WaiveCharge(account="A0006", charge="main/fee/2026-01-01/2026-02-01/0", reason="goodwill")
    operator.tell(january, today=date(2026, 2, 6))
    operator.tell(
        ChangeCustomer(number="A0001", changes=CustomerChanges(name="Ona", kind="company")), today=date(2026, 2, 7)
    )
    operator.tell(
        ChangeCustomer(number="A0001", changes=CustomerChanges(name="Ona Maria", kind="company")),
        today=date(2026, 2, 8),
    )
    far_off = HoldSubscription(
        account="A0006", subscription="main", on=date(2046, 1, 10), until=date(2046, 2, 10), confirmed=True
    )
    operator.tell(far_off, today=date(2026, 2, 9))  # Its end is a deadline.
    operator.bill_each_due_date(date(2026, 4, 2))
    operator.tell(BillAccount(account="A0001", on=date(2026, 4, 6)))
    operator.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=30)))
    operator.tell(OpenPromise(account="A0003", until=date(2026, 5, 5)), today=date(2026, 4, 6))
    operator.tell(SetCreditLimit(account="A0003", limit=Decimal(500), reason="pays for years"), today=date(2026, 4, 6))
    granted = GrantTemporaryCredit(account="A0003", amount=Decimal(10), until=date(2026, 9, 6), reason="wages are late")
    operator.tell(granted, today=date(2026, 4, 6))
    origin = origin_of_process("clerk", date(2026, 4, 6))
    operator.tell(AssignIdentifier(account="A0001", subscription="main", identifier="+420 601 000 001"))
    calls = [call(1, "c1", "04-05 08:00", "A0001/main", component="calls"), call(2, "c2", "04-05 08:00", "NOBODY")]
    receive(operator, "calls.csv", calls, numbers=Numbers(7, 8))
    receive(operator, "april", [call(1, "d1", "04-05 12:00", "A0001/main", kind="item", quantity=1_500_000)])
    usage = operator.application.usage_import()
    for batch in ("calls.csv", "april"):  # The tariff has no such component as calls.
        usage.book(BatchId("switch", batch), origin, silent)
    publish(operator, price_list(row("49", "Germany", "0.05")))
    publish_ported(operator, Porting("420601000002", "42077", date(2026, 3, 1)))
    operator.tell(DefineRole(role="desk", permits=Role(permissions=("parties.read.*",))))
    operator.tell(RegisterDealer(dealer=Dealer(code="east", name="East Sales")))
    operator.tell(AssignCustomer(customer="A0003", dealer="east"))
    waiting = ReceivePayment(account="A0005", source="till", reference="1", amount=eur("2.00"))
    for day in (6, 7):
        kept = operator.application.waiting.keep(
            waiting, origin_of_process("till", date(2026, 4, day)), "above the limit", dry_run=False
        )
    operator.tell(ApproveRequest(request=kept.result["request"]), today=date(2026, 4, 8))
    operator.tell(RegisterOperator(operator="anna", name="Anna", roles=("desk",), dealer="east"))
    operator.tell(AllowAddresses(role="desk", networks=("10.0.0.0/8",)))
    operator.tell(RegisterWebhook(webhook="shop", url="https://shop.example/events"))
    operator.tell(ChangeWebhook(webhook="shop", url="https://shop.example/all"))
    operator.take_in([bank_row(6, "100.00", "thank you"), bank_row(7, "9.00", "who am I")])
    operator.tell(AssignRemittance(remittance="bank:R00006", account="A0007"), today=date(2026, 4, 6))
    refund = RefundPayment(account="A0007", payment="bank:R00006", reason="paid too much", amount=Decimal("1.00"))
    operator.tell(refund, today=date(2026, 4, 7))
    owed = next(iter(operator.account("A0006").ledger.open_items))
    operator.tell(WriteOffInvoice(account="A0006", invoice=owed, reason="too small"), today=date(2026, 4, 7))
    publish_quota(operator)
    keep_within_quota(operator, "A0002")
    keep_work(operator)
    keep_tickets(operator)
    keep_crew(operator)
    keep_causes(operator)
    keep_custom_fields(operator)
    keep_customers(operator)
    keep_notes(operator)
    keep_contracts(operator)
    keep_dunning(operator)
    keep_suspensions(operator)
    keep_vouchers(operator)
    keep_messages(operator)
    keep_collection(operator)
    keep_bulk_messages(operator)
    keep_direct_debit(operator)
    keep_cash(operator)
    keep_cards(operator)
    keep_payments(operator)
    keep_kiosks(operator)
    keep_remittances(operator)
    keep_bank_statements(operator)
    keep_reports(operator)
    keep_report_schedules(operator)
    keep_forecast(operator)


def keep_custom_fields(operator: Operator) -> None:
    """A field of each kind of subject, and a value of each."""
    door = FieldDefinition(code="door", labels={"en": "Door"}, is_searchable=True)
    for subject in get_args(FieldSubject):
        operator.tell(PublishCustomFields(subject=subject, fields=(door,)), today=date(2026, 4, 8))
    blue: dict[str, str | None] = {"door": "blue"}
    changed = ChangeCustomer(number="A0006", changes=CustomerChanges(custom_fields=blue))
    operator.tell(changed, today=date(2026, 4, 8))
    operator.tell(SetServiceFields(account="A0006", subscription="main", values=blue), today=date(2026, 4, 8))
    operator.tell(SetTicketFields(ticket="T-1", values=blue), today=date(2026, 4, 8))


def publish_quota(operator: Operator) -> None:
    """A tariff `surf` with a quota."""
    top_up = TopUp(code="five", name="5 GB", units=Decimal(5), price=Decimal("4.00"))
    slow = QuotaStep(after=Decimal(50), action="slow")
    data = Usage(code="data", name="Data", vat_rate=Decimal(20), pricing=UnitPrice(price=Decimal(0)),
                 quota=Quota(steps=(slow,), unit="GB", top_ups=(top_up,)))  # fmt: skip
    operator.publish("surf", "0", components=(data,))


def keep_within_quota(operator: Operator, account: str) -> None:
    """A service that used up what is full, bought more and asked for a session."""
    service: dict[str, Any] = {"account": account, "subscription": "surf"}
    day = date(2026, 4, 7)
    operator.tell(ActivateSubscription(**service, tariff="surf", on=day), today=day)
    operator.tell(RecordUsage(**service, component="data", quantity=Decimal(52), on=day), today=day)
    operator.tell(ReviewUsage(**service), today=day)
    operator.tell(TopUpQuota(**service, component="data", top_up="five"), today=day)
    operator.tell(ReserveUsage(**service, component="data", grant="session", units=Decimal(2)), today=day)
    operator.tell(ConfirmUsageGrant(account=account, grant="session", part=1, units=Decimal(1)), today=day)


# By an effective date numbers have gaps and credit waits for what it settles later. Streams, claims, tickets,
# appointments, contracts and the states of accounts have no such date.
BY_DATE_HOLDS = sorted(
    INVARIANTS.keys()
    - {
        "every stream is numbered without a gap",
        "document numbers have no gap",
        "the claims are those that the events make",
        "an account is listed as the state says on which billing decides",
        "no account has credit that is not held back and an open invoice",
        "a crew is never in two places at once",
        "an open ticket waits at a step, or something is due by itself",
        "a ticket's parent is a ticket",
        *control.INVARIANTS,  # Grants, quotas and alarms are of now.
        *contracts.INVARIANTS,
        *outreach.AREA.invariants,  # Messages are of what was recorded.
        *direct_debit.AREA.invariants,  # So are debits.
        *schedules.INVARIANTS,  # So are reports that are sent.
        *OF_REPORTS,  # Reports are about what was recorded, too.
    }
)
