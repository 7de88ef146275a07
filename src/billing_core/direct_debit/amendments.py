"""Amendments of a mandate: what changed of it under the same leave, and which collection tells the bank.

The payer has another account, or the mandate another reference; the seller has another name or creditor id. The payer's
bank must be told with the next collection, once: what stood on the mandate before stands next to what stands on it now.
What a debit told counts as told unless the debit was left out, cancelled or rejected; then the next one tells it again.
Before the first debit nothing is told, because the bank knows no mandate yet.

    2 March     account DE..1 at bank A signs M-17        debit S1-1-1    FRST
    10 April    amended: account DE..2 at bank A          debit S1-2-1    RCUR, original account DE..1
    10 May                                                debit S1-3-1    RCUR
    3 June      amended: account DE..3 at bank B          debit S1-4-1    FRST, SMNDA: same mandate, new bank

Without the BIC of both banks an account counts as one of another bank. Only the SEPA schemes tell amendments; by the
others the next file simply has the new account.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from billing_core.direct_debit.batches import DrawnDebit
from billing_core.direct_debit.mandates import (
    Mandate,
    MandateAmended,
    MandateDetails,
    Sequence,
    require_not_over,
)
from billing_core.direct_debit.schemes import (
    SEPA,
    payer_account_as_kept,
    payer_bank_as_kept,
    require_mandate_id,
)
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.parties.details import require_printable, require_text

# The letters of a BIC that name the bank; those after them name its branch.
BANK_OF_BIC = 8


class Creditor(NamedTuple):
    """Who collects, as banks know it."""

    id: str
    name: str


class Told(NamedTuple):
    """What the last debit of a mandate told the bank: the details of this number, and the creditor."""

    end_to_end: str
    amendment: int
    creditor: Creditor


class Changed(NamedTuple):
    """New details of a mandate; what is None stays."""

    reference: str | None = None
    payer: str | None = None
    payer_account: str | None = None
    payer_bank: str | None = None


# --- decisions


def amend_mandate(mandate: Mandate, changed: Changed, on: date) -> list[Event]:
    """A mandate with some new details; those that hold already change nothing."""
    require_not_over(mandate)
    scheme, known = mandate.signed.scheme, mandate.details[-1]
    new = known._replace(**{name: value for name, value in changed._asdict().items() if value is not None})
    if new.reference != known.reference:
        require_mandate_id(new.reference)
        if new.reference in {each.reference for each in mandate.details}:
            raise InvalidValue("was the reference of this mandate before; take a new one", field="reference",
                               value=new.reference)  # fmt: skip
        if scheme not in SEPA:
            raise InvalidValue("must stay as it is; only SEPA schemes know references of mandates", field="reference",
                               value=new.reference)  # fmt: skip
    require_text(new.payer, "payer")
    require_printable(new.payer, "payer")
    if changed.payer_account is not None and changed.payer_bank is None:
        new = new._replace(payer_bank="")  # The bank of the old account need not be that of the new one.
    new = new._replace(
        payer_account=payer_account_as_kept(scheme, new.payer_account),
        payer_bank=payer_bank_as_kept(scheme, new.payer_bank),
    )
    if new.payer_account == known.payer_account and changed.payer_bank is None:
        new = new._replace(payer_bank=known.payer_bank)
    names = [name for name in MandateDetails._fields if getattr(new, name) != getattr(known, name)]
    if not names:
        return []
    return [
        MandateAmended(
            effective_on=on, number=len(mandate.details), changed=tuple(names), reference=new.reference,
            customer=mandate.signed.customer, payer=new.payer, payer_account=new.payer_account,
            payer_bank=new.payer_bank,
        )
    ]  # fmt: skip


def last_told(debits: Iterable[tuple[DrawnDebit, Told]]) -> Told | None:
    """What the bank knows, of the debits of a mandate with the newest first; None if it knows nothing yet."""
    return next((told for drawn, told in debits if drawn.state not in ("left-out", "rejected")), None)


def is_amended(mandate: Mandate, told: Told | None, creditor: Creditor) -> bool:
    """Whether the next debit tells the bank something that it does not know."""
    if told is None or mandate.signed.scheme not in SEPA:
        return False
    before, now = mandate.details[told.amendment], mandate.details[-1]
    return told.creditor != creditor or (before.reference, before.payer_account) != (now.reference, now.payer_account)


def sequence_of(mandate: Mandate, told: Told | None, creditor: Creditor) -> Sequence:
    """A debit from an account at another bank begins the run of debits again."""
    if told is None or mandate.sequence != "RCUR" or not is_amended(mandate, told, creditor):
        return mandate.sequence
    return "FRST" if is_other_bank(mandate.details[told.amendment], mandate.details[-1]) else "RCUR"


def is_other_bank(before: MandateDetails, now: MandateDetails) -> bool:
    """Whether an account is, for all that is known, at another bank than the one before."""
    if before.payer_account == now.payer_account:
        return False
    banks = {details.payer_bank[:BANK_OF_BIC] for details in (before, now)}
    return len(banks) > 1 or "" in banks
