"""The state of a contract, folded from its events."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from billing_core.contracts.events import (
    AnnexDrafted,
    AnnexSignatureTakenBack,
    AnnexSigned,
    AnnexVoided,
    ContractDraftChanged,
    ContractDrafted,
    ContractEnded,
    ContractIssued,
    ContractNoticeGiven,
    ContractNoticeTakenBack,
    ContractRecalled,
    ContractResumed,
    ContractSignatureTakenBack,
    ContractSigned,
    ContractVoided,
    NoticeBy,
    Paper,
)
from billing_core.contracts.services import LinkedService, SoldService
from billing_core.contracts.terms import Term
from billing_core.kernel.attachments import Attachment
from billing_core.kernel.events import Event

Status = Literal["draft", "issued", "signed", "ended", "voided"]
AnnexStatus = Literal["issued", "signed", "voided"]


class Signature(msgspec.Struct, frozen=True):
    """When a contract or annex was signed, by whom, and the file of the signed paper."""

    on: date
    by: str
    for_seller: str
    attachment: Attachment | None = None


class Issued(msgspec.Struct, frozen=True):
    """When a contract was printed for signature, by which versions, and with which services."""

    on: date
    paper: Paper
    services: tuple[SoldService, ...]


class Annex(msgspec.Struct, frozen=True):
    """An amendment; services and term are None if it leaves them as they are."""

    number: int
    on: date
    begins_on: date
    text: str
    services: tuple[SoldService, ...] | None
    term: Term | None
    paper: Paper
    status: AnnexStatus = "issued"
    signature: Signature | None = None


class Notice(msgspec.Struct, frozen=True):
    """By whom notice was given and when, and the first day without the contract."""

    by: NoticeBy
    given_on: date
    ends_on: date
    reason: str


class Contract(msgspec.Struct, frozen=True):
    """A contract. `ends_on` is the first day without it, by a notice or by itself; None if it goes on.

    `services` and `term` are those of the draft; what is in force stands in `services_in_force` and `term_in_force`.
    """

    number: str
    seller: str
    customer: str
    kind: str
    language: str
    drafted_on: date
    begins_on: date
    term: Term
    services: tuple[LinkedService, ...]
    agreed: str
    status: Status = "draft"
    issued: Issued | None = None
    signature: Signature | None = None
    annexes: tuple[Annex, ...] = ()
    notice: Notice | None = None
    ends_on: date | None = None

    @property
    def term_in_force(self) -> Term:
        """The term of the last annex that was signed and has one, else that of the contract."""
        terms = (each.term for each in reversed(self.annexes) if each.status == "signed" and each.term is not None)
        return next(terms, self.term)

    @property
    def services_in_force(self) -> tuple[SoldService, ...]:
        """The services of the last annex that was signed and has some, else those of the contract."""
        found = (
            each.services for each in reversed(self.annexes) if each.status == "signed" and each.services is not None
        )
        return next(found, self.issued.services if self.issued else ())

    @property
    def linked(self) -> tuple[LinkedService, ...]:
        """The services that the contract is about, as drafted or as in force."""
        if self.issued is None:
            return self.services
        return tuple(
            LinkedService(account=each.account, subscription=each.subscription) for each in self.services_in_force
        )


def apply_contract(state: Contract | None, fact: Event) -> Contract | None:
    """Fold one event of a contract's stream."""
    if isinstance(fact, ContractDrafted):
        return Contract(
            fact.contract, fact.seller, fact.customer, fact.kind, fact.language, fact.effective_on, fact.begins_on,
            fact.term, fact.services, fact.agreed,
        )  # fmt: skip
    if state is None:
        return None
    changes = _changes(state, fact)
    return msgspec.structs.replace(state, **changes) if changes else state


def _changes(state: Contract, fact: Event) -> dict[str, Any]:  # noqa: PLR0911, PLR0912  (one branch for each event)
    match fact:
        case ContractDraftChanged():
            return {
                "language": fact.language, "begins_on": fact.begins_on, "term": fact.term, "services": fact.services,
                "agreed": fact.agreed,
            }  # fmt: skip
        case ContractIssued():
            return {"status": "issued", "issued": Issued(fact.effective_on, fact.paper, fact.services)}
        case ContractRecalled():
            return {"status": "draft", "issued": None}
        case ContractVoided():
            return {"status": "voided"}
        case ContractSigned():
            return {"status": "signed", "signature": _signature(fact), "ends_on": fact.ends_on}
        case ContractSignatureTakenBack():
            return {"status": "issued", "signature": None, "ends_on": None}
        case AnnexDrafted():
            annex = Annex(fact.annex, fact.effective_on, fact.begins_on, fact.text, fact.services, fact.term,
                          fact.paper)  # fmt: skip
            return {"annexes": (*state.annexes, annex)}
        case AnnexVoided():
            return {"annexes": _with_annex(state, fact.annex, status="voided")}
        case AnnexSigned():
            annexes = _with_annex(state, fact.annex, status="signed", signature=_signature(fact))
            return {"annexes": annexes, "ends_on": fact.ends_on}
        case AnnexSignatureTakenBack():
            annexes = _with_annex(state, fact.annex, status="issued", signature=None)
            return {"annexes": annexes, "ends_on": fact.ends_on}
        case ContractNoticeGiven():
            notice = Notice(fact.by, fact.effective_on, fact.ends_on, fact.reason)
            return {"notice": notice, "ends_on": fact.ends_on}
        case ContractNoticeTakenBack():
            return {"notice": None, "ends_on": fact.ends_on}
        case ContractEnded():
            return {"status": "ended", "ends_on": fact.effective_on}
        case ContractResumed():
            return {"status": "signed", "notice": None, "ends_on": fact.ends_on}
    return {}


def _signature(fact: ContractSigned | AnnexSigned) -> Signature:
    return Signature(fact.effective_on, fact.signed_by, fact.signed_for_seller, fact.attachment)


def _with_annex(state: Contract, number: int, **changes: Any) -> tuple[Annex, ...]:
    annex = msgspec.structs.replace(state.annexes[number - 1], **changes)
    return (*state.annexes[: number - 1], annex, *state.annexes[number:])
