"""What a collection file tells: the batch, who collects, and its debits with the payers as they signed."""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.direct_debit.mandates import Sequence
from billing_core.direct_debit.schemes import Scheme
from billing_core.direct_debit.terms import DebitTerms
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.money import Money, minor_unit
from billing_core.parties.sellers import Seller


class Amends(msgspec.Struct, frozen=True, kw_only=True):
    """What stood on a mandate before; what is empty is as it was. `is_other_bank`: the account is at another bank."""

    reference: str = ""
    creditor_id: str = ""
    creditor_name: str = ""
    payer_account: str = ""
    is_other_bank: bool = False


class FileDebit(msgspec.Struct, frozen=True, kw_only=True):
    """A debit of a file. `amount_before` is what was drawn by the mandate before, for SIPO; `amends` what the payer's
    bank is told of the mandate as changed.
    """

    end_to_end: str
    number: int
    mandate: str
    signed_on: date
    sequence: Sequence
    amount: Money
    payer: str
    payer_account: str
    payer_bank: str = ""
    text: str = ""
    amount_before: Money | None = None
    amends: Amends | None = None


class CollectionFile(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen batch as it goes to the bank or to the post; the same batch always makes equal bytes.

    The creditor is as the batch was drawn up, in the SEPA schemes.
    """

    batch: str
    number: int
    scheme: Scheme
    frozen_on: date
    collect_on: date
    seller: Seller
    terms: DebitTerms
    debits: tuple[FileDebit, ...]
    creditor_id: str = ""
    creditor_name: str = ""


def minor_units(amount: Money) -> int:
    """An amount in the smallest unit of its currency: 48.00 EUR are 4800."""
    return int(amount.amount / minor_unit(amount.currency))


def require_seller_bank(value: str | None, what: str, file: CollectionFile) -> str:
    """What the bank must know of the seller."""
    if not value:
        raise RuleViolation(f"needs {what} to collect by {file.scheme}; change its details", field="seller",
                            value=file.seller.code)  # fmt: skip
    return value
