"""Roles: which commands and queries an operator may give and ask.

A permission names one command or one query: area, `change` or `read`, and its name. A granted one may have `*` for any
of the three parts.

    granted                      permits                                       but not
    payments.change.*            payments.change.receive-payment               payments.read.list-payments
    *.read.*                     every query                                   any command
    parties.*.*                  parties.change.register-customer              accounts.read.show-account

An operator may do what any of the roles permits, within that role's limits: on some services only, and up to an amount
of each currency by one command. Above `alone_up_to` a command waits until a second person approves it.

    role desk      payments.change.receive-payment    amount_limits {EUR: 500}    alone_up_to {EUR: 100}
    receive 100.00 EUR: done    100.01 EUR: waits for a second person    500.01 EUR, or any PLN: not permitted

The ready roles need no definition; one that is defined under the code of a ready role replaces it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import product

import msgspec

from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, require_amount

CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")
PART = r"(\*|[a-z0-9_]+(-[a-z0-9]+)*)"
PERMISSION = re.compile(rf"{PART}\.(\*|change|read)\.{PART}")
PARTS, MOST_PERMISSIONS = 3, 1_000
ADMINISTRATOR = "administrator"
# Who works on tickets, and who also opens, directs and ends them. A step may need a permission of its own.
ON_TICKETS = tuple(
    f"work.{name}" for name in (
        "read.*", "change.complete-step", "change.comment-ticket", "change.log-labour", "change.use-material",
        "change.watch-ticket", "change.unwatch-ticket", "change.set-ticket-fields", "change.hold-ticket",
        "change.release-ticket",
    )
)  # fmt: skip
OF_TICKETS = tuple(f"work.change.{name}-ticket" for name in ("open", "assign", "change", "continue", "close", "reopen"))
ON_CONTRACTS = (
    "contracts.read.*",
    *(
        f"contracts.change.{name}" for name in (
            "draft-contract", "change-contract-draft", "issue-contract", "recall-contract", "void-contract",
            "sign-contract", "take-back-contract-signature", "draft-annex", "void-annex", "sign-annex",
            "take-back-annex-signature", "give-contract-notice", "agree-contract-end", "take-back-contract-notice",
            "resume-contract",
        )
    ),
)  # fmt: skip
# What is found is only what the operator may list.
LOOKING_UP = ("custom_fields.read.*", "search.read.*")
ON_MESSAGES = (
    "outreach.read.list-messages", "outreach.read.show-message", "outreach.read.preview-message",
    "outreach.change.queue-message", "outreach.change.cancel-message", "outreach.change.retry-message",
    "outreach.read.list-letter-batches", "outreach.read.print-letters", "outreach.read.write-letter-addresses",
    "outreach.change.draw-up-letters",
)  # fmt: skip
# Who works at cash desks; at which of them and how far says the desk.
AT_DESKS = (
    "cash.read.*",
    *(
        f"cash.change.{name}" for name in (
            "open-cash-session", "close-cash-session", "take-payment", "pay-out-cash", "cancel-receipt",
            "hand-over-cash", "accept-cash", "dispute-cash", "settle-hand-over", "deposit-cash", "take-back-cash",
        )
    ),
)  # fmt: skip
# Who works at a dealer's desk: takes payments, and hands over to the house; what differs the house settles.
AT_DEALERS_DESKS = (
    "cash.read.*",
    *(
        f"cash.change.{name}" for name in (
            "open-cash-session", "close-cash-session", "take-payment", "cancel-receipt", "hand-over-cash",
            "accept-cash", "dispute-cash", "deposit-cash", "take-back-cash",
        )
    ),
)  # fmt: skip
# Of money: who paid for a customer, and the statement of an account.
ON_STATEMENTS = tuple(
    f"income.read.{name}" for name in (
        "list-payers", "state-account", "print-account-statement", "write-account-statement",
    )
)  # fmt: skip
# Who asks reports; which ones say the permissions of their subjects.
ON_REPORTS = tuple(
    f"reports.read.{name}" for name in (
        "list-reports", "describe-report", "ask-report", "write-report-csv", "write-report-spreadsheet-csv",
        "write-report-workbook", "print-report", "write-report-json", "write-report-parquet", "plot-report",
    )
)  # fmt: skip
ON_DASHBOARDS = ("reports.read.list-dashboards", "reports.read.show-dashboard")
OF_THE_FRONT_OFFICE = (
    *(f"reports.read.{subject}-reports" for subject in ("base", "work", "dunning")), *ON_REPORTS,
)  # fmt: skip
READY_ROLES: Mapping[str, tuple[str, ...]] = {
    ADMINISTRATOR: ("*.*.*",),
    "auditor": ("*.read.*",),
    "accountant": (
        "*.read.*", "billing.*.*", "payments.*.*", "advances.*.*", "bank_statements.*.*", "pay_backs.*.*",
        "direct_debit.*.*", "cards.*.*", "payment_requests.*.*", "vouchers.*.*", "expected_payments.*.*", "cash.*.*",
        "kiosks.change.compare-kiosk-register", "kiosks.change.switch-kiosk", "corrections.*.*", "dunning.*.*",
        "promises.*.*", "credit_limits.*.*", "collection.*.*", "approvals.*.*",
        "reports.*.*",
    ),
    "cashier": (
        "payments.change.receive-payment", "payments.read.*", "parties.read.*", "accounts.read.show-balance",
        "billing.read.list-invoices", "payment_requests.*.*", "vouchers.change.redeem-voucher", *AT_DESKS, *LOOKING_UP,
        "reports.read.cash-reports", *ON_REPORTS, *ON_DASHBOARDS,
    ),
    "dealer": (
        "parties.change.register-customer", "parties.change.change-customer", "parties.change.put-contact",
        "parties.change.remove-contact", "parties.change.give-consent", "parties.change.withdraw-consent",
        "parties.read.*", "dealers.read.*",
        "onboarding.change.take-on-customer", "accounts.change.open-account", "accounts.read.*", "services.*.*",
        "catalogue.read.*",
        "suspensions.read.list-suspension-reasons",
        "payments.change.receive-payment", "payments.read.*", "billing.read.list-invoices",
        "billing.read.list-invoices-of-account", "billing.read.show-invoice", "promises.change.open-promise",
        "promises.change.open-instalment-plan",
        "promises.read.*", "dunning.read.*", "audit.read.list-changes", "attachments.*.*", "notes.*.*", *ON_CONTRACTS,
        "direct_debit.change.sign-mandate", "direct_debit.read.list-mandates", "direct_debit.read.list-account-debits",
        "vouchers.change.redeem-voucher", "income.read.list-income", *AT_DEALERS_DESKS, *ON_STATEMENTS, *LOOKING_UP,
        *(f"reports.read.{subject}-reports" for subject in ("money", "base", "sales")), *ON_REPORTS, *ON_DASHBOARDS,
    ),
    "support": (
        "parties.*.*", "dealers.read.list-dealers", "merging.*.*", "services.*.*", "catalogue.read.*",
        "suspensions.read.*", "onboarding.change.take-on-customer", "accounts.change.open-account", "promises.read.*",
        *ON_TICKETS, *OF_TICKETS,
        "attachments.*.*", "notes.*.*", *ON_CONTRACTS, *LOOKING_UP, *OF_THE_FRONT_OFFICE,
    ),
    # The front office: everything that a customer who rings or comes in may ask for.
    "clerk": (
        "parties.*.*", "dealers.read.list-dealers", "self_care.change.send-sign-in-link",
        "self_care.change.look-as-customer", "self_care.change.take-customer-password",
        "onboarding.change.take-on-customer", "accounts.*.*", "services.*.*", "suspensions.read.*", "catalogue.read.*",
        "billing.read.*",
        "billing.change.bill-account", "billing.change.charge-once", "payments.read.*",
        "payments.change.receive-payment", "remittances.read.*", "payments.change.assign-remittance",
        "payments.change.split-remittance", "payments.change.give-back-remittance", "payments.change.keep-remittance",
        "payments.change.undo-remittance", "promises.*.*", "credit_limits.*.*", "expected_payments.*.*",
        "vouchers.change.redeem-voucher", "vouchers.change.lift-voucher-ban", "vouchers.read.*",
        "cards.read.*", "cards.change.open-card-page", "cards.change.ask-card-payment", "cards.change.remove-card",
        "payment_requests.*.*", "direct_debit.read.*", "direct_debit.change.sign-mandate",
        "direct_debit.change.suspend-mandate", "direct_debit.change.resume-mandate", "direct_debit.change.end-mandate",
        "dunning.read.*", "collection.read.list-calls", "collection.read.list-call-results",
        "collection.change.put-on-call-list", "collection.change.note-call", "usage.read.*", "audit.read.list-changes",
        *ON_STATEMENTS, *AT_DESKS, *ON_TICKETS, *OF_TICKETS, "attachments.*.*", "notes.*.*", *ON_CONTRACTS, *LOOKING_UP,
        *ON_MESSAGES, *OF_THE_FRONT_OFFICE,
    ),
    "technician": (
        *ON_TICKETS, "attachments.*.*", "notes.read.list-notes", "notes.change.add-note", *LOOKING_UP,
        "reports.read.work-reports", "reports.read.traffic-reports", *ON_REPORTS, *ON_DASHBOARDS,
    ),
    # The RADIUS server that hands on what access servers account for.
    "radius": ("usage.change.account-sessions",),
}  # fmt: skip

# --- events


class Role(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a role permits, and its limits.

    `services` are codes of tariffs and products; none stands for all. `amount_limits` are by currency; without any,
    every amount is permitted, else none of a currency that is not among them. So is `alone_up_to`.
    """

    permissions: tuple[str, ...]
    services: tuple[str, ...] = ()
    amount_limits: Mapping[str, Decimal] = {}
    alone_up_to: Mapping[str, Decimal] = {}


@event("role-defined")
class RoleDefined(Event, frozen=True, kw_only=True):
    """What a role permits from now on, complete."""

    role: str
    permits: Role


# --- state


def apply_role(role: Role | None, fact: Event) -> Role | None:
    """What a role permits after an event of its stream."""
    return fact.permits if isinstance(fact, RoleDefined) else role


# --- decisions


def permits(granted: Collection[str], wanted: str) -> bool:
    """Whether one of the granted permissions covers the wanted one, part by part; none covers what is no permission."""
    return not _covering(wanted).isdisjoint(granted)


@lru_cache(maxsize=10_000)
def _covering(wanted: str) -> frozenset[str]:
    """The granted permissions that cover a wanted one: eight, as each of its parts may be `*`; none if it is none."""
    parts = wanted.split(".")
    if len(parts) != PARTS:
        return frozenset()
    return frozenset(".".join(each) for each in product(*(("*", part) for part in parts)))


def narrowed(granted: Collection[str], to: Collection[str]) -> tuple[str, ...]:
    """What both lists of permissions permit, as permissions.

    `payments.*.*` and `parties.read.*` narrowed to `*.read.*` are `payments.read.*` and `parties.read.*`.
    """
    found = (_both(mine, theirs) for mine in granted for theirs in to)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _both(one: str, other: str) -> str | None:
    """The permission that covers what two of them both cover; None if there is nothing."""
    parts = list[str]()
    for mine, theirs in zip(one.split("."), other.split("."), strict=True):
        if mine != theirs and "*" not in (mine, theirs):
            return None
        parts.append(theirs if mine == "*" else mine)
    return ".".join(parts)


def require_permissions(permissions: Collection[str]) -> None:
    """Each has three parts, as in `payments.change.receive-payment` or `parties.read.*`."""
    if len(permissions) > MOST_PERMISSIONS:
        raise InvalidValue(f"are more than {MOST_PERMISSIONS:,}", field="permissions", value=len(permissions))
    for permission in permissions:
        if not PERMISSION.fullmatch(permission):
            raise InvalidValue(
                "has other parts than area, change or read, and name, as in payments.change.receive-payment or "
                "parties.read.*", field="permission", value=permission,
            )  # fmt: skip


def is_within(amount: Money | None, limits: Mapping[str, Decimal]) -> bool:
    """Whether an amount is up to its currency's limit, or there are no limits; one that is not known is not."""
    if not limits:
        return True
    return amount is not None and abs(amount.amount) <= limits.get(amount.currency, Decimal(-1))


def define_role(known: Role | None, role: str, wanted: Role, on: date) -> list[Event]:
    """What a role permits; nothing changes if it is what it permits already."""
    require_code(role, "role")
    require_permissions(wanted.permissions)
    for limits in (wanted.amount_limits, wanted.alone_up_to):
        for currency, limit in limits.items():
            if require_amount(limit, currency, "limit").amount < 0:
                raise InvalidValue("must not be less than zero", field="limit", value=limit)
    if role == ADMINISTRATOR:
        raise RuleViolation("permits everything and cannot be defined otherwise", field="role", value=role)
    return [] if known == wanted else [RoleDefined(effective_on=on, role=role, permits=wanted)]


def require_code(code: str, field: str) -> None:
    """The code of a role or an operator."""
    if not CODE.fullmatch(code):
        raise InvalidValue("must be 1 to 50 of the letters a to z, digits, and . _ -", field=field, value=code)


# --- errors


class NotPermitted(BillingError):
    """The operator has no role that permits it."""

    code = "not-permitted"


class NotSignedIn(BillingError):
    """Nobody is signed in: the session or key is missing, unknown, or has ended."""

    code = "not-signed-in"
