"""The mandates that the simulated bank of payers knows, and whether a collection fits what it knows.

    M-17 from DE..1                          not known: taken as it stands, and kept
    M-17 from DE..2                          MD01: it has no mandate for this account
    M-17 from DE..2, amended, before DE..1   taken; from now on the account is DE..2
    M-17 from DE..3, amended, SMNDA, FRST    the same mandate at a new bank; as RCUR it is MD02
    M-18, amended, before M-17               taken; from now on the mandate is M-18
    another creditor id, not amended         MD02: what is said of the mandate is missing or wrong

What was rejected is not kept, so the next collection has to tell it again.
"""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

NO_MANDATE, WRONG_MANDATE = "MD01", "MD02"
SAME_MANDATE = "SMNDA"


class Known(NamedTuple):
    """What a bank knows of a mandate."""

    account: str
    creditor_id: str
    creditor_name: str


class Before(NamedTuple):
    """What stood on a mandate before, as an amendment tells it; what did not change is empty."""

    reference: str
    account: str
    creditor_id: str
    creditor_name: str
    is_other_bank: bool


class Named(NamedTuple):
    """A mandate as a collection names it; `before` is None if nothing is amended."""

    reference: str
    now: Known
    sequence: str
    before: Before | None


class KnownMandates:
    """The mandates of a bank, by their references."""

    def __init__(self, known: dict[str, Known] | None = None) -> None:
        self.known = known or {}

    def fault_of(self, mandate: Named) -> str:
        """The reason for which a collection is rejected; empty if it fits, or if nothing is known of its mandate."""
        before = mandate.before
        known = self.known.get(mandate.reference) or self.known.get(before.reference if before else "")
        if known is None or known == mandate.now:
            return ""
        if known.account != mandate.now.account:
            if before is None:
                return NO_MANDATE
            fits = mandate.sequence != "RCUR" if before.is_other_bank else before.account == known.account
            if not fits:
                return WRONG_MANDATE
        told = (before.creditor_id, before.creditor_name) if before else ("", "")
        now = (mandate.now.creditor_id, mandate.now.creditor_name)
        before_now = zip((known.creditor_id, known.creditor_name), told, now, strict=True)
        return "" if all(each in (was, is_now) for each, was, is_now in before_now) else WRONG_MANDATE

    def keep(self, mandate: Named) -> None:
        """What a collection that was taken says of its mandate."""
        if mandate.before is not None:
            self.known.pop(mandate.before.reference, None)
        self.known[mandate.reference] = mandate.now


def named(group: etree._Element, collection: etree._Element) -> Named:
    """The mandate of a collection in a payment group of a pain.008, its tags without namespaces."""
    mandate = collection.find("DrctDbtTx/MndtRltdInf")
    now = Known(
        collection.findtext("DbtrAcct/Id/IBAN"), group.findtext("CdtrSchmeId/Id/PrvtId/Othr/Id"),
        group.findtext("Cdtr/Nm"),
    )  # fmt: skip
    return Named(mandate.findtext("MndtId"), now, group.findtext("PmtTpInf/SeqTp"), _before(mandate))


def _before(mandate: etree._Element) -> Before | None:
    told = mandate.find("AmdmntInfDtls")
    if mandate.findtext("AmdmntInd") != "true" or told is None:
        return None
    others = (told.findtext("OrgnlDbtrAcct/Id/Othr/Id"), told.findtext("OrgnlDbtrAgt/FinInstnId/Othr/Id"))
    return Before(
        told.findtext("OrgnlMndtId", ""), told.findtext("OrgnlDbtrAcct/Id/IBAN", ""),
        told.findtext("OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id", ""), told.findtext("OrgnlCdtrSchmeId/Nm", ""),
        SAME_MANDATE in others,
    )  # fmt: skip
