"""The check of the whole store: silent on sound books, and each kind of damage is named, and only that one."""

from __future__ import annotations

import pytest
from eventsourcing.persistence import IntegrityError

from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import INVARIANTS, OF_REPORTS
from billing_core.kernel.errors import DeclaredTwice
from billing_core.parties.customers import Customer
from commands.forgetting import ForgetCustomer
from commands.parties import RegisterCustomer
from projections import usage, work
from projections.platform.area import Area, invariants_of
from projections.platform.check import offenders
from projections.platform.claims import wrong_claims
from projections.platform.rebuild import rebuild
from tests.operators import Operator, bank_row

DESTROYED = "the keys of a customer who was forgotten are destroyed"
JANUARY = "main/fee/2026-01-01/2026-02-01/0"


def test_sound_books_have_no_findings(trade: Operator):
    found = trade.live_contents()
    assert any("credit-note" in row for row in found["documents"])
    assert any("bounced" in row for row in found["payments"])
    assert any("no price" in row for row in found["accounts"])
    assert trade.findings() == []


LIVE_DAMAGE = {
    "account_cards": "UPDATE live.account_cards SET is_stopped = NOT is_stopped WHERE account = 'A0006'",
    "card_payments": "UPDATE live.card_payments SET refund_asked = refund_asked + 1 WHERE account = 'A0005'",
    "refused_card_callbacks": "UPDATE live.refused_card_callbacks SET why = 'none'",
    "payment_requests": "UPDATE live.payment_requests SET state = 'paid' WHERE number = 2",
    "customers": "UPDATE live.customers SET name = 'Somebody' WHERE number = 'A0001'",
    "sellers": "DELETE FROM live.sellers",
    "consent_purposes": "UPDATE live.consent_purposes SET name = 'News'",
    "consent_wordings": "UPDATE live.consent_wordings SET since_on = since_on + 1",
    "dealers": "DELETE FROM live.dealers",
    "approval_requests": "UPDATE live.approval_requests SET state = 'waiting' WHERE state = 'approved'",
    "subscriptions": "UPDATE live.subscriptions SET status = 'active' WHERE account = 'A0005'",
    "service_changes": "UPDATE live.service_changes SET operator = 'nobody' WHERE account = 'A0005' AND place = 0",
    "service_spans": "DELETE FROM live.service_spans WHERE account = 'A0005'",
    "service_histories": "UPDATE live.service_histories SET recorded = '[]' WHERE account = 'A0005'",
    "accounts": "UPDATE live.accounts SET balance = balance + 0.01 WHERE number = 'A0003'",
    "charges": "UPDATE live.charges SET amount = amount + 0.01 WHERE account = 'A0003' AND key = '{january}'",
    "documents": "UPDATE live.documents SET open_amount = 0 WHERE number = '1000000003'",
    "document_texts": "UPDATE live.document_texts SET content = '{{}}' WHERE document = '1000000003'",
    "document_lines": "UPDATE live.document_lines SET net = net + 0.01 WHERE document = '1000000003'",
    "document_taxes": "UPDATE live.document_taxes SET vat = vat + 0.01 WHERE document = '1000000003'",
    "unbilled_charges": "DELETE FROM live.unbilled_charges",
    "revenue_forecasts": "UPDATE live.revenue_forecasts SET net = net + 0.01",
    "tariffs": "UPDATE live.tariffs SET closed_from = '2026-01-01' WHERE code = 'net'",
    "products": "UPDATE live.products SET parent = 'x'",
    "payments": "INSERT INTO live.payments SELECT account, 'x:1', version, received_on, method, amount, currency,"
    " from_remittance FROM live.payments LIMIT 1",
    "payment_sums": "UPDATE live.payment_sums SET allocated = allocated + 0.01 WHERE (part, source) IN"
    " (SELECT part, source FROM live.payment_sums ORDER BY part, source LIMIT 1)",
    "unused_credits": "UPDATE live.unused_credits SET held_back = held_back + 0.01 WHERE account = 'A0001'",
    "advance_documents": "UPDATE live.advance_documents SET vat = vat + 0.01 WHERE corrects = ''",
    "advance_terms": "DELETE FROM live.advance_terms",
    "crumb_limits": "DELETE FROM live.crumb_limits",
    "pay_back_batches": "UPDATE live.pay_back_batches SET state = 'drawn up'",
    "pay_back_items": "UPDATE live.pay_back_items SET amount = amount + 0.01 WHERE state = 'returned'",
    "allocations": "DELETE FROM live.allocations WHERE credit = 'bank:R00004'",
    "credit_adjustments": "UPDATE live.credit_adjustments SET amount = amount - 0.01"
    " WHERE kind = 'refund' AND account = 'A0007'",
    "standing_orders": "UPDATE live.standing_orders SET day = day + 1",
    "income": "UPDATE live.income SET amount = amount - 0.01 WHERE kind = 'received' AND payment = 'bank:R00002'",
    "voucher_series": "UPDATE live.voucher_series SET amount = amount + 1",
    "voucher_batches": "UPDATE live.voucher_batches SET blocked = '' WHERE batch = 2",
    "redeemed_vouchers": "UPDATE live.redeemed_vouchers SET redeemed_on = redeemed_on + 1",
    "saved_reports": "UPDATE live.saved_reports SET details = replace(details, 'Income', 'Outcome')",
    "report_closings": "UPDATE live.report_closings SET differs = NOT differs",
    "kiosks": "UPDATE live.kiosks SET details = replace(details, 'north', 'south') WHERE code = 'hall'",
    "kiosk_transactions": "UPDATE live.kiosk_transactions SET amount = amount + 1 WHERE transaction = '3'",
    "kiosk_refusals": "UPDATE live.kiosk_refusals SET left_out = 1 WHERE verdict = 'forged'",
    "kiosk_registers": "UPDATE live.kiosk_registers SET lines = lines + 1",
    "kiosk_differences": "UPDATE live.kiosk_differences SET theirs = theirs + 1",
    "remittances": "UPDATE live.remittances SET method = 'cash' WHERE remittance = 'bank:R00007'",
    "remittance_acts": "UPDATE live.remittance_acts SET reason = 'another'"
    " WHERE remittance = 'post:B' AND NOT is_undone",
    "payer_accounts": "UPDATE live.payer_accounts SET learnt_on = learnt_on + 1",
    "credit_limits": "UPDATE live.credit_limits SET own_limit = own_limit + 1",
    "promises": "UPDATE live.promises SET until_on = until_on + 1",
    "usage_batches": "UPDATE live.usage_batches SET booked = booked + 1"
    " WHERE name = (SELECT min(name) FROM live.usage_batches)",
    "usage_deliveries": "UPDATE live.usage_deliveries SET taken = taken + 1"
    " WHERE batch = (SELECT min(batch) FROM live.usage_deliveries)",
    "usage_sources": "UPDATE live.usage_sources SET numbers = numbers + int8multirange(int8range(20, 30))",
    "usage_unbooked": "UPDATE live.usage_unbooked SET records = records + 1"
    " WHERE place = (SELECT min(place) FROM live.usage_unbooked)",
    "usage_grants": "UPDATE live.usage_grants SET used = used + 1",
    "usage_days": "UPDATE live.usage_days SET recorded = recorded + 1"
    " WHERE account = 'A0002' AND subscription = 'surf'",
    "usage_quotas": "UPDATE live.usage_quotas SET step = step + 1",
    "usage_alarms": "UPDATE live.usage_alarms SET used = used + 1 WHERE share = 100",
    "usage_identifiers": "UPDATE live.usage_identifiers SET from_on = from_on - 1",
    "price_list_versions": "UPDATE live.price_list_versions SET rows = rows + 1",
    "ported_tables": "UPDATE live.ported_tables SET numbers = numbers + 1",
    "account_states": "UPDATE live.account_states SET next_due_on = NULL WHERE number = 'A0001'",
    "ways_into_log": "DELETE FROM live.ways_into_log WHERE way = 'actor' AND stretch = 0 AND value = 'clerk'",
    "times_of_log": "UPDATE live.times_of_log SET last_at = last_at + interval '1 second'",
    "deadlines": "UPDATE live.deadlines SET due_on = due_on + 1 WHERE kind = 'hold-end'",
    "operators": "UPDATE live.operators SET details = replace(details, 'Anna', 'Berta')",
    "roles": "DELETE FROM live.roles",
    "allowed_addresses": "UPDATE live.allowed_addresses SET networks = '[]'",
    "customer_bases": "UPDATE live.customer_bases SET name = 'Bad customers'",
    "bulk_messages": "UPDATE live.bulk_messages SET details = replace(details, 'a slip', 'a trick')",
    "unreachable_addresses": "UPDATE live.unreachable_addresses SET reason = 'none'",
    "messages": "UPDATE live.messages SET reason = 'none' WHERE state = 'waiting'",
    "webhooks": "UPDATE live.webhooks SET position = 1",
    "service_levels": "DELETE FROM live.service_levels",
    "crews": "UPDATE live.crews SET details = replace(details, 'Crew 1', 'Crew 2')",
    "appointments": "DELETE FROM live.appointments WHERE number LIKE 'T-%-1'",
    "job_rates": "UPDATE live.job_rates SET amount = amount + 0.01",
    "recurring_tasks": "DELETE FROM live.recurring_tasks",
    "flows": "UPDATE live.flows SET versions = 2 WHERE is_withdrawn",
    "tickets": "UPDATE live.tickets SET labour_minutes = 31 WHERE labour_minutes = 30",
    "disputes": "UPDATE live.disputes SET is_open = false",
    "ticket_files": "UPDATE live.ticket_files SET name = 'another.png'",
    "cause_rules": "UPDATE live.cause_rules SET seller = 'north'",
    "causes": "UPDATE live.causes SET is_there = true",
    "assignment_rules": "DELETE FROM live.assignment_rules",
    "customer_tags": "DELETE FROM live.customer_tags WHERE customer = 'A0002'",
    "customer_notes": "UPDATE live.customer_notes SET is_pinned = false WHERE is_pinned",
    "customer_files": "UPDATE live.customer_files SET name = 'another.png'",
    "contracts": "UPDATE live.contracts SET ends_on = ends_on + 1 WHERE customer = 'A0002'",
    "contract_kinds": "DELETE FROM live.contract_kinds",
    "dunning_policies": "DELETE FROM live.dunning_policies WHERE code = 'home'",
    "dunning_steps": "UPDATE live.dunning_steps SET debt = debt + 0.01 WHERE invoice = "
    "(SELECT min(invoice) FROM live.dunning_steps)",
    "dunning_speeds": "UPDATE live.dunning_speeds SET profile = 'fast'",
    "dunning_stops": "UPDATE live.dunning_stops SET to_on = to_on + 1 WHERE account = 'A0002'",
    "settlements": "UPDATE live.settlements SET amount = amount + 0.01 WHERE credit = 'bank:R00004'",
    "custom_field_sets": "UPDATE live.custom_field_sets SET version = 2 WHERE subject = 'ticket'",
    "custom_field_values": "UPDATE live.custom_field_values SET value = 'red' WHERE subject = 'service'",
    "payment_texts": "UPDATE live.payment_texts SET written = 'x' WHERE reference = 'R00003'",
    "ticket_texts": "UPDATE live.ticket_texts SET words = ' x ' WHERE ticket = 'T-1'",
    "suspension_reasons": "UPDATE live.suspension_reasons SET details = replace(details, 'deposit', 'bill')",
    "service_returns": "UPDATE live.service_returns SET payment = 'desk:0'",
    "waiting_for_money": "UPDATE live.waiting_for_money SET suspended_on = suspended_on - 1",
    "debt_settings": "DELETE FROM live.debt_settings WHERE kind = 'agency'",
    "collected_items": "UPDATE live.collected_items SET amount = amount + 0.01",
    "collection_batches": "UPDATE live.collection_batches SET items = items + 1",
    "mandates": "UPDATE live.mandates SET uses = uses + 1 WHERE mandate = 'M-0'",
    "debit_batches": "UPDATE live.debit_batches SET collect_on = collect_on + 1 WHERE batch = 'north-3'",
    "debits": "UPDATE live.debits SET state = 'left-out' WHERE state = 'accepted'",
    "late_interest": "UPDATE live.late_interest SET amount = amount + 0.01",
    "limitation_renewals": "UPDATE live.limitation_renewals SET renewed_on = renewed_on + 1",
    "write_offs": "UPDATE live.write_offs SET vat = vat + 0.01",
    "calls": "UPDATE live.calls SET tries = tries + 1",
    "cash_desks": "UPDATE live.cash_desks SET left_over = left_over + 1 WHERE desk = 'H1'",
    "cash_sessions": "UPDATE live.cash_sessions SET counted = counted + 1 WHERE desk = 'H1'",
    "cash_receipts": "UPDATE live.cash_receipts SET given = given + 1 WHERE receipt = 'H1-0001'",
    "cash_transits": "UPDATE live.cash_transits SET found = 40 WHERE receipt = 'H1-0006'",
    "cash_prints": "UPDATE live.cash_prints SET fiscal_number = '2'",
    "bank_accounts": "UPDATE live.bank_accounts SET currency = 'CZK' WHERE iban LIKE 'SK%%'",
    "bank_statements": "UPDATE live.bank_statements SET closing = closing + 0.01 WHERE state = 'dismissed'",
    "bank_movements": "UPDATE live.bank_movements SET booked_on = booked_on - 1 WHERE movement = 'bank:S4'",
    "report_schedules": "UPDATE live.report_schedules SET due_on = due_on + 1 WHERE is_open",
    "operator_absences": "UPDATE live.operator_absences SET to_on = to_on + 1",
}


def rebuilt(table: str) -> str:
    return f"{table} rebuilt from the events equals the live table"


def test_a_read_model_that_was_tampered_with_is_named(trade: Operator):
    damage_live(trade, "accounts")
    (finding,) = trade.findings()
    assert finding.invariant == rebuilt("accounts")


def test_each_read_model_that_was_tampered_with_is_named(trade: Operator):
    """All at once: a check builds everything anew, so one for each table takes minutes and says no more."""
    damage_live(trade, *LIVE_DAMAGE)
    findings = {finding.invariant: finding.offenders for finding in trade.findings()}
    assert set(findings) == {rebuilt(table) for table in LIVE_DAMAGE}
    for table in LIVE_DAMAGE:
        offenders = findings[rebuilt(table)]
        assert all(each.startswith(("only live: ", "only rebuilt: ")) for each in offenders), table


def damage_live(trade: Operator, *tables: str) -> None:
    trade.application.runner.catch_up()
    for table in tables:
        assert trade.execute(LIVE_DAMAGE[table].format(january=JANUARY)) == 1, table


def changed(which: str, path: str, value: str) -> str:
    """A statement that changes one value in the JSON of some events, where it stands."""
    return f"""
        UPDATE billing.events SET state = convert_to(jsonb_set(event, '{{{path}}}', '"{value}"')::text, 'UTF8')
        FROM (SELECT position, convert_from(state, 'UTF8')::jsonb AS event FROM billing.events) AS read
        WHERE read.position = events.position AND {which}
    """


UNDONE_ELSEWHERE = """
    UPDATE billing.events
    SET state = convert_to(replace(convert_from(state, 'UTF8'), '"undoes":2', '"undoes":99'), 'UTF8')
    WHERE topic = 'remittance-act-undone/1' AND originator_id = 'remittance/post:B'
"""
INVOICE_3 = "topic = 'invoice-issued/1' AND event ->> 'number' = '1000000003'"
OF_A2 = "originator_id = 'account/A0002' AND event ->> 'effective_on' = "
JANUARY_INVOICE = f"topic = 'invoice-issued/1' AND {OF_A2} '2026-01-01'"
FEBRUARY_INVOICE = f"topic = 'invoice-issued/1' AND {OF_A2} '2026-02-01'"
JANUARY_CHARGES = f"topic = 'charges-posted/1' AND {OF_A2} '2026-01-01'"
FEBRUARY_CHARGES = f"topic = 'charges-posted/1' AND {OF_A2} '2026-02-01'"
JANUARY_CREDIT = f"""topic = 'charges-posted/1' AND originator_id = 'account/A0003'
    AND event #>> '{{charges,0,corrects}}' = '{JANUARY}'"""
CREDIT_NOTE_1 = "topic = 'credit-note-issued/1' AND event ->> 'number' = '5000000001'"
NEWEST_INVOICE = """topic = 'invoice-issued/1' AND event ->> 'number' =
    (SELECT max(number) FROM live.documents WHERE kind = 'invoice')"""
PAYMENT_2 = """topic = 'credit-allocated/1' AND event #>> '{allocations,0,0}' = 'bank:R00003'
    AND event #>> '{allocations,0,1}' = '1000000002'"""
PAYMENT_2_ARRIVED = "topic = 'payment-received/1' AND event ->> 'reference' = 'R00003'"
PAYMENT_3 = "topic = 'payment-received/1' AND event ->> 'reference' = 'R00004'"
HANDED_BACK = "topic = 'cash-handed-over/1' AND event ->> 'receipt' = 'D1-0002'"
ADVANCE_1 = "topic = 'advance-taxed/1' AND event ->> 'number' = '9000000001'"
DEBITS_3 = "topic = 'debit-batch-drawn-up/1' AND event ->> 'number' = '3'"
FIRST_REFUND = "originator_id = 'account/A0005' AND event #>> '{amount,0}' = '1.00'"
UNKNOWN = "main/fee/2019-01-01/2019-02-01/0"

ASSIGNED = "money that is assigned to an account is taken from what waited"
RECEIPTS = "a payment of a desk has its receipt"
SPANS = "the days of a service are those of its spans, and so are the days on which it is stopped"
REGISTERS = "the differences of a kiosk's register are as many as it says"
MONEY_IN = "money that came in is allocated, unused, waiting, gone back, transferred or other income"
SUMS_KEPT = "the sums of payments and of what they settled are those of all payments and allocations"
# Whatever changes an amount may be seen by the sums of all money, and by reports that sum it in two ways, too.
SUMS_OF_MONEY = {MONEY_IN, ASSIGNED, *OF_REPORTS}

# Each kind of damage: the statements that do it, and whom the check must name.
Damage = tuple[tuple[str, ...], str]
DAMAGE: dict[str, list[Damage]] = {
    ASSIGNED: [((changed(PAYMENT_2_ARRIVED, "remittance", "bank:X"),), "bank:R00003")],
    "every scheduled report could be made when it was last due": [
        (
            (
                """UPDATE billing.events SET topic = 'scheduled-report-not-made/1', state = convert_to(
                       json_build_object('effective_on', effective_on, 'reason', 'late')::text, 'UTF8')
                   WHERE topic = 'scheduled-report-made/1'""",
            ),
            "income",
        ),
    ],
    "the base and the VAT of a document on an advance are its amount": [
        ((changed(ADVANCE_1, "base,0", "999.00"),), "9000000001"),
    ],
    "no document on an advance is corrected by more than it is": [
        (
            (
                changed("topic = 'advance-corrected/1'", "base,0", "-999.00"),
                changed("topic = 'advance-corrected/1'", "vat,0", "-1.00"),
                changed("topic = 'advance-corrected/1'", "gross,0", "-1000.00"),
            ),
            "9000000001",
        ),
    ],
    "a redeemed voucher is a payment of its amount": [
        ((changed("topic = 'voucher-redeemed/1'", "amount,0", "2.00"),), "SPRING-000001"),
    ],
    "a card payment that succeeded is a payment of the same amount": [
        ((changed("topic = 'card-payment-succeeded/1'", "reference", "pi_9"),), "A0005-1"),
    ],
    "no more of a card payment is refunded than was paid": [
        ((changed("topic = 'card-refund-asked/1' AND event ->> 'number' = '1'", "amount,0", "501.00"),), "A0005-1"),
    ],
    "messages are those of sellers who are registered": [
        ((changed("topic = 'message-queued/1' AND event ->> 'customer' = 'A0003'", "seller", "west"),), "west"),
    ],
    "a bulk message has queued as many messages as it says": [
        ((changed("topic = 'bulk-message-advanced/1'", "queued", "5").replace('"5"', "5"),), "spring"),
    ],
    "a payment that a kiosk took is money of the same amount, on an account or waiting": [
        ((changed("topic = 'kiosk-payment-taken/1' AND event ->> 'transaction' = '1'", "amount,0", "9.00"),), "hall:1"),
    ],
    "an account has one open promise at most": [
        (
            (
                """INSERT INTO billing.events
                    (originator_id, originator_version, topic, state, metadata, effective_on, recorded_at)
                SELECT originator_id, (
                    SELECT max(originator_version) + 1 FROM billing.events AS last
                    WHERE last.originator_id = opened.originator_id
                ), topic, state, metadata, effective_on, recorded_at
                FROM billing.events AS opened WHERE topic = 'promise-opened/1'""",
            ),
            "A0003",
        ),
    ],
    "a crew is never in two places at once": [
        (
            (
                changed(
                    "topic = 'appointment-booked/1' AND event #>> '{time,0}' LIKE '%T08:%'",
                    "time,1",
                    "2026-04-09T10:30:00Z",
                ),
            ),
            "T-7-1",
        ),
    ],
    "a contract is with a known customer and a known seller, and of a known kind": [
        ((changed("topic = 'contract-drafted/1' AND event ->> 'customer' = 'A0003'", "kind", "none"),), "7000000004"),
    ],
    "a contract whose day of end is set waits for it, and no other does": [
        (
            ("UPDATE billing.events SET topic = 'contract-voided/1' WHERE topic = 'contract-notice-taken-back/1'",),
            "7000000004",
        ),
    ],
    "the hand-over files of an agency are numbered without a gap": [
        (
            (
                """UPDATE billing.events
                   SET state = convert_to(replace(convert_from(state, 'UTF8'), '"number":1', '"number":2'), 'UTF8')
                   WHERE topic = 'collection-batch-drawn-up/1'""",
            ),
            "rapid",
        ),
    ],
    "a closed till should hold its float and what came in, less what went out": [
        ((changed("topic = 'cash-paid-out/1'", "amount,0", "2.00"),), "H1-1"),
    ],
    "no till was ever negative": [((changed(HANDED_BACK, "amount,0", "1000.00"),), "D1-0002")],
    "the receipts of a desk are numbered without a gap": [
        ((changed(HANDED_BACK, "running", "9").replace('"9"', "9"),), "D1"),
    ],
    "a taking of a desk is a payment of the same amount": [
        ((changed("topic = 'cash-taken/1' AND event ->> 'method' = 'card'", "amount,0", "1.40"),), "H1-0003"),
    ],
    "a desk of a dealer settles at one of the house": [
        (
            (changed("topic = 'cash-desk-registered/1' AND event #>> '{desk,code}' = 'E1'", "desk,settles_at", "E1"),),
            "E1",
        ),
    ],
    "a hand-over that was accepted is in the other till": [
        ((changed("topic = 'cash-accepted/1'", "amount,0", "38.00"),), "H1-0006"),
    ],
    "an account has one mandate at most that is not over": [
        ((changed("topic = 'mandate-signed/1' AND event ->> 'mandate' = 'M-A0008'", "account", "A0001"),), "A0001"),
    ],
    "an item is in one debit at most that is not over": [
        (
            (
                changed(DEBITS_3, "debits,0,items,0,0", "1000000005"),
                changed(DEBITS_3, "debits,0,items,0,2", "2").replace('"2"', "2"),
            ),
            "1000000005",
        ),
    ],
    "a collected debit is a payment of its account": [
        ((changed("topic = 'debit-collected/1'", "end_to_end", "north-3-1"),), "north-3-1"),
    ],
    "a closed batch awaits no answer": [
        (("UPDATE billing.events SET topic = 'debit-accepted/1' WHERE topic = 'debit-rejected/1'",), "north-2"),
    ],
    "the movements that a statement brought make the difference of its balances": [
        (
            (changed("topic = 'movement-booked/1' AND event ->> 'reference' = 'S4'", "amount,0", "41.00"),),
            "CZ6508000000192000145399-20260120-d1cf37e0",
        ),
    ],
    "a customer's dealer is registered": [
        ((changed("topic = 'customer-assigned/1'", "dealer", "nobody"),), "A0003"),
    ],
    "a parent is a customer who knows the child": [
        ((changed("topic = 'customer-child-added/1'", "child", "F9"),), "F2"),
    ],
    "a customer is merged into one who knows it": [
        ((changed("topic = 'customer-record-taken-over/1'", "other", "F9"),), "F3"),
    ],
    "a customer who was merged into another one has no account": [
        ((changed("topic = 'account-customer-changed/1'", "customer", "F3"),), "F3"),
    ],
    "every stream is numbered without a gap": [
        (
            ("DELETE FROM billing.events WHERE originator_id = 'customer/A0001' AND originator_version = 2",),
            "customer/A0001",
        ),
    ],
    "the lines of a document sum to its base, base and VAT to its total": [
        ((changed(INVOICE_3, "taxes,0,base,0", "20.01"),), "1000000003"),
        ((changed(INVOICE_3, "taxes,0,vat,0", "4.01"),), "1000000003"),
        ((changed(INVOICE_3, "lines,0,1,0", "19.99"),), "1000000003"),
    ],
    "a document's line is a charge of its account, and a charge is on one document": [
        ((changed(INVOICE_3, "lines,0,0", UNKNOWN),), f"A0003 {UNKNOWN}"),
        ((changed(FEBRUARY_INVOICE, "lines,0,0", JANUARY),), f"A0002 {JANUARY}"),
    ],
    "what is open on an invoice is its total less its allocations, and never negative": [
        ((changed(PAYMENT_2, "allocations,0,2,0", "25.00"),), "1000000002"),
    ],
    "no credit is allocated or given back beyond what it is": [
        ((changed(PAYMENT_3, "amount,0", "9.99"),), "bank:R00004"),
        (
            (changed(f"topic = 'payment-refunded/1' AND {FIRST_REFUND}", "amount,0", "901.00"),),
            "stripe:pi_2",
        ),
    ],
    "no account has credit that is not held back and an open invoice": [
        ((changed(PAYMENT_2, "allocations,0,2,0", "23.00"),), "A0002"),
        ((changed("topic = 'payment-reversed/1' AND originator_id = 'account/A0004'", "amount,0", "23.00"),), "A0004"),
    ],
    "no more of a credit is held back than is unused": [
        ((changed("topic = 'credit-freed/1' AND event #>> '{amount,0}' = '0.25'", "amount,0", "9.00"),), "A0007"),
    ],
    MONEY_IN: [((changed(PAYMENT_2_ARRIVED, "remittance", "bank:X"),), "bank EUR")],
    "what is transferred away from one account comes in on another": [
        (
            (changed("topic = 'credit-transferred-in/1' AND originator_id = 'account/A0007-3'", "amount,0", "8.00"),),
            "EUR",
        ),
    ],
    "a frozen batch of pay-backs was paid out on every account that it lists": [
        (
            (changed("topic = 'pay-back-listed/1' AND event ->> 'account' = 'A0007-2'", "amount,0", "40.00"),),
            "north-1 A0007-2",
        ),
    ],
    "a remittance is the sum of what was assigned, given back, kept as other income, and waits": [
        ((changed("topic = 'remittance-kept/1'", "amount,0", "30.01"),), "post:K"),
    ],
    "the sums of a remittance are those of its acts": [
        ((UNDONE_ELSEWHERE,), "post:B"),
    ],
    "what was assigned of a remittance is a payment of the same amount": [
        ((changed("topic = 'remittance-split/1'", "parts,0,amount,0", "10.01"),), "post:S, post:S.1"),
    ],
    "a payment is no remittance that waits or was given back": [
        (
            (
                "UPDATE billing.events SET topic = 'remittance-given-back/1' WHERE topic = 'remittance-assigned/1'"
                " AND originator_id = 'remittance/bank:R00006'",
                changed(
                    "originator_id = 'remittance/bank:R00006' AND topic = 'remittance-given-back/1'", "reason", "x"
                ),
            ),
            "bank:R00006",
        ),
    ],
    "a balance is the sum of its postings": [
        (
            (
                changed("topic = 'payment-reversed/1' AND originator_id = 'account/A0007-4'", "amount,0", "4.00"),
                changed("topic = 'payment-reversed/1' AND originator_id = 'account/A0007-4'", "to_account", "A0001"),
                "UPDATE billing.events SET topic = 'payment-moved-away/1'"
                " WHERE topic = 'payment-reversed/1' AND originator_id = 'account/A0007-4'",
            ),
            "A0007-4",
        ),
    ],
    "no day of a component is charged twice": [
        (
            (
                changed(JANUARY_CHARGES, "charges,0,to_on", "2026-02-02"),
                changed(JANUARY_INVOICE, "lines,0,0", "main/fee/2026-01-01/2026-02-02/0"),
            ),
            "A0002 main/fee on 2026-02-01",
        ),
    ],
    "usage, discounts, surcharges and true-ups of two periods share no day": [
        (
            (
                changed(JANUARY_CHARGES, "charges,0,kind", "usage"),
                changed(FEBRUARY_CHARGES, "charges,0,kind", "usage"),
                changed(FEBRUARY_CHARGES, "charges,0,from_on", "2026-01-31"),
                changed(FEBRUARY_INVOICE, "lines,0,0", "main/fee/2026-01-31/2026-03-01/0"),
            ),
            "A0002 main/fee on 2026-01-31",
        ),
    ],
    "what is taken back of a charge is no more than the charge": [
        ((changed(JANUARY_CREDIT, "charges,0,amount,0", "-20.01"),), f"A0003 {JANUARY}"),
        ((changed(JANUARY_CREDIT, "charges,0,corrects", UNKNOWN),), f"A0003 {UNKNOWN}"),
    ],
    "document numbers have no gap": [
        (("UPDATE billing.number_series SET last_number = last_number + 1 WHERE kind = 'invoice'",), "north invoice"),
        (
            ("UPDATE billing.number_series SET last_number = last_number - 1 WHERE kind = 'credit-note'",),
            "north credit-note",
        ),
        ((changed(NEWEST_INVOICE, "number", "1000000777"),), "north invoice"),
    ],
    "a credit note is not dated before the invoice that it corrects": [
        ((changed(CREDIT_NOTE_1, "effective_on", "2025-12-31"),), "5000000001"),
    ],
    "document numbers are in order of date": [
        ((changed(INVOICE_3, "effective_on", "2026-01-02"),), "1000000004"),
    ],
}


@pytest.mark.parametrize(
    ("invariant", "damage", "offender"),
    [
        pytest.param(name, *way, id=f"{name} {n}")
        for name, ways in DAMAGE.items()
        for n, way in enumerate(ways, start=1)
    ],
)
def test_a_store_that_was_tampered_with_is_named_though_read_models_and_claims_were_made_from_it(
    trade: Operator, invariant: str, damage: tuple[str, ...], offender: str
):
    """The tables that a check makes are made from it; the live ones, which were made before, may differ from them."""
    trade.application.runner.catch_up()
    for statement in damage:
        assert trade.execute(statement) == 1
    trade.application.mend_claims()

    found = {finding.invariant: finding for finding in trade.findings()}
    findings = {name: found[name] for name in found.keys() - set(map(rebuilt, LIVE_DAMAGE))}

    assert {invariant} <= set(findings) <= {invariant, *SUMS_OF_MONEY}
    assert any(each.startswith(offender) for each in findings[invariant].offenders)


def test_read_models_that_were_built_again_from_a_store_that_was_tampered_with_are_those_of_its_events(trade: Operator):
    application = trade.application
    assert trade.execute(changed(INVOICE_3, "taxes,0,base,0", "20.01")) == 1
    rebuild(application.log, application.tables, application.projections, application.projections)

    found = {finding.invariant for finding in trade.findings()}

    assert "the lines of a document sum to its base, base and VAT to its total" in found
    assert not found & set(map(rebuilt, LIVE_DAMAGE))


def test_a_suspension_without_a_reason_is_named(trade: Operator):
    """No event can say it, so only the statement itself is tried."""
    trade.application.runner.catch_up()
    trade.execute("UPDATE live.subscriptions SET reason = NULL WHERE account = 'A0004'")
    assert live_offenders(trade, "a suspension has a reason") == ["A0004"]


def test_a_service_whose_spans_are_not_its_days_is_named(trade: Operator):
    trade.execute("UPDATE live.service_spans SET from_on = from_on - 1 WHERE account = 'A0004' AND from_on = "
                  "(SELECT min(from_on) FROM live.service_spans WHERE account = 'A0004')")  # fmt: skip
    assert live_offenders(trade, SPANS) == ["A0004/main"]


def test_a_payment_of_a_desk_without_a_receipt_is_named(trade: Operator):
    """The receipt of one that is gone lacks its number too, so only the statement itself is tried."""
    trade.application.runner.catch_up()
    trade.execute("DELETE FROM live.cash_receipts WHERE receipt = 'H1-0003'")
    assert live_offenders(trade, RECEIPTS) == ["desk-H1:H1-0003"]


def test_a_register_of_a_kiosk_with_fewer_differences_than_it_says_is_named(trade: Operator):
    """Both stand in one event, so only the tables can differ."""
    trade.application.runner.catch_up()
    trade.execute("DELETE FROM live.kiosk_differences")
    assert live_offenders(trade, REGISTERS) == ["hall:2026-04-10"]


def test_a_sum_of_payments_that_is_not_that_of_all_payments_is_named(trade: Operator):
    trade.application.runner.catch_up()
    assert live_offenders(trade, SUMS_KEPT) == []
    assert trade.execute("UPDATE live.payments SET amount = amount + 0.01 WHERE payment = 'bank:R00004'") == 1
    assert live_offenders(trade, SUMS_KEPT) == ["bank EUR, received: 0.01"]
    assert trade.execute("DELETE FROM live.payments WHERE payment = 'bank:R00004'") == 1
    assert [each.partition(": ")[0] for each in live_offenders(trade, SUMS_KEPT)] == [
        "bank EUR, allocated", "bank EUR, received",
    ]  # fmt: skip


def live_offenders(trade: Operator, invariant: str) -> list[str]:
    """Those who break an invariant in the live tables, which may have been tampered with."""
    with trade.application.tables.transaction("live") as cursor:
        return offenders(cursor, INVARIANTS[invariant])


LISTED = "an account is listed as the state says on which billing decides"


@pytest.mark.parametrize(
    ("damage", "offender"),
    [
        ("UPDATE live.accounts SET balance = 1.23 WHERE number = 'A0002'", "A0002: balance 1.23, by its state 8.00"),
        (
            "UPDATE live.account_states SET next_due_on = '2030-01-01' WHERE number = 'A0006'",
            "A0006: next due on 2030-01-01, by its state on 2026-05-01",
        ),
        ("DELETE FROM live.account_states WHERE number = 'A0003'", "A0003: has no state"),
        ("DELETE FROM live.accounts WHERE number = 'A0003'", "A0003: has no balance"),
    ],
)
def test_an_account_that_is_listed_otherwise_than_billing_sees_it_is_named(trade: Operator, damage: str, offender: str):
    """Both are made from the same events, so only tables that were tampered with differ."""
    trade.application.runner.catch_up()
    assert live_offenders(trade, LISTED) == []
    assert trade.execute(damage) == 1
    assert live_offenders(trade, LISTED) == [offender]


NOTED = "tags, notes and files belong to a customer who was not forgotten"


def test_a_tag_of_nobody_is_named(trade: Operator):
    """An event's personal data cannot be moved to another stream, so only the table itself is tampered with."""
    trade.application.runner.catch_up()
    assert live_offenders(trade, NOTED) == []
    assert trade.execute("UPDATE live.customer_tags SET customer = 'X9' WHERE customer = 'A0002'") == 1
    assert live_offenders(trade, NOTED) == ["X9"]


CLAIMS = "the claims are those that the events make"
CLAIMS_DAMAGE = {
    "a payment's is lost": (
        "DELETE FROM billing.claims WHERE key = 'bank:R00002'", "payment bank:R00002 of account/A0001: missing"),
    "an invoice's is lost": (
        "DELETE FROM billing.claims WHERE key = '1000000003'", "invoice 1000000003 of account/A0003: missing"),
    "an account's is lost": (
        "DELETE FROM billing.claims WHERE kind = 'account' AND key = 'A0003/A0003'",
        "account A0003/A0003 of account/A0003: missing"),
    "a series' is lost": (
        "DELETE FROM billing.claims WHERE kind = 'number-series' AND key = '10:1'",
        "number-series 10:1 of seller/north: missing"),
    "one has another content": (
        "UPDATE billing.claims SET content = '1.00 EUR' WHERE key = 'bank:R00002'",
        "payment bank:R00002 of account/A0001: different"),
    "one has another stream": (
        "UPDATE billing.claims SET stream = 'account/A0002' WHERE key = '1000000003'",
        "invoice 1000000003 of account/A0003: different"),
    "no event makes it": (
        "INSERT INTO billing.claims VALUES ('payment', 'bank:X', 'account/A0001', '')",
        "payment bank:X of account/A0001: unfounded"),
    "its subscriber does not exist": (
        "INSERT INTO billing.claims VALUES ('subscriber', 'A9', 'customer/A9', '')",
        "subscriber A9 of customer/A9: unfounded"),
}  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS_DAMAGE)
def test_a_claim_that_is_not_what_the_events_say_is_named_and_made_again(trade: Operator, name: str):
    sound = trade.store_contents()
    damage, offender = CLAIMS_DAMAGE[name]
    assert trade.execute(damage) == 1

    named = {finding.invariant: finding.offenders for finding in trade.findings()}
    mended = trade.application.mend_claims()

    assert named[CLAIMS] == [offender]
    assert mended == {offender.rpartition(": ")[2]: 1}
    assert trade.store_contents() == sound
    assert trade.application.mend_claims() == {}


def test_all_claims_are_made_again_from_the_events(trade: Operator):
    """But for those of a subscribers' file, which hold what its rows said: such a row is refused from then on."""
    sound = trade.store_contents()
    trade.execute("DELETE FROM billing.claims WHERE kind <> 'subscriber'")
    trade.application.mend_claims()
    assert trade.store_contents() == sound


def test_claims_are_compared_while_others_write(trade: Operator):
    """They are compared in one snapshot of the store; what is written meanwhile is in none of its pages."""
    with trade.application.tables.reading("billing") as cursor:
        wrong = wrong_claims(cursor)
        cursor.execute("SELECT FROM billing.events LIMIT 1")  # The snapshot is taken.
        trade.take_in([bank_row(9, "1.00", "A0002")])
        assert list(wrong) == []


@pytest.mark.parametrize("key", ["personal_key", "document_key"])
def test_a_key_that_came_back_after_its_owner_was_forgotten_is_named(trade: Operator, key: str):
    """As where the table of keys is restored from a backup of before."""
    trade.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    backup = trade.select(f"SELECT {key} FROM billing.person_keys WHERE customer = 'C1'")
    order = ForgetCustomer(customer="C1", ordered_by="the customer", reason="asked for it")
    trade.application.forgetting.forget(order, origin_of_process())
    assert trade.findings() == []
    trade.execute("ALTER TABLE billing.person_keys DROP CONSTRAINT person_keys_whole_or_destroyed")
    trade.execute(f"UPDATE billing.person_keys SET {key} = %s WHERE customer = 'C1'", *backup[0])

    (finding,) = trade.findings()

    assert finding.invariant == DESTROYED
    assert finding.offenders == ["C1"]
    trade.application.forgetting.forget(order, origin_of_process())
    assert trade.findings() == []


def test_every_invariant_is_tried_here(trade: Operator):
    elsewhere = {
        DESTROYED, "a suspension has a reason", LISTED, NOTED, CLAIMS, "a payment is received once", RECEIPTS,
        REGISTERS, SPANS, SUMS_KEPT, *OF_REPORTS,
    }  # fmt: skip
    assert {*DAMAGE, *elsewhere, *usage.AREA.invariants, *work.AREA.invariants} == set(INVARIANTS)
    tables = {table for projection in trade.application.projections for table in projection.tables}
    assert set(LIVE_DAMAGE) == tables


def test_two_charges_under_one_key_stop_whoever_builds_the_read_models(trade: Operator):
    """The key is the primary key of the table, so a check does not come so far as to ask; it says which key."""
    trade.application.runner.catch_up()
    for field, value in (("from_on", "2026-01-01"), ("to_on", "2026-02-01")):
        assert trade.execute(changed(FEBRUARY_CHARGES, f"charges,0,{field}", value)) == 1
    with pytest.raises(IntegrityError, match=rf"\(A0002, {JANUARY}\) is duplicated"):
        trade.findings()


def test_two_areas_never_state_an_invariant_in_the_same_words():
    sound, other = Area(invariants={"it is sound": "SELECT"}), Area(invariants={"it is whole": "SELECT"})

    assert list(invariants_of({"it stands": "SELECT"}, [sound, other])) == ["it stands", "it is sound", "it is whole"]
    for everywhere, areas in (({}, [sound, sound]), ({"it is sound": "SELECT"}, [sound])):
        with pytest.raises(DeclaredTwice, match="invariant 'it is sound'"):
            invariants_of(everywhere, areas)
