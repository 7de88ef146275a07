"""A mandate that is amended: the next file tells the payer's bank what it was before, exactly once."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from adapters.banks.fake_bank import Rules, answers
from adapters.banks.fake_mandates import Known, KnownMandates
from adapters.bootstrap.collection_files import file_bytes, load_collection_file
from billing_core.direct_debit.batch_events import Debit
from billing_core.direct_debit.terms import DebitTerms, PainVersion
from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.party_changes import SellerChanges
from billing_core.payments.events import PaymentReceived
from commands.direct_debit.batches import CancelDebitBatch, DrawUpDebitBatch, FreezeDebitBatch
from commands.direct_debit.mandates import AmendMandate, EndMandate
from commands.direct_debit.terms import SetDebitTerms
from commands.parties import ChangeSeller
from tests.commands.direct_debit.payers import (
    IBANS,
    USUAL,
    A,
    B,
    answer,
    batch_now,
    draw,
    send,
    set_up_payers,
    sign,
)
from tests.operators import Operator

SAME_BANK, OTHER_BANK = "DE75512108001245126199", "CZ6508000000192000145399"
# Of each month: drawn on the 3rd, collected on the 20th.
MONTHS = [(date(2026, month, 3), date(2026, month, 20)) for month in (2, 3, 4, 5)]


@pytest.fixture(autouse=True)
def payers(operator: Operator) -> None:
    """One payer, whose account is billed each month."""
    set_up_payers(operator, A, until=date(2026, 7, 1))


def month(operator: Operator, number: int, *, outcome: str = "collected") -> str:
    """Bill until the month, draw, freeze and send a batch, and have it answered; its name."""
    batch = drawn(operator, number)
    on, collect_on = MONTHS[number]
    send(operator, batch, on)
    answer(operator, f"{batch}-1", outcome, "AM04" if outcome == "rejected" else "", on=collect_on)
    return batch


def drawn(operator: Operator, number: int) -> str:
    on, collect_on = MONTHS[number]
    operator.bill_each_due_date(on)
    batch: str = draw(operator, A, on=on, collect_on=collect_on)["batch"]
    assert batch
    return batch


def told(operator: Operator, batch: str) -> dict[str, str]:
    """What the file of a batch says of the mandate, by the path below MndtRltdInf, with its sequence type."""
    root = etree.fromstring(content_of(operator, batch))
    (mandate,) = root.iter("{*}MndtRltdInf")
    found = {
        "/".join(etree.QName(part).localname for part in [*reversed(list(leaf.iterancestors())), leaf])
        .partition("MndtRltdInf/")[2]: leaf.text or ""
        for leaf in mandate.iter() if not len(leaf)
    }  # fmt: skip
    found["SeqTp"] = root.findtext(".//{*}SeqTp")
    found["IBAN"] = root.findtext(".//{*}DbtrAcct/{*}Id/{*}IBAN")
    return {name: text for name, text in found.items() if name != "DtOfSgntr"}


def debit_of(operator: Operator, batch: str) -> Debit:
    (drawn_debit,) = batch_now(operator, batch).debits.values()
    return drawn_debit.debit


USUAL_FILE = {"MndtId": "M-A0001", "IBAN": IBANS[A]}


def test_an_account_at_another_bank_is_told_once_and_begins_the_run_again(operator: Operator):
    assert told(operator, month(operator, 0)) == USUAL_FILE | {"SeqTp": "FRST"}
    before = told(operator, month(operator, 1))
    assert before == USUAL_FILE | {"SeqTp": "RCUR"}
    operator.tell(AmendMandate(mandate="M-A0001", payer_account=OTHER_BANK), today=date(2026, 3, 30))

    assert told(operator, "north-2") == before, "a file that was written stays as it is"
    assert told(operator, month(operator, 2)) == {
        "MndtId": "M-A0001", "IBAN": OTHER_BANK, "SeqTp": "FRST", "AmdmntInd": "true",
        "AmdmntInfDtls/OrgnlDbtrAgt/FinInstnId/Othr/Id": "SMNDA",
    }  # fmt: skip
    assert told(operator, month(operator, 3)) == {"MndtId": "M-A0001", "IBAN": OTHER_BANK, "SeqTp": "RCUR"}
    payers = [fact.payer_account for fact in operator.facts(f"account/{A}") if isinstance(fact, PaymentReceived)]
    assert payers == [IBANS[A], IBANS[A], OTHER_BANK, OTHER_BANK]
    assert operator.findings() == []


@pytest.mark.parametrize("version", ["pain.008.001.02", "pain.008.001.08", "pain.008.001.09", "pain.008.001.10"])
def test_everything_that_may_change_is_told_in_each_version_and_its_schema_takes_it(
    operator: Operator, version: PainVersion
):
    """The schema checks the file as it is written."""
    operator.tell(SetDebitTerms(seller="north", terms=terms(version)), today=date(2026, 1, 6))
    month(operator, 0)
    operator.tell(AmendMandate(mandate="M-A0001", payer_account=OTHER_BANK, reference="N/1"), today=date(2026, 2, 25))
    operator.tell(SetDebitTerms(seller="north", terms=terms(version, "DE51ZZZ12345678901")), today=date(2026, 2, 25))
    operator.tell(ChangeSeller(code="north", changes=SellerChanges(name="Nova")), today=date(2026, 2, 25))

    said = told(operator, month(operator, 1))
    account = "DbtrAgt/FinInstnId" if version == "pain.008.001.02" else "DbtrAcct/Id"
    assert said == {
        "MndtId": "N/1", "IBAN": OTHER_BANK, "SeqTp": "FRST", "AmdmntInd": "true",
        "AmdmntInfDtls/OrgnlMndtId": "M-A0001",
        "AmdmntInfDtls/OrgnlCdtrSchmeId/Nm": "North Cable",
        "AmdmntInfDtls/OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id": "DE98ZZZ09999999999",
        "AmdmntInfDtls/OrgnlCdtrSchmeId/Id/PrvtId/Othr/SchmeNm/Prtry": "SEPA",
        f"AmdmntInfDtls/Orgnl{account}/Othr/Id": "SMNDA",
    }  # fmt: skip
    assert told(operator, month(operator, 2)) == {"MndtId": "N/1", "IBAN": OTHER_BANK, "SeqTp": "RCUR"}


def test_a_bank_that_knows_the_mandate_takes_what_is_told_and_refuses_what_is_not(operator: Operator):
    """The account moves to another bank, then the mandate gets a reference, then the seller another creditor id."""
    bank, seen = KnownMandates(), []
    changes = (
        None, AmendMandate(mandate="M-A0001", payer_account=OTHER_BANK),
        AmendMandate(mandate="M-A0001", reference="N-1"),
        SetDebitTerms(seller="north", terms=terms("pain.008.001.02", "DE51ZZZ12345678901")),
    )  # fmt: skip
    for number, change in enumerate(changes):
        if change is not None:
            operator.tell(change, today=MONTHS[number - 1][1])
        content = content_of(operator, month(operator, number))
        untold = content.replace(b"AmdmntInd", b"AmdmntNot")
        seen.append((payers_bank_says(untold, KnownMandates(dict(bank.known))), payers_bank_says(content, bank)))

    # A bank takes a mandate that it never saw, so a new reference alone is no reason against it.
    assert seen == [("ACCP", "ACCP"), ("MD01", "ACCP"), ("ACCP", "ACCP"), ("MD02", "ACCP")]
    assert bank.known == {"N-1": Known(OTHER_BANK, "DE51ZZZ12345678901", "North Cable")}
    assert payers_bank_says(content, bank) == "ACCP", "the same file again fits"


def content_of(operator: Operator, batch: str) -> bytes:
    file = operator.application.bus.look(lambda transaction: load_collection_file(transaction, batch))
    return file_bytes(file)


def payers_bank_says(content: bytes, bank: KnownMandates) -> str:
    """What the bank says of the one debit of a file: accepted, or the reason against it."""
    (first, *_) = answers(content, Rules(0, 0, misbehaves=False), 1, bank)
    root = etree.fromstring(first.content)
    return root.findtext(".//{*}Rsn/{*}Cd") or root.findtext(".//{*}TxSts")


def terms(version: PainVersion, creditor_id: str = USUAL.creditor_id) -> DebitTerms:
    return DebitTerms(creditor_id=creditor_id, pain_version=version)


def test_what_was_rejected_or_cancelled_is_told_again_and_what_is_on_its_way_is_not(operator: Operator):
    month(operator, 0)
    operator.tell(AmendMandate(mandate="M-A0001", payer_account=SAME_BANK, payer_bank="SOGEDEFF"),
                  today=date(2026, 2, 25))  # fmt: skip
    cancelled = drawn(operator, 1)
    assert debit_of(operator, cancelled).amends == "north-1-1"
    operator.tell(CancelDebitBatch(batch=cancelled, reason="wrong day"), today=MONTHS[1][0])
    month(operator, 1, outcome="rejected")
    again = drawn(operator, 2)
    operator.tell(FreezeDebitBatch(batch=again), today=MONTHS[2][0])
    assert told(operator, again)["AmdmntInd"] == "true"

    on_its_way = drawn(operator, 3)
    assert debit_of(operator, on_its_way).amends == ""


def test_an_account_at_the_same_bank_names_the_one_before(operator: Operator):
    operator.tell(EndMandate(mandate="M-A0001", reason="a new one"), today=date(2026, 1, 6))
    sign(operator, A, "M-2", signed_on=date(2026, 1, 7), payer_bank="COBADEFFXXX")
    bank = KnownMandates()
    assert payers_bank_says(content_of(operator, with_bank(operator, "M-2", 0)), bank) == "ACCP"
    changed = AmendMandate(mandate="M-2", payer_account=SAME_BANK, payer_bank="COBADEFF512")
    operator.tell(changed, today=date(2026, 2, 25))
    assert operator.tell(changed, today=date(2026, 2, 26)).position == 0, "the same again changes nothing"
    batch = with_bank(operator, "M-2", 1)
    said = told(operator, batch)
    assert (said["SeqTp"], said["AmdmntInfDtls/OrgnlDbtrAcct/Id/IBAN"]) == ("RCUR", IBANS[A])
    content = content_of(operator, batch)
    assert payers_bank_says(content.replace(IBANS[A].encode(), OTHER_BANK.encode()), bank) == "MD02"
    assert payers_bank_says(content, bank) == "ACCP", "what was rejected is not kept"


def with_bank(operator: Operator, mandate: str, number: int) -> str:
    on, collect_on = MONTHS[number]
    operator.bill_each_due_date(on)
    command = DrawUpDebitBatch(seller="north", scheme="sepa-core", collect_on=collect_on, mandates=(mandate,))
    batch: str = operator.tell(command, today=on).result["batch"]
    send(operator, batch, on)
    answer(operator, f"{batch}-1", "collected", on=collect_on)
    return batch


def test_a_reference_is_of_one_mandate_alone_and_one_that_is_over_is_not_amended(operator: Operator):
    operator.subscriber(B)
    sign(operator, B)
    operator.tell(AmendMandate(mandate="M-A0001", reference="N-1"))
    for reference in ("N-1", "M-A0001"):
        with pytest.raises((AlreadyExists, InvalidValue)):
            operator.tell(AmendMandate(mandate=f"M-{B}", reference=reference))
    operator.tell(EndMandate(mandate=f"M-{B}", reason="moves"))
    with pytest.raises(AlreadyExists, match="another mandate"):
        sign(operator, B, "N-1", signed_on=date(2026, 1, 8))
    with pytest.raises(RuleViolation, match="is ended"):
        operator.tell(AmendMandate(mandate=f"M-{B}", payer="Anna"))
