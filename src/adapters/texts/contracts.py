"""Contracts, in words."""

from __future__ import annotations

from datetime import date

from adapters.texts.sentences import Sentences
from billing_core.contracts.contract import Contract
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
)
from billing_core.contracts.kinds import ContractKindDefined, ContractTemplatePublished
from billing_core.contracts.services import LinkedService, SoldService
from billing_core.contracts.terms import NoticePeriod, Term


def term_text(term: Term) -> str:
    """`24 months, then indefinite, notice of 1 month from the next month`."""
    parts = [f"{term.fixed_months} months" if term.is_fixed else "indefinite"]
    if term.goes_on:
        parts.append("then indefinite")
    if term.minimum_months:
        parts.append(f"at least {term.minimum_months} months")
    return ", ".join([*parts, f"notice {notice_text(term.notice)}"])


def notice_text(notice: NoticePeriod) -> str:
    """`of 1 month from the next month`."""
    unit, count = ("day", notice.days) if notice.days else ("month", notice.months)
    period = f"of {count} {unit}{'' if count == 1 else 's'}" if count else "without a period"
    return f"{period}, counted from the {'next month' if notice.counted_from == 'next-month' else 'day after it'}"


def services_text(services: tuple[LinkedService, ...] | tuple[SoldService, ...]) -> str:
    """`account 1001/net, account 1001/tv`."""
    return ", ".join(f"{each.account}/{each.subscription}" for each in services) or "no services"


def state_text(contract: Contract) -> str:
    """`signed, ends on 2026-07-01 by notice of the customer`."""
    if contract.notice is None or contract.status == "ended":
        ends = f", ends on {contract.ends_on}" if contract.ends_on and contract.status == "signed" else ""
        return f"{contract.status}{ends}{f' on {contract.ends_on}' if contract.status == 'ended' else ''}"
    return f"{contract.status}, ends on {contract.ends_on} by {_by(contract.notice.by)}"


def _by(by: str) -> str:
    return "agreement" if by == "both" else f"notice of the {by}"


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _drafted(fact: ContractDrafted | ContractDraftChanged) -> str:
    return f"from {fact.begins_on}, {term_text(fact.term)}; {services_text(fact.services)}{_because(fact.agreed)}"


def _ends(ends_on: date | None) -> str:
    return f"; ends on {ends_on}" if ends_on else ""


def _signed(fact: ContractSigned | AnnexSigned) -> str:
    paper = ", with the signed paper" if fact.attachment else ""
    return f"signed by {fact.signed_by} and by {fact.signed_for_seller} for the seller{paper}{_ends(fact.ends_on)}"


def _annex(fact: AnnexDrafted) -> str:
    changes = [fact.text] if fact.text else []
    if fact.services is not None:
        changes.append(services_text(fact.services))
    if fact.term is not None:
        changes.append(term_text(fact.term))
    return f"annex {fact.annex} from {fact.begins_on}: {'; '.join(changes)}"


SENTENCES: Sentences = {
    ContractKindDefined: lambda fact: f"{fact.kind.name}, {term_text(fact.kind.term)}",
    ContractTemplatePublished: lambda fact: f"template in {fact.language}, version {fact.version}",
    ContractDrafted: lambda fact: f"{fact.kind} contract {fact.contract} drafted {_drafted(fact)}",
    ContractDraftChanged: lambda fact: f"draft changed: {_drafted(fact)}",
    ContractIssued: lambda fact: f"issued for signature with {services_text(fact.services)}",
    ContractRecalled: lambda fact: f"is a draft again{_because(fact.reason)}",
    ContractVoided: lambda fact: f"voided{_because(fact.reason)}",
    ContractSigned: _signed,
    ContractSignatureTakenBack: lambda fact: f"was not signed after all{_because(fact.reason)}",
    AnnexDrafted: _annex,
    AnnexVoided: lambda fact: f"annex {fact.annex} voided{_because(fact.reason)}",
    AnnexSigned: lambda fact: f"annex {fact.annex} {_signed(fact)}",
    AnnexSignatureTakenBack: lambda fact: f"annex {fact.annex} was not signed after all{_because(fact.reason)}",
    ContractNoticeGiven: lambda fact: f"ends on {fact.ends_on} by {_by(fact.by)}{_because(fact.reason)}",
    ContractNoticeTakenBack: lambda fact: f"the notice is taken back{_because(fact.reason)}{_ends(fact.ends_on)}",
    ContractEnded: lambda fact: f"ended on {fact.effective_on}",
    ContractResumed: lambda fact: f"did not end after all{_because(fact.reason)}{_ends(fact.ends_on)}",
}
