"""Events of contracts: what was agreed, printed and signed, changed by annexes, and how it ended.

What was printed is in the event that issued it: the services with their prices, the version of the template, and the
versions of seller and customer as they stand on the paper. So the same contract is always printed alike.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from billing_core.contracts.services import LinkedService, SoldService
from billing_core.contracts.terms import Party, Term
from billing_core.kernel.attachments import Attachment
from billing_core.kernel.claims import Claim
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import OnDocuments, Personal, PersonNumber
from billing_core.parties.versions import PartyVersion

# As the number series of the seller's contracts is called, whose numbers it claims.
CONTRACT_CLAIM = "contract"
OF_CUSTOMER_CLAIM = "contract-of-customer"
NoticeBy = Party | Literal["both"]


class Paper(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """By what a contract or annex is printed: versions of the template and of the seller's stream, and the customer.

    It is the customer of the contract, or the one into which that one was merged.
    """

    template: int
    seller: int
    customer: PartyVersion


class ContractEvent(Event, frozen=True, kw_only=True):
    """A fact of a contract, by its number, and whose contract it is."""

    contract: str
    customer: PersonNumber


@event("contract-drafted")
class ContractDrafted(ContractEvent, frozen=True, kw_only=True):
    """A draft, numbered by the seller's series. `agreed` is what was agreed in addition to the template."""

    seller: str
    kind: str
    language: str
    begins_on: date
    term: Term
    services: tuple[LinkedService, ...] = ()
    agreed: OnDocuments[str] = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its number, and a key by which the contracts of a customer are found."""
        return (
            Claim(CONTRACT_CLAIM, self.contract, stream, self.customer),
            Claim(OF_CUSTOMER_CLAIM, f"{self.customer}/{self.contract}", stream, ""),
        )


@event("contract-draft-changed")
class ContractDraftChanged(ContractEvent, frozen=True, kw_only=True):
    """What the draft says from now on, complete."""

    language: str
    begins_on: date
    term: Term
    services: tuple[LinkedService, ...] = ()
    agreed: OnDocuments[str] = ""


@event("contract-issued")
class ContractIssued(ContractEvent, frozen=True, kw_only=True):
    """The contract is printed for signature, as it stands."""

    paper: Paper
    services: tuple[SoldService, ...] = ()


@event("contract-recalled")
class ContractRecalled(ContractEvent, frozen=True, kw_only=True):
    """A contract that was not signed is a draft again."""

    reason: Personal[str] = ""


@event("contract-voided")
class ContractVoided(ContractEvent, frozen=True, kw_only=True):
    """A contract that was not signed never will be; its number stays taken."""

    reason: Personal[str] = ""


@event("contract-signed")
class ContractSigned(ContractEvent, frozen=True, kw_only=True):
    """Signed on `effective_on` for the customer and for the seller, perhaps with the signed paper as a file.

    It ends by itself on `ends_on`, if it does.
    """

    signed_by: OnDocuments[str]
    signed_for_seller: str
    attachment: Attachment | None = None
    ends_on: date | None = None


@event("contract-signature-taken-back")
class ContractSignatureTakenBack(ContractEvent, frozen=True, kw_only=True):
    """The contract was not signed after all: it is issued, and waits for its signature."""

    reason: Personal[str] = ""


@event("annex-drafted")
class AnnexDrafted(ContractEvent, frozen=True, kw_only=True):
    """An amendment, numbered 1, 2 ... within its contract, is printed for signature.

    It holds from `begins_on` on. What it leaves out stays: services without any, the term if it is None.
    """

    annex: int
    begins_on: date
    text: OnDocuments[str] = ""
    services: tuple[SoldService, ...] | None = None
    term: Term | None = None
    paper: Paper


@event("annex-voided")
class AnnexVoided(ContractEvent, frozen=True, kw_only=True):
    """An annex that was not signed never will be; its number stays taken."""

    annex: int
    reason: Personal[str] = ""


@event("annex-signed")
class AnnexSigned(ContractEvent, frozen=True, kw_only=True):
    """Signed on `effective_on`; the contract ends by itself on `ends_on`, if it does."""

    annex: int
    signed_by: OnDocuments[str]
    signed_for_seller: str
    attachment: Attachment | None = None
    ends_on: date | None = None


@event("annex-signature-taken-back")
class AnnexSignatureTakenBack(ContractEvent, frozen=True, kw_only=True):
    """The annex was not signed after all, and waits for its signature."""

    annex: int
    reason: Personal[str] = ""
    ends_on: date | None = None


@event("contract-notice-given")
class ContractNoticeGiven(ContractEvent, frozen=True, kw_only=True):
    """A party gave notice on `effective_on`, or both agreed on an end: the contract ends on `ends_on`, the first day
    without it.
    """

    by: NoticeBy
    ends_on: date
    reason: Personal[str] = ""


@event("contract-notice-taken-back")
class ContractNoticeTakenBack(ContractEvent, frozen=True, kw_only=True):
    """The notice counts no more; the contract ends by itself on `ends_on`, if it does."""

    reason: Personal[str] = ""
    ends_on: date | None = None


@event("contract-ended")
class ContractEnded(ContractEvent, frozen=True, kw_only=True):
    """From `effective_on` on the contract holds no more."""


@event("contract-resumed")
class ContractResumed(ContractEvent, frozen=True, kw_only=True):
    """The contract did not end after all: it goes on as if the notice had not been given.

    It ends by itself on `ends_on`, if it does; a fixed term that is over goes on indefinitely.
    """

    reason: Personal[str] = ""
    ends_on: date | None = None
