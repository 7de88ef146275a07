"""What may happen to a contract, in which state, and the ways back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from billing_core.contracts import decisions
from billing_core.contracts.contract import Contract, apply_contract
from billing_core.contracts.events import (
    AnnexDrafted,
    AnnexSigned,
    ContractDraftChanged,
    ContractDrafted,
    ContractSigned,
    Paper,
)
from billing_core.contracts.services import LinkedService
from billing_core.contracts.terms import Term
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.parties.versions import PartyVersion

MAY_15, JUNE_1, JUNE_20 = date(2026, 5, 15), date(2026, 6, 1), date(2026, 6, 20)
PAPER = Paper(template=1, seller=1, customer=PartyVersion("C0000001", 1))
NET = LinkedService(account="1", subscription="net")


def after(contract: Contract | None, events: list[Event]) -> Contract:
    for fact in events:
        contract = apply_contract(contract, fact)
    assert contract is not None
    return contract


def drafted(term: Term | None = None, services: tuple[LinkedService, ...] = (NET,)) -> ContractDrafted:
    return ContractDrafted(
        effective_on=MAY_15, contract="7", customer="C", seller="north", kind="internet", language="en",
        begins_on=JUNE_1, term=term or Term(), services=services,
    )  # fmt: skip


def draft(term: Term | None = None) -> Contract:
    return after(None, decisions.draft(drafted(term)))


def issued(term: Term | None = None) -> Contract:
    return after(contract := draft(term), decisions.issue(contract, PAPER, (), MAY_15))


def signature(on: date = MAY_15, by: str = "Ona") -> ContractSigned:
    return ContractSigned(effective_on=on, contract="7", customer="C", signed_by=by, signed_for_seller="clerk")


def signed(term: Term | None = None) -> Contract:
    return after(contract := issued(term), decisions.sign(contract, signature(), JUNE_20))


def annex(contract: Contract, text: str = "Twice as fast", term: Term | None = None) -> list[Event]:
    fact = AnnexDrafted(
        effective_on=JUNE_1, contract="7", customer="C", annex=decisions.next_annex(contract), begins_on=JUNE_20,
        text=text, term=term, paper=PAPER,
    )  # fmt: skip
    return decisions.draft_annex(contract, fact)


def annex_signature(number: int = 1) -> AnnexSigned:
    return AnnexSigned(
        effective_on=JUNE_1, contract="7", customer="C", annex=number, signed_by="Ona", signed_for_seller="clerk"
    )


def with_annex(contract: Contract, term: Term | None = None) -> Contract:
    """The contract with one more annex, signed."""
    contract = after(contract, annex(contract, term=term))
    return after(contract, decisions.sign_annex(contract, annex_signature(len(contract.annexes)), JUNE_20))


def noticed(contract: Contract) -> Contract:
    return after(contract, decisions.give_notice(contract, "customer", JUNE_20, "moves", JUNE_20))


def ended(contract: Contract, on: date) -> Contract:
    return after(contract, decisions.end(contract, on))


def test_a_contract_goes_from_its_draft_to_its_end():
    contract = noticed(signed())
    assert (contract.status, contract.ends_on) == ("signed", date(2026, 8, 1))
    assert decisions.end(contract, date(2026, 7, 31)) == []
    assert ended(contract, date(2026, 8, 3)).status == "ended"
    assert ended(contract, date(2026, 8, 3)).ends_on == date(2026, 8, 1)


def test_a_fixed_term_ends_on_its_day_without_a_notice():
    contract = signed(Term(fixed_months=24))
    assert contract.ends_on == date(2028, 6, 1)
    assert ended(contract, date(2028, 6, 1)).status == "ended"


def test_what_was_issued_is_not_changed_but_recalled_and_changed():
    changed = ContractDraftChanged(
        effective_on=MAY_15, contract="7", customer="C", language="cs", begins_on=JUNE_20, term=Term()
    )
    with pytest.raises(RuleViolation, match="is issued; sign it or recall it first"):
        decisions.change_draft(issued(), changed)
    again = after(contract := issued(), decisions.recall(contract, "wrong day", MAY_15))
    assert after(again, decisions.change_draft(again, changed)).begins_on == JUNE_20
    assert decisions.change_draft(after(again, [changed]), changed) == []


def test_a_draft_is_voided_once_and_a_signed_contract_never():
    contract = draft()
    voided = after(contract, decisions.void(contract, "twice", MAY_15))
    assert voided.status == "voided"
    assert decisions.void(voided, "twice", MAY_15) == []
    with pytest.raises(RuleViolation, match="take back its signature"):
        decisions.void(signed(), "twice", MAY_15)
    with pytest.raises(InvalidValue):
        decisions.void(contract, "", MAY_15)


@pytest.mark.parametrize("on", [date(2026, 5, 14), date(2026, 6, 21)])
def test_a_signature_lies_between_the_issue_and_today(on: date):
    with pytest.raises(InvalidValue, match="must lie between 2026-05-15"):
        decisions.sign(issued(), signature(on), JUNE_20)


def test_a_signature_is_taken_back_if_nothing_rests_on_it():
    contract = signed(Term(fixed_months=24))
    back = after(contract, decisions.take_back_signature(contract, "not he", JUNE_1))
    assert (back.status, back.signature, back.ends_on) == ("issued", None, None)
    with pytest.raises(RuleViolation, match="void it first"):
        decisions.take_back_signature(with_annex(contract), "not he", JUNE_1)
    with pytest.raises(RuleViolation, match="take it back first"):
        decisions.take_back_signature(noticed(contract), "not he", JUNE_1)


def test_an_annex_changes_the_term_once_it_is_signed():
    contract = signed()
    waiting = after(contract, annex(contract, term=Term(fixed_months=12)))
    assert (waiting.term_in_force, waiting.ends_on) == (Term(), None)
    in_force = with_annex(contract, term=Term(fixed_months=12))
    assert (in_force.term_in_force, in_force.ends_on) == (Term(fixed_months=12), date(2027, 6, 1))


def test_an_annex_waits_for_no_other_and_voided_ones_keep_their_numbers():
    contract = after(before := signed(), annex(before))
    with pytest.raises(RuleViolation, match="waits for its signature"):
        annex(contract)
    voided = after(contract, decisions.void_annex(contract, 1, "a mistake", JUNE_1))
    assert decisions.next_annex(voided) == 2
    with pytest.raises(RuleViolation, match="is voided"):
        decisions.sign_annex(voided, annex_signature(1), JUNE_20)
    with pytest.raises(NotFound):
        decisions.sign_annex(voided, annex_signature(2), JUNE_20)


def test_an_annex_that_changes_nothing_is_refused():
    with pytest.raises(InvalidValue, match="changes nothing"):
        annex(signed(), text=" ")
    with pytest.raises(InvalidValue, match="must say how the term changes"):
        decisions.draft_annex(signed(), AnnexDrafted(
            effective_on=JUNE_1, contract="7", customer="C", annex=1, begins_on=JUNE_20, services=(), term=Term(),
            paper=PAPER,
        ))  # fmt: skip


def test_only_the_last_annex_is_taken_back_and_the_term_before_it_holds_again():
    first = with_annex(signed(), term=Term(fixed_months=12))
    second = with_annex(first, term=Term(fixed_months=24))
    assert second.ends_on == date(2028, 6, 1)
    with pytest.raises(RuleViolation, match="came after it"):
        decisions.take_back_annex_signature(second, 1, "a mistake", JUNE_20)
    back = after(second, decisions.take_back_annex_signature(second, 2, "a mistake", JUNE_20))
    assert (back.ends_on, back.term_in_force) == (date(2027, 6, 1), Term(fixed_months=12))


def test_a_notice_is_given_once_and_taken_back():
    contract = noticed(signed(Term(fixed_months=24, goes_on=True)))
    assert contract.ends_on == date(2028, 6, 1)
    with pytest.raises(RuleViolation, match="was given already"):
        noticed(contract)
    back = after(contract, decisions.take_back_notice(contract, "stays", JUNE_20))
    assert (back.notice, back.ends_on) == (None, None)
    with pytest.raises(RuleViolation, match="none was given"):
        decisions.take_back_notice(back, "stays", JUNE_20)


def test_a_notice_that_was_given_counts_whatever_an_annex_says_of_the_term_later():
    contract = with_annex(noticed(signed()), term=Term(fixed_months=24))
    assert contract.ends_on == date(2026, 8, 1)


def test_both_may_agree_on_any_end_after_the_signature():
    contract = signed(Term(fixed_months=24))
    agreed = after(contract, decisions.agree_end(contract, JUNE_20, "moves abroad", JUNE_1))
    assert agreed.ends_on == JUNE_20
    with pytest.raises(InvalidValue, match="when the contract was signed"):
        decisions.agree_end(contract, date(2026, 5, 14), "", JUNE_1)


def test_what_ended_by_mistake_goes_on():
    by_notice = ended(noticed(signed()), date(2026, 8, 1))
    back = after(by_notice, decisions.resume(by_notice, "was paid", date(2026, 8, 2)))
    assert (back.status, back.notice, back.ends_on) == ("signed", None, None)
    fixed = ended(signed(Term(fixed_months=24)), date(2028, 6, 1))
    assert after(fixed, decisions.resume(fixed, "goes on", date(2028, 6, 2))).ends_on is None


@pytest.mark.parametrize(
    "decide",
    [
        lambda contract: decisions.issue(contract, PAPER, (), MAY_15),
        lambda contract: decisions.sign(contract, signature(), JUNE_20),
        annex,
        noticed,
        lambda contract: decisions.resume(contract, "no", JUNE_20),
    ],
)
def test_nothing_happens_to_a_voided_contract(decide: Callable[[Contract], object]):
    voided = after(contract := draft(), decisions.void(contract, "twice", MAY_15))
    with pytest.raises(RuleViolation, match="is voided; draft another one"):
        decide(voided)


def test_a_service_is_named_once_and_a_day_lies_in_the_calendar():
    for fact in (
        drafted(services=(NET, NET)),
        ContractDrafted(
            effective_on=MAY_15, contract="7", customer="C", seller="north", kind="internet", language="en",
            begins_on=date(2206, 1, 1), term=Term(),
        ),
    ):  # fmt: skip
        with pytest.raises(BillingError):
            decisions.draft(fact)
