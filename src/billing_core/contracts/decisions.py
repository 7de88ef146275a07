"""What may happen to a contract, in which state.

    draft -> issued -> signed -> ended          annexes and a notice are of a signed contract
      |  ^-----'  ^-----'  ^-----'              back: recall, take back the signature, resume
      '---------'
         voided

A way leads back from everything but a voided draft, for which another one is drafted: its number stays taken, so that
the series has no gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.contracts.contract import Annex, Contract, Status
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
    Paper,
)
from billing_core.contracts.services import LinkedService, SoldService
from billing_core.contracts.terms import Party, Term, ends_by_itself, ends_on_by_notice, require_term
from billing_core.kernel.dates import require_day
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.parties.details import require_text

MOST_SERVICES = 100
MOST_AGREED = 20_000

WAYS: dict[Status, str] = {
    "draft": "issue it first",
    "issued": "sign it or recall it first",
    "signed": "take back its signature, or draft an annex",
    "ended": "resume it first",
    "voided": "draft another one",
}

# --- drafts


def draft(fact: ContractDrafted) -> list[Event]:
    """A new draft."""
    _require_content(fact)
    return [fact]


def change_draft(contract: Contract, fact: ContractDraftChanged) -> list[Event]:
    """What a draft says from now on; the same again changes nothing."""
    _require_status(contract, "draft")
    _require_content(fact)
    known = contract.language, contract.begins_on, contract.term, contract.services, contract.agreed
    return [] if known == (fact.language, fact.begins_on, fact.term, fact.services, fact.agreed) else [fact]


def _require_content(fact: ContractDrafted | ContractDraftChanged) -> None:
    require_day(fact.begins_on, "begins on")
    require_term(fact.term)
    _require_services(fact.services)
    _require_agreed(fact.agreed, "agreed")


def _require_services(services: Sequence[LinkedService] | Sequence[SoldService]) -> None:
    if len(services) > MOST_SERVICES:
        raise InvalidValue(f"are more than {MOST_SERVICES}", field="services", value=len(services))
    keys = [(each.account, each.subscription) for each in services]
    for account, subscription in keys:
        if keys.count((account, subscription)) > 1:
            raise InvalidValue("is named twice", field="service", value=f"{account}/{subscription}")


def _require_agreed(text: str, field: str) -> None:
    if len(text) > MOST_AGREED:
        raise InvalidValue(f"is longer than {MOST_AGREED:,} letters", field=field, value=f"{text[:40]}...")


def issue(contract: Contract, paper: Paper, services: Sequence[SoldService], on: date) -> list[Event]:
    """Print a draft for signature."""
    _require_status(contract, "draft")
    return [
        ContractIssued(
            effective_on=on, contract=contract.number, customer=contract.customer, paper=paper, services=tuple(services)
        )
    ]


def recall(contract: Contract, reason: str, on: date) -> list[Event]:
    """Make a draft again of what was issued and not signed."""
    _require_status(contract, "issued")
    return [ContractRecalled(effective_on=on, contract=contract.number, customer=contract.customer, reason=reason)]


def void(contract: Contract, reason: str, on: date) -> list[Event]:
    """Give up a contract that was not signed; voiding it again changes nothing."""
    if contract.status == "voided":
        return []
    _require_status(contract, "draft", "issued")
    require_text(reason, "reason")
    return [ContractVoided(effective_on=on, contract=contract.number, customer=contract.customer, reason=reason)]


# --- signatures


def sign(contract: Contract, fact: ContractSigned, today: date) -> list[Event]:
    """The contract was signed on a day, not before it was issued and not after today."""
    _require_status(contract, "issued")
    assert contract.issued is not None
    _require_signature(fact, contract.issued.on, today)
    return [msgspec.structs.replace(fact, ends_on=ends_by_itself(contract.begins_on, contract.term))]


def _require_signature(fact: ContractSigned | AnnexSigned, issued_on: date, today: date) -> None:
    if not issued_on <= fact.effective_on <= today:
        raise InvalidValue(f"must lie between {issued_on}, when it was issued, and today, {today}", field="signed on",
                           value=fact.effective_on)  # fmt: skip
    require_text(fact.signed_by, "signed by")
    require_text(fact.signed_for_seller, "signed for seller")


def take_back_signature(contract: Contract, reason: str, on: date) -> list[Event]:
    """The contract was not signed after all, if nothing rests on its signature."""
    _require_status(contract, "signed")
    for annex in contract.annexes:
        if annex.status != "voided":
            raise RuleViolation("rests on the signature; void it first", field="annex", value=annex.number)
    if contract.notice is not None:
        raise RuleViolation("was given; take it back first", field="notice", value=contract.notice.given_on)
    return [
        ContractSignatureTakenBack(
            effective_on=on, contract=contract.number, customer=contract.customer, reason=reason
        )
    ]  # fmt: skip


# --- annexes


def draft_annex(contract: Contract, fact: AnnexDrafted) -> list[Event]:
    """The next annex of a signed contract; it changes the text, the services or the term, and waits for no other."""
    _require_status(contract, "signed")
    for annex in contract.annexes:
        if annex.status == "issued":
            raise RuleViolation("waits for its signature; sign it or void it first", field="annex", value=annex.number)
    if fact.begins_on < contract.begins_on:
        raise InvalidValue(f"is before {contract.begins_on}, when the contract begins", field="begins on",
                           value=fact.begins_on)  # fmt: skip
    require_day(fact.begins_on, "begins on")
    if not fact.text.strip() and fact.services is None:
        raise InvalidValue("changes nothing; name a text or services", field="annex", value=fact.annex)
    if not fact.text.strip() and fact.term is not None:
        raise InvalidValue("must say how the term changes, for the paper shows no other words of it", field="text",
                           value=fact.text)  # fmt: skip
    _require_agreed(fact.text, "text")
    _require_services(fact.services or ())
    if fact.term is not None:
        require_term(fact.term)
    return [fact]


def next_annex(contract: Contract) -> int:
    """The number of the next annex: voided ones keep theirs."""
    return len(contract.annexes) + 1


def void_annex(contract: Contract, number: int, reason: str, on: date) -> list[Event]:
    """Give up an annex that was not signed; voiding it again changes nothing."""
    annex = annex_of(contract, number)
    if annex.status == "voided":
        return []
    _require_annex_issued(annex)
    require_text(reason, "reason")
    return [
        AnnexVoided(effective_on=on, contract=contract.number, customer=contract.customer, annex=number, reason=reason)
    ]


def sign_annex(contract: Contract, fact: AnnexSigned, today: date) -> list[Event]:
    """The annex was signed on a day, not before it was printed and not after today."""
    _require_status(contract, "signed")
    annex = annex_of(contract, fact.annex)
    _require_annex_issued(annex)
    _require_signature(fact, annex.on, today)
    return [msgspec.structs.replace(fact, ends_on=_ends_on(contract, annex.term or contract.term_in_force))]


def take_back_annex_signature(contract: Contract, number: int, reason: str, on: date) -> list[Event]:
    """The last annex was not signed after all."""
    _require_status(contract, "signed")
    annex = annex_of(contract, number)
    if annex.status != "signed":
        raise RuleViolation(f"is {annex.status}, not signed", field="annex", value=number)
    if later := [each.number for each in contract.annexes[number:] if each.status != "voided"]:
        raise RuleViolation("came after it; void it first", field="annex", value=later[0])
    earlier = msgspec.structs.replace(contract, annexes=contract.annexes[: number - 1])
    return [
        AnnexSignatureTakenBack(
            effective_on=on, contract=contract.number, customer=contract.customer, annex=number, reason=reason,
            ends_on=_ends_on(contract, earlier.term_in_force),
        )
    ]  # fmt: skip


def annex_of(contract: Contract, number: int) -> Annex:
    """An annex by its number, or `NotFound`."""
    if not 1 <= number <= len(contract.annexes):
        raise NotFound("the contract has no such annex", field="annex", value=number)
    return contract.annexes[number - 1]


def _require_annex_issued(annex: Annex) -> None:
    if annex.status != "issued":
        raise RuleViolation(f"is {annex.status}", field="annex", value=annex.number)


# --- the end


def give_notice(contract: Contract, by: Party, given_on: date, reason: str, today: date) -> list[Event]:
    """A party gives notice: the contract ends when the period has run out and the party is bound no more (`terms`)."""
    _require_no_notice(contract)
    if given_on > today:
        raise InvalidValue(f"is after today, {today}; name the day on which notice was given", field="given on",
                           value=given_on)  # fmt: skip
    _require_not_before_signature(contract, given_on)
    ends_on = ends_on_by_notice(contract.begins_on, contract.term_in_force, given_on, by)
    return [
        ContractNoticeGiven(
            effective_on=given_on, contract=contract.number, customer=contract.customer, by=by, ends_on=ends_on,
            reason=reason,
        )
    ]  # fmt: skip


def agree_end(contract: Contract, ends_on: date, reason: str, on: date) -> list[Event]:
    """Both parties agree on the first day without the contract, whatever its term says; it may lie in the past, but
    not before the signature.
    """
    _require_no_notice(contract)
    require_day(ends_on, "ends on")
    _require_not_before_signature(contract, ends_on)
    return [
        ContractNoticeGiven(
            effective_on=on, contract=contract.number, customer=contract.customer, by="both", ends_on=ends_on,
            reason=reason,
        )
    ]  # fmt: skip


def _require_no_notice(contract: Contract) -> None:
    _require_status(contract, "signed")
    if contract.notice is not None:
        raise RuleViolation(f"was given already, and the contract ends on {contract.notice.ends_on}; take it back "
                            "first", field="notice", value=contract.notice.given_on)  # fmt: skip


def _require_not_before_signature(contract: Contract, on: date) -> None:
    assert contract.signature is not None
    if on < contract.signature.on:
        raise InvalidValue(f"is before {contract.signature.on}, when the contract was signed", field="on", value=on)


def take_back_notice(contract: Contract, reason: str, on: date) -> list[Event]:
    """The notice counts no more, if the contract has not ended."""
    _require_status(contract, "signed")
    if contract.notice is None:
        raise RuleViolation("none was given", field="notice", value=contract.number)
    return [
        ContractNoticeTakenBack(
            effective_on=on, contract=contract.number, customer=contract.customer, reason=reason,
            ends_on=ends_by_itself(contract.begins_on, contract.term_in_force),
        )
    ]  # fmt: skip


def end(contract: Contract, today: date) -> list[Event]:
    """The contract holds no more from its day on, once that day has come; else nothing."""
    if contract.status != "signed" or contract.ends_on is None or today < contract.ends_on:
        return []
    return [ContractEnded(effective_on=contract.ends_on, contract=contract.number, customer=contract.customer)]


def resume(contract: Contract, reason: str, on: date) -> list[Event]:
    """The contract did not end after all. A fixed term that is over goes on indefinitely."""
    _require_status(contract, "ended")
    by_itself = ends_by_itself(contract.begins_on, contract.term_in_force)
    return [
        ContractResumed(
            effective_on=on, contract=contract.number, customer=contract.customer, reason=reason,
            ends_on=by_itself if by_itself is not None and on < by_itself else None,
        )
    ]  # fmt: skip


def _ends_on(contract: Contract, term: Term) -> date | None:
    """When a contract with another term ends: by its notice, which counts as it was given, or by itself."""
    return contract.notice.ends_on if contract.notice else ends_by_itself(contract.begins_on, term)


def _require_status(contract: Contract, *wanted: Status) -> None:
    if contract.status not in wanted:
        raise RuleViolation(f"is {contract.status}; {WAYS[contract.status]}", field="contract", value=contract.number)
