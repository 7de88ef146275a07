"""A bank to try direct debit against: it takes our pain.008, and answers with pain.002 and camt.054 as banks do.

    python -m adapters.banks.fake_bank S1-3.xml answers --seed 7

Which debits it rejects and returns follows from its rules and the seed, and from the mandates that it knows
(`fake_mandates`): a collection that does not fit what an earlier one said is rejected. It also misbehaves as banks do:
an answer comes twice, late (after the return of the same debit), out of order, and with an id that nobody drew.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from lxml import etree

from adapters.banks.fake_mandates import Known, KnownMandates, Named, named

REJECTED, RETURNED = ("AM04", "AC01", "AC04", "MD01", "MS03"), ("MD06", "AM04", "MS02")
PAIN002, CAMT054 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.03", "urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"

MANDATES = "mandates.json"
NONE: Mapping[str, str] = MappingProxyType({})


class Presented(NamedTuple):
    """A debit as it stands in a pain.008."""

    message: str
    group: str
    end_to_end: str
    amount: str
    currency: str
    collect_on: date
    creditor_account: str
    mandate: Named


class Rules(NamedTuple):
    """How many of a hundred debits are rejected, and returned after they were collected; reasons by id come first."""

    rejected_percent: int = 20
    returned_percent: int = 10
    rejections: Mapping[str, str] = NONE
    returns: Mapping[str, str] = NONE
    misbehaves: bool = True


class Answer(NamedTuple):
    """A file of the bank."""

    name: str
    content: bytes


def presented(content: bytes) -> list[Presented]:
    """The debits of a pain.008 of any version."""
    root = etree.fromstring(content)
    for part in root.iter():
        part.tag = etree.QName(part).localname
    message = root.findtext(".//GrpHdr/MsgId")
    return [
        Presented(
            message, group.findtext("PmtInfId"), each.findtext("PmtId/EndToEndId"), each.findtext("InstdAmt"),
            each.find("InstdAmt").get("Ccy"), date.fromisoformat(group.findtext("ReqdColltnDt")),
            group.findtext("CdtrAcct/Id/IBAN"), named(group, each),
        )
        for group in root.iter("PmtInf") for each in group.iter("DrctDbtTxInf")
    ]  # fmt: skip


def answers(content: bytes, rules: Rules, seed: int, mandates: KnownMandates | None = None) -> list[Answer]:
    """The files with which the bank answers, in the order in which they come.

    A bank that answers several files is given the same `mandates` for each, and keeps there what they say.
    """
    debits, random = presented(content), Random(seed)
    known = KnownMandates() if mandates is None else mandates
    reasons = {each.end_to_end: _reason(each, rules, random) or known.fault_of(each.mandate) for each in debits}
    rejected = {end_to_end: reason for end_to_end, reason in reasons.items() if reason}
    accepted = [each for each in debits if each.end_to_end not in rejected]
    for each in accepted:
        known.keep(each.mandate)
    returned = {each.end_to_end: reason for each in accepted if (reason := _return_reason(each, rules, random))}
    first = [(each, "RJCT", rejected[each.end_to_end]) for each in debits if each.end_to_end in rejected]
    first += [(each, "ACCP", "") for each in accepted]
    settled = [(each, "ACSC", "") for each in accepted]
    taken_back = [(each, returned[each.end_to_end]) for each in accepted if each.end_to_end in returned]
    if not rules.misbehaves:
        files = [_pain002("1-accepted", first), *([_pain002("2-settled", settled)] if settled else [])]
        return files + ([_camt054("3-returned", taken_back)] if taken_back else [])
    random.shuffle(first)
    stranger = first[0][0]._replace(end_to_end=f"{debits[0].message}-99999")
    files = [
        _pain002("1-accepted", [*first, (stranger, "RJCT", "AM04")]), _pain002("2-accepted-again", first),
        *([_pain002("4-settled-late", settled[::-1])] if settled else []), _pain002("5-accepted-at-last", first[::-1]),
    ]  # fmt: skip
    if taken_back:
        files.insert(2, _camt054("3-returned", taken_back))
        files.append(_camt054("6-returned-again", taken_back[::-1]))
    return files


def _reason(debit: Presented, rules: Rules, random: Random) -> str:
    chosen = random.choice(REJECTED) if random.randrange(100) < rules.rejected_percent else ""
    return rules.rejections.get(debit.end_to_end, chosen)


def _return_reason(debit: Presented, rules: Rules, random: Random) -> str:
    chosen = random.choice(RETURNED) if random.randrange(100) < rules.returned_percent else ""
    return rules.returns.get(debit.end_to_end, chosen)


def _pain002(name: str, statuses: Sequence[tuple[Presented, str, str]]) -> Answer:
    document = etree.Element(f"{{{PAIN002}}}Document", nsmap={None: PAIN002})
    report = _add(document, "CstmrPmtStsRpt")
    head = _add(report, "GrpHdr")
    _add(head, "MsgId", name)
    _add(head, "CreDtTm", f"{statuses[0][0].collect_on}T06:00:00")
    original = _add(report, "OrgnlGrpInfAndSts")
    _add(original, "OrgnlMsgId", statuses[0][0].message)
    _add(original, "OrgnlMsgNmId", "pain.008")
    by_group: dict[str, list[tuple[Presented, str, str]]] = {}
    for each in statuses:
        by_group.setdefault(each[0].group, []).append(each)
    for group, of_group in by_group.items():
        part = _add(report, "OrgnlPmtInfAndSts")
        _add(part, "OrgnlPmtInfId", group)
        for debit, status, reason in of_group:
            transaction = _add(part, "TxInfAndSts")
            _add(transaction, "OrgnlEndToEndId", debit.end_to_end)
            _add(transaction, "TxSts", status)
            if reason:
                _add(_add(_add(transaction, "StsRsnInf"), "Rsn"), "Cd", reason)
    return Answer(f"{name}.xml", _bytes(document))


def _camt054(name: str, returned: Sequence[tuple[Presented, str]]) -> Answer:
    """A notification with one entry for each return, two days after its collection."""
    document = etree.Element(f"{{{CAMT054}}}Document", nsmap={None: CAMT054})
    message = _add(document, "BkToCstmrDbtCdtNtfctn")
    head = _add(message, "GrpHdr")
    on = returned[0][0].collect_on + timedelta(days=2)
    _add(head, "MsgId", name)
    _add(head, "CreDtTm", f"{on}T06:00:00")
    notification = _add(message, "Ntfctn")
    _add(notification, "Id", name)
    _add(notification, "CreDtTm", f"{on}T06:00:00")
    account = _add(notification, "Acct")
    _add(_add(account, "Id"), "IBAN", returned[0][0].creditor_account)
    _add(account, "Ccy", returned[0][0].currency)
    for debit, reason in returned:
        entry = _add(notification, "Ntry")
        _add(entry, "Amt", debit.amount).set("Ccy", debit.currency)
        _add(entry, "CdtDbtInd", "DBIT")
        _add(entry, "Sts", "BOOK")
        _add(_add(entry, "BookgDt"), "Dt", str(on))
        _add(_add(entry, "ValDt"), "Dt", str(on))
        code = _add(_add(entry, "BkTxCd"), "Domn")
        _add(code, "Cd", "PMNT")
        family = _add(code, "Fmly")
        _add(family, "Cd", "IDDT")
        _add(family, "SubFmlyCd", "UPDD")
        details = _add(_add(entry, "NtryDtls"), "TxDtls")
        _add(_add(details, "Refs"), "EndToEndId", debit.end_to_end)
        _add(_add(_add(details, "RtrInf"), "Rsn"), "Cd", reason)
    return Answer(f"{name}.xml", _bytes(document))


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    child = etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, name))
    child.text = text or None
    return child


def _bytes(document: etree._Element) -> bytes:
    content: bytes = etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return content


def main() -> None:
    """Answer a file from the command line."""
    parser = argparse.ArgumentParser(description="Answer a pain.008 as a bank would.")
    parser.add_argument("file", type=Path, help="The pain.008.")
    parser.add_argument("answers", type=Path, help="The folder for the answers.")
    parser.add_argument("--seed", type=int, default=1, help="Another number gives other answers.")
    parser.add_argument("--rejected", type=int, default=20, help="How many of a hundred debits are rejected.")
    parser.add_argument("--returned", type=int, default=10, help="How many of a hundred debits are returned.")
    parser.add_argument("--well-behaved", action="store_true", help="Each answer once and in order.")
    asked = parser.parse_args()
    asked.answers.mkdir(parents=True, exist_ok=True)
    rules = Rules(asked.rejected, asked.returned, misbehaves=not asked.well_behaved)
    mandates = _read_mandates(asked.answers)
    for answer in answers(asked.file.read_bytes(), rules, asked.seed, mandates):
        (asked.answers / answer.name).write_bytes(answer.content)
    (asked.answers / MANDATES).write_bytes(msgspec.json.encode(mandates.known))


def _read_mandates(folder: Path) -> KnownMandates:
    """What the files before it said of mandates."""
    file = folder / MANDATES
    return KnownMandates(msgspec.json.decode(file.read_bytes(), type=dict[str, Known]) if file.exists() else {})


if __name__ == "__main__":
    main()
