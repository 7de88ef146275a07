"""Terms of direct debit of a seller: who it is to the banks and the post, how early a debit is announced, and so on.

Worked example, `notice_days` 14:

    drawn up on 2 March with notice by message     collected on 16 March at the earliest
    notice on the invoice                          collected on the due date of its items at the earliest
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, get_args

import msgspec

from billing_core.direct_debit.reasons import Reason
from billing_core.direct_debit.schemes import SEPA, Scheme
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.vat_rates import require_vat_rate

# By what a debit counts as collected: its day without a rejection, the bank's yes, or the money in a statement alone.
Settlement = Literal["collection-date", "answer", "statement"]
Notice = Literal["message", "invoice"]
PainVersion = Literal["pain.008.001.02", "pain.008.001.08", "pain.008.001.09", "pain.008.001.10"]
PAIN_VERSIONS: tuple[PainVersion, ...] = get_args(PainVersion)
MOST_DAYS = 60
MOST_TRIES = 10
MOST_LAPSE_MONTHS = 120
CREDITOR_ID = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{3}[A-Z0-9]{1,28}", re.ASCII)
# The code stands in the names of batches and in the ids of debits, of which a bank takes 35 characters.
SELLER_CODE = re.compile(r"[A-Za-z0-9.+]{1,18}", re.ASCII)


class DebitTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a seller collects.

    `creditor_id` is its id in the SEPA schemes and `pain_version` the one its bank takes. `domestic_account` is where
    Czech collections arrive, `client_number` the seller's number at that bank. `sipo_recipient` (six digits),
    `sipo_fee_code` (three) and `sipo_change_kind` (one) are as agreed with the post.

    A mandate lapses after `lapse_months` without a debit. `reasons` says what follows from a code otherwise than is
    usual. A returned debit costs `return_fee` (net) where the payer is to be charged.
    """

    creditor_id: str = ""
    pain_version: PainVersion = "pain.008.001.02"
    domestic_account: str = ""
    client_number: str = ""
    sipo_recipient: str = ""
    sipo_fee_code: str = ""
    sipo_change_kind: str = "0"
    notice: Notice = "message"
    notice_days: int = 14
    settles: Settlement = "collection-date"
    most_tries: int = 3
    days_between_tries: int = 5
    lapse_months: int = 36
    return_fee: Decimal = Decimal(0)
    return_fee_vat_rate: Decimal = Decimal(0)
    reasons: dict[str, Reason] = {}


@event("debit-terms-set")
class DebitTermsSet(Event, frozen=True, kw_only=True):
    """From now on a seller collects on these terms."""

    seller: str
    terms: DebitTerms


def apply_debit_terms(state: DebitTerms | None, fact: Event) -> DebitTerms | None:
    """Fold one event of a seller's terms."""
    return fact.terms if isinstance(fact, DebitTermsSet) else state


# --- decisions


def set_debit_terms(known: DebitTerms | None, seller: str, terms: DebitTerms, on: date) -> list[Event]:
    """Terms that banks and the post understand; those that hold already change nothing."""
    if not SELLER_CODE.fullmatch(seller):
        raise InvalidValue("must be 1 to 18 Latin letters, digits, dots or pluses, as banks take it in ids of debits",
                           field="seller", value=seller)  # fmt: skip
    if terms.creditor_id and not CREDITOR_ID.fullmatch(terms.creditor_id):
        raise InvalidValue("is no creditor id, such as CZ12ZZZ12345", field="creditor id", value=terms.creditor_id)
    _require_digits(terms.client_number, "client number", 10)
    _require_digits(terms.sipo_recipient, "recipient number of SIPO", 6, exactly=True)
    _require_digits(terms.sipo_fee_code, "fee code of SIPO", 3, exactly=True)
    _require_digits(terms.sipo_change_kind, "change kind of SIPO", 1, exactly=True)
    _require_within(terms.notice_days, "notice days", 0, MOST_DAYS)
    _require_within(terms.most_tries, "most tries", 1, MOST_TRIES)
    _require_within(terms.days_between_tries, "days between tries", 1, MOST_DAYS)
    _require_within(terms.lapse_months, "lapse months", 1, MOST_LAPSE_MONTHS)
    if terms.return_fee < 0:
        raise InvalidValue("must not be negative", field="return fee", value=terms.return_fee)
    require_vat_rate(terms.return_fee_vat_rate, "VAT rate of the return fee")
    return [] if terms == known else [DebitTermsSet(effective_on=on, seller=seller, terms=terms)]


def found_terms(terms: DebitTerms | None, seller: str) -> DebitTerms:
    """The terms of a seller that collects."""
    if terms is None:
        raise RuleViolation("has no terms of direct debit; set them first", field="seller", value=seller)
    return terms


def require_scheme(terms: DebitTerms, scheme: Scheme) -> None:
    """What the files of a scheme must tell of the seller is known."""
    missing = ""
    if scheme in SEPA and not terms.creditor_id:
        missing = "creditor id"
    elif scheme == "czech-collection" and not terms.domestic_account:
        missing = "domestic account"
    elif scheme == "sipo" and not (terms.sipo_recipient and terms.sipo_fee_code):
        missing = "recipient number and fee code of SIPO"
    if missing:
        raise RuleViolation(f"needs the {missing} in the seller's terms of direct debit", field="scheme", value=scheme)


def earliest_on(terms: DebitTerms, today: date) -> date:
    """The first day on which a debit that is drawn up today may be collected; an invoice is notice enough."""
    return today if terms.notice == "invoice" else today + timedelta(days=terms.notice_days)


# --- parts


def _require_digits(value: str, field: str, length: int, *, exactly: bool = False) -> None:
    if value and not (value.isascii() and value.isdigit() and len(value) <= length):
        raise InvalidValue(f"must be {length} digits at most", field=field, value=value)
    if value and exactly and len(value) != length:
        raise InvalidValue(f"must be {length} digits", field=field, value=value)


def _require_within(value: int, field: str, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidValue(f"must be {least} to {most}", field=field, value=value)
