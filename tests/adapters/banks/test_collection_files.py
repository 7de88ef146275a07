"""Files to banks and to the post, byte by byte, and read again as they were written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapters.banks.abo_orders import AboItem, abo_bytes, read_abo
from adapters.banks.collection_files import CollectionFile, FileDebit
from adapters.banks.fake_bank import Rules, answers, presented
from adapters.banks.pain002 import read_pain002
from adapters.banks.pain008 import pain008_bytes
from adapters.banks.sipo import (
    SipoAnswer,
    SipoChange,
    change_line,
    changes_bytes,
    cover_bytes,
    is_sipo_answer,
    read_answers,
    read_change,
)
from billing_core.direct_debit.schemes import Scheme
from billing_core.direct_debit.terms import PAIN_VERSIONS, DebitTerms, PainVersion
from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.kernel.money import Money
from billing_core.parties.details import Address
from billing_core.parties.sellers import Seller

FROZEN_ON, COLLECT_ON = date(2026, 3, 10), date(2026, 3, 25)
SELLER = Seller(
    code="S1", name="Alfa", address=Address(street="Main Street", house_number="7", city="Berlin", country="DE"),
    time_zone="UTC", series={}, iban="DE02120300000000202051", bic="BYLADEM1001",
)  # fmt: skip
TERMS = DebitTerms(
    creditor_id="DE98ZZZ09999999999", domestic_account="2900123458/2010", sipo_recipient="123456", sipo_fee_code="101"
)  # fmt: skip


def debit(number: int = 1, **details: object) -> FileDebit:
    fields = {
        "end_to_end": f"S1-3-{number}", "number": number, "mandate": f"M-{number}", "signed_on": date(2026, 1, 5),
        "sequence": "RCUR", "amount": Money(Decimal("350.00"), "EUR"), "payer": "Änn Ozoliņa",
        "payer_account": "DE89370400440532013000", "text": f"S1-3-{number}",
    } | details  # fmt: skip
    return FileDebit(**fields)  # type: ignore[arg-type]


def file(scheme: Scheme, *debits: FileDebit, version: PainVersion = "pain.008.001.02") -> CollectionFile:
    terms = msgspec.structs.replace(TERMS, pain_version=version)
    return CollectionFile(
        batch="S1-3", number=3, scheme=scheme, frozen_on=FROZEN_ON, collect_on=COLLECT_ON, seller=SELLER, terms=terms,
        debits=debits,
    )  # fmt: skip


def crowns(amount: str) -> Money:
    return Money(Decimal(amount), "CZK")


# --- pain.008


@pytest.mark.parametrize("version", PAIN_VERSIONS)
def test_a_pain008_is_valid_in_each_version_and_tells_what_was_drawn(version: PainVersion):
    made = file("sepa-b2b", debit(1, sequence="FRST"), debit(2, payer_bank="COBADEFFXXX"), debit(3), version=version)
    content = pain008_bytes(made)
    assert pain008_bytes(made) == content, "the same batch is the same file"
    text = content.decode()
    assert f"urn:iso:std:iso:20022:tech:xsd:{version}" in text
    for expected in (
        "<MsgId>S1-3</MsgId>", "<CreDtTm>2026-03-10T00:00:00</CreDtTm>", "<PmtInfId>S1-3-FRST</PmtInfId>",
        "<PmtInfId>S1-3-RCUR</PmtInfId>", "<Cd>B2B</Cd>", "<CtrlSum>1050.00</CtrlSum>", "<NbOfTxs>3</NbOfTxs>",
        '<InstdAmt Ccy="EUR">350.00</InstdAmt>', "<DtOfSgntr>2026-01-05</DtOfSgntr>", "<TwnNm>Berlin</TwnNm>",
        "<Nm>Ann Ozolina</Nm>", "<ReqdColltnDt>2026-03-25</ReqdColltnDt>",
    ):  # fmt: skip
        assert expected in text
    assert "AdrLine" not in text
    assert [each.end_to_end for each in presented(content)] == ["S1-3-1", "S1-3-2", "S1-3-3"]


def test_an_old_version_needs_the_bic_of_the_seller():
    no_bic = msgspec.structs.replace(SELLER, bic=None)
    with pytest.raises(RuleViolation, match="needs the BIC"):
        pain008_bytes(msgspec.structs.replace(file("sepa-core", debit()), seller=no_bic))
    newer = file("sepa-core", debit(), version="pain.008.001.08")
    assert b"NOTPROVIDED" in pain008_bytes(msgspec.structs.replace(newer, seller=no_bic))


# --- the bank's answers


def test_a_bank_that_behaves_accepts_rejects_and_settles_each_debit_once(tmp_path: Path):
    content = pain008_bytes(file("sepa-core", *(debit(number) for number in range(1, 5))))
    rules = Rules(0, 0, rejections={"S1-3-2": "AM04"}, returns={"S1-3-3": "MD06"}, misbehaves=False)
    accepted, settled, returned = answers(content, rules, seed=1)
    path = tmp_path / accepted.name
    path.write_bytes(accepted.content)
    lines = read_pain002(path)
    assert [(line.end_to_end, line.status, line.reason) for line in lines] == [
        ("S1-3-2", "RJCT", "AM04"), ("S1-3-1", "ACCP", ""), ("S1-3-3", "ACCP", ""), ("S1-3-4", "ACCP", ""),
    ]  # fmt: skip
    assert {line.message for line in lines} == {"S1-3"}
    path.write_bytes(settled.content)
    assert [line.status for line in read_pain002(path)] == ["ACSC"] * 3
    root = etree.fromstring(returned.content)
    assert root.findtext(".//{*}EndToEndId") == "S1-3-3"
    assert root.findtext(".//{*}RtrInf/{*}Rsn/{*}Cd") == "MD06"


def test_a_report_on_the_whole_file_or_a_group_names_no_debit(tmp_path: Path):
    whole = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
      <OrgnlGrpInfAndSts><OrgnlMsgId>S1-3</OrgnlMsgId><GrpSts>RJCT</GrpSts>
        <StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf></OrgnlGrpInfAndSts>{}</CstmrPmtStsRpt></Document>"""
    group = """<OrgnlPmtInfAndSts><OrgnlPmtInfId>S1-3-FRST</OrgnlPmtInfId><PmtInfSts>ACCP</PmtInfSts>
      </OrgnlPmtInfAndSts>"""
    path = tmp_path / "status.xml"
    path.write_text(whole.format(""))
    (line,) = read_pain002(path)
    assert (line.message, line.group, line.end_to_end, line.status, line.reason) == ("S1-3", "", "", "RJCT", "FF01")
    path.write_text(whole.format(group))
    (line,) = read_pain002(path)
    assert (line.group, line.status) == ("S1-3-FRST", "ACCP")


@pytest.mark.parametrize("content", ["no xml", "<a/>", "<CstmrPmtStsRpt/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_what_is_no_report_is_refused(content: str, tmp_path: Path):
    path = tmp_path / "status.xml"
    path.write_text(content)
    with pytest.raises(InvalidValue):
        read_pain002(path)


# --- Czech collection orders

ABO = (
    b"UHL1100326Alfa                0000000000001999000000000000\r\n"
    b"1 1502 003000 2010\r\n"
    b"2 2900123458 70050 250326\r\n"
    b"34278-727558021 35000 0000300001 01000000 0 AV:S1-3-1\r\n"
    b"19-2000145399 35050 0000300002 08000000 0 AV:\x8elut\xfd k\xf9\xf2\r\n"
    b"3 +\r\n"
    b"5 +\r\n"
)


def test_a_collection_order_byte_by_byte():
    made = file(
        "czech-collection", debit(1, amount=crowns("350.00"), payer_account="34278-727558021/0100"),
        debit(2, amount=crowns("350.50"), payer_account="19-2000145399/0800", text="Žlutý kůň"),
    )  # fmt: skip
    assert abo_bytes(made) == ABO


def test_an_order_whose_sum_is_wrong_or_that_breaks_off_is_refused():
    for broken in (ABO.replace(b" 70050 ", b" 70051 "), ABO[: len(ABO) // 2], b"", ABO.replace(b"1502", b"1501")):
        with pytest.raises(InvalidValue):
            read_abo(broken)


texts = st.text(st.characters(codec="cp1250", categories=("L", "N")), max_size=35)
accounts = st.tuples(
    st.integers(0, 999_999), st.integers(10, 9_999_999_999), st.integers(0, 9_999)
).map(lambda parts: (f"{parts[0]}-" if parts[0] else "") + f"{parts[1]}/{parts[2]:04d}")  # fmt: skip
items = st.tuples(accounts, st.integers(1, 10**9), texts)


@given(st.lists(items, min_size=1, max_size=5))
def test_an_order_is_read_as_it_was_written(drawn: list[tuple[str, int, str]]):
    debits = [
        debit(number, payer_account=account, amount=Money(Decimal(hellers).scaleb(-2), "CZK"), text=text)
        for number, (account, hellers, text) in enumerate(drawn, start=1)
    ]
    expected = [
        AboItem(account=account, hellers=hellers, variable_symbol=f"00003{number:05d}", text=text)
        for number, (account, hellers, text) in enumerate(drawn, start=1)
    ]
    assert read_abo(abo_bytes(file("czech-collection", *debits))) == expected


# --- SIPO

CHANGE = b"  03202601234567897123456      101   350.00   349.00S1-3-1            \r\n"


def sipo_debit(**details: object) -> FileDebit:
    fields = {"amount": crowns("350.00"), "amount_before": crowns("349.00"), "payer_account": "1234567897"} | details
    return debit(1, **fields)


def test_changes_and_their_cover_byte_by_byte():
    made = file("sipo", sipo_debit())
    assert changes_bytes(made) == CHANGE
    assert len(CHANGE) == 72
    assert cover_bytes(made) == b"1234560320260000000110032026\r\n"


def test_hellers_do_not_go_to_the_post():
    with pytest.raises(InvalidValue, match="whole crowns"):
        changes_bytes(file("sipo", sipo_debit(amount=crowns("349.50"))))


def test_paid_rejected_and_unpaid_sums():
    paid = b"1234561234567897032026101   350.0025.03.2026\r\n"
    rejected = CHANGE.rstrip(b"\r\n") + b"DH\r\n"
    assert is_sipo_answer(paid.decode())
    assert is_sipo_answer(rejected.decode())
    assert not is_sipo_answer("<?xml version='1.0'?>")
    common = {"number": "1234567897", "period": "032026", "fee_code": "101", "amount": Decimal("350.00")}
    assert list(read_answers(paid)) == [SipoAnswer(line=1, paid_on=COLLECT_ON, **common)]  # type: ignore[arg-type]
    assert list(read_answers(rejected)) == [SipoAnswer(line=1, rejected="DH", **common)]  # type: ignore[arg-type]
    assert list(read_answers(paid, is_unpaid=True)) == [SipoAnswer(line=1, **common)]  # type: ignore[arg-type]


def test_a_bad_record_is_an_error_and_the_others_go_on():
    good = b"1234561234567897032026101   350.0025.03.2026\r\n"
    found = list(read_answers(good + b"123456\r\n" + good.replace(b"25.03", b"35.03") + CHANGE + good))
    assert [isinstance(each, BillingError) for each in found] == [False, True, True, True, False]
    assert [each.field for each in found if isinstance(each, BillingError)] == ["line 2", "line 3", "line 4"]


whole_crowns = st.integers(0, 999_999).map(lambda amount: Decimal(amount).quantize(Decimal("0.01")))


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.text("0123456789", min_size=10, max_size=10), whole_crowns,
    whole_crowns, st.text("ABCxyz-09", max_size=18),
)  # fmt: skip
def test_a_change_is_read_as_it_was_written(on: date, number: str, amount: Decimal, before: Decimal, text: str):
    change = SipoChange(period=f"{on:%m%Y}", kind="0", number=number, recipient="123456", fee_code="101",
                        amount=amount, amount_before=before, text=text)  # fmt: skip
    line = change_line(change)
    assert len(line) == 70
    assert read_change(line) == change
