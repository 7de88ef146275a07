"""The addresses of pages, with examples from read models of what each is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from adapters.bootstrap.application import Application
from adapters.pages.site import every_page
from projections.platform.projection import Cursor

BRACES = re.compile(r"\{(\w+)\}")
# How addresses begin, words in them, and the query that gives an example of these words together; the first one counts.
EXAMPLES: tuple[tuple[str, str, str], ...] = (
    ("/documents/", "number", "documents"),
    ("/customers/{number}", "number", "SELECT customer FROM accounts"),
    ("/set-up/sellers/", "code", "sellers"),
    ("/set-up/cash-desks/", "code", "SELECT desk FROM cash_desks"),
    ("/set-up/agencies/", "code", "SELECT code FROM debt_settings WHERE kind = 'agency'"),
    ("/set-up/interest-tables/", "code", "SELECT code FROM debt_settings WHERE kind = 'interest-table'"),
    ("/set-up/suspension-reasons/", "code", "SELECT 'non-payment'"),
    ("/set-up/dealers/", "code", "dealers"),
    ("/report-schedules/", "code", "report_schedules"),
    ("/catalogue/products/", "code", "products"),
    ("/catalogue/", "code", "tariffs"),
    ("/flows/", "kind", "flows"),
    ("/collection/", "agency account invoice", "collected_items"),
    ("/collection/", "agency batch", "SELECT agency, number FROM collection_batches"),
    ("/collection/", "agency", "collection_batches"),
    ("/accounts/{account}/collection/", "account invoice", "collected_items"),
    (
        "/accounts/{account}/invoices/",
        "account invoice",
        "SELECT account, number FROM documents WHERE kind = 'invoice'",
    ),
    ("/accounts/", "account credit invoice", "allocations"),
    ("/accounts/", "account credit", "unused_credits"),
    ("/accounts/", "account payment", "payments"),
    ("/accounts/", "account charge", "unbilled_charges"),
    ("/accounts/", "account card_payment", "card_payments"),
    ("/accounts/", "account number", "payment_requests"),
    ("/accounts/", "account subscription component", "usage_quotas"),
    ("/accounts/", "account subscription", "subscriptions"),
    ("/accounts/", "month", "SELECT '2025-12'"),
    ("/customers/", "customer note", "customer_notes"),
    ("/customers/", "customer content_hash", "customer_files"),
    ("/customers/", "customer file", "customer_files"),
    ("/debits/", "debit batch", "SELECT end_to_end, batch FROM debits"),
    ("/debits/", "debit", "SELECT end_to_end FROM debits"),
    ("/debits/", "batch", "debit_batches"),
    ("/pay-backs/", "batch account", "pay_back_items"),
    ("/pay-backs/", "batch", "pay_back_batches"),
    ("/set-up/vouchers/", "series batch", "voucher_batches"),
    ("/set-up/message-templates/", "kind language channel", "messages"),
    ("/cash/", "desk on", "SELECT desk, business_day FROM cash_sessions"),
    ("/payments/statements/", "statement movement", "bank_movements"),
    ("/work/crews/", "crew on", "SELECT crew, on_day FROM appointments"),
    ("/tickets/", "ticket step", "SELECT number, steps[1] FROM tickets WHERE cardinality(steps) > 0"),
    ("/dunning/runs/", "job", "SELECT number FROM billing.jobs WHERE kind = 'run-dunning'"),
    ("/billing/runs/", "job", "SELECT number FROM billing.jobs WHERE kind = 'run-billing'"),
    ("", "customer", "accounts"),
    ("", "account", "subscriptions"),
    ("", "from_account", "SELECT account FROM subscriptions"),
    ("", "agency", "collection_batches"),
    ("", "tariff", "subscriptions"),
    ("", "ticket", "SELECT number FROM tickets"),
    ("", "appointment", "SELECT number FROM appointments"),
    ("", "contract", "SELECT number FROM contracts"),
    ("", "mandate", "mandates"),
    ("", "desk", "cash_desks"),
    ("", "receipt", "cash_receipts"),
    ("", "kiosk", "SELECT code FROM kiosks"),
    ("", "message", "messages"),
    ("", "payment", "payments"),
    ("", "policy", "SELECT code FROM dunning_policies"),
    ("", "remittance", "remittances"),
    ("", "request", "approval_requests"),
    ("", "seller", "SELECT code FROM sellers"),
    ("", "series", "voucher_series"),
    ("", "statement", "bank_statements"),
    ("", "subject", "custom_field_sets"),
    ("", "webhook", "SELECT code FROM webhooks"),
    ("", "price_list", "SELECT code FROM price_list_versions"),
    ("", "job", "SELECT number FROM billing.jobs"),
    ("", "operator", "SELECT code FROM operators"),
    ("", "role", "SELECT 'clerk'"),
    ("", "report", "SELECT 'income-by-day'"),
    ("", "position", "SELECT max(position) FROM billing.events"),
)


def addresses(app: Application) -> list[str]:
    """The addresses of all pages of the back office that are read, without those of which there is no example."""
    with app.tables.transaction("live") as cursor:
        found = [address_of(cursor, page.path) for page in every_page() if page.method == "GET" and not page.is_own]
    return list(dict.fromkeys(address for address in found if address))


def address_of(cursor: Cursor, path: str) -> str:
    """An example of the address of a page; empty if there is none of a word in it."""
    missing = BRACES.findall(path)
    for words, values in _examples(cursor, path):
        if set(words) <= set(missing):
            for word, value in zip(words, values, strict=True):
                path = path.replace(f"{{{word}}}", quote(value, safe=""))
                missing.remove(word)
    return "" if missing else path


def _examples(cursor: Cursor, path: str) -> Iterator[tuple[list[str], list[str]]]:
    words_of_path = set(BRACES.findall(path))
    for begins, names, query in EXAMPLES:
        words = names.split()
        if not path.startswith(begins) or not set(words) <= words_of_path:
            continue
        selected = query if query.startswith("SELECT") else f"SELECT {', '.join(words)} FROM {query}"
        row = cursor.execute(f"{selected} ORDER BY 1 LIMIT 1".encode()).fetchone()
        if row is not None and row[0] not in (None, ""):
            yield words, [str(value) for value in row]
