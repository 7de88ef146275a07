"""Read pain.002, the bank's report on a pain.008 (ISO 20022, any version): what it says of each debit.

A status stands for the whole file, for a payment group or for one debit; the one nearest to the debit counts. A file
that is accepted or rejected as a whole names no debit, so the answer is for all debits of the batch or group:

    OrgnlMsgId S1-3, GrpSts RJCT, no debit named     all of S1-3 are rejected
    OrgnlPmtInfId S1-3-FRST, PmtInfSts ACCP          all FRST debits of S1-3 are accepted
    OrgnlEndToEndId S1-3-17, TxSts RJCT, AM04        debit S1-3-17 is rejected
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from billing_core.kernel.errors import InvalidValue

ROOTS = ("CstmrPmtStsRpt", "pain.002.001.02", "pain.002.001.01")


class StatusLine(msgspec.Struct, frozen=True, kw_only=True):
    """A status of a report: of a debit if `end_to_end` is named, else of a group, else of a whole file."""

    line: int
    message: str
    group: str = ""
    end_to_end: str = ""
    status: str
    reason: str = ""


def read_pain002(path: Path) -> list[StatusLine]:
    """The statuses of a report in its order; what is no pain.002 is refused with the line on which it breaks off."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.parse(str(path), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise InvalidValue(f"is no XML: {error.msg}", field=path.name, value=f"line {error.lineno}") from None
    for part in root.iter():
        if isinstance(part.tag, str):
            part.tag = etree.QName(part).localname
    report = next((part for part in root.iter(*ROOTS)), None)
    if report is None:
        raise InvalidValue("is no pain.002: it has no CstmrPmtStsRpt", field=path.name, value=root.tag)
    return list(_lines(report, path.name))


def _lines(report: Any, name: str) -> Iterator[StatusLine]:
    head = report.find("OrgnlGrpInfAndSts")
    message = "" if head is None else head.findtext("OrgnlMsgId", "").strip()
    if not message:
        raise InvalidValue("names no original message, so nothing says what it answers", field=name,
                           value="OrgnlMsgId")  # fmt: skip
    named = False
    for group in report.iterfind("OrgnlPmtInfAndSts"):
        group_id = group.findtext("OrgnlPmtInfId", "").strip()
        transactions = group.findall("TxInfAndSts")
        status = group.findtext("PmtInfSts", "").strip()
        if status and not transactions:
            named = True
            yield StatusLine(line=group.sourceline, message=message, group=group_id, status=status,
                             reason=_reason(group))  # fmt: skip
        for each in transactions:
            named = True
            yield StatusLine(
                line=each.sourceline, message=message, group=group_id, reason=_reason(each) or _reason(group),
                end_to_end=each.findtext("OrgnlEndToEndId", "").strip(),
                status=each.findtext("TxSts", "").strip() or status,
            )  # fmt: skip
    status = head.findtext("GrpSts", "").strip()
    if status and not named:
        yield StatusLine(line=head.sourceline, message=message, status=status, reason=_reason(head))


def _reason(part: Any) -> str:
    return str(part.findtext("StsRsnInf/Rsn/Cd") or part.findtext("StsRsnInf/Rsn/Prtry") or "").strip()
