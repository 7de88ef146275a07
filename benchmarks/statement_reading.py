"""Reading of bank statements: a CAMT.053 file of a million movements, each with its payer, references and text.

python -m benchmarks.statement_reading 100000     # for fewer movements
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from lxml import etree

from adapters.banks.statements import read_statement_file
from benchmarks.measurement import note, report

MOVEMENTS, ROUNDS = 1_000_000, 3
LEAST_MOVEMENTS_A_SECOND = 100_000
MOST_GROWTH_MB = 20
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
    "<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id>"
    "<IBAN>CZ6508000000192000145399</IBAN></Id><Ccy>CZK</Ccy></Acct>"
)
ENTRY = (
    '<Ntry><Amt Ccy="CZK">{crowns}.{hellers:02}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
    "<BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-02</Dt></ValDt><AcctSvcrRef>CZ{number:012}</AcctSvcrRef>"
    "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
    "<NtryDtls><TxDtls><Refs><EndToEndId>/VS{number:010}/SS/KS0308</EndToEndId></Refs>"
    "<RltdPties><Dbtr><Pty><Nm>Payer {number}</Nm></Pty></Dbtr>"
    "<DbtrAcct><Id><IBAN>CZ5508000000001234567899</IBAN></Id></DbtrAcct></RltdPties>"
    "<RmtInf><Ustrd>internet {number}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
)
END = "</Stmt></BkToCstmrStmt></Document>"


def main(movements: int = MOVEMENTS) -> None:
    """Measure movements a second of processor time, and how much memory reading takes."""
    with TemporaryDirectory(prefix="billing-bench-") as folder:
        few, path = Path(folder, "few.xml"), Path(folder, "statement.xml")
        _write(few, 1_000)
        _write(path, movements)
        note(f"{movements:,} movements, {path.stat().st_size:,} bytes")
        _read(few)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        first = _read(path)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1_000
        rounds = [(first, _parsed(path)), *((_read(path), _parsed(path)) for _ in range(ROUNDS - 1))]
        read, parsed = (movements / median(times) for times in zip(*rounds, strict=True))
        report("statement_movements", read, "movements/s of processor time", LEAST_MOVEMENTS_A_SECOND)
        report("statement_movements_against_bare_parsing", read, "movements/s of processor time", parsed)
        report("statement_reading_memory_after_1000_movements", grown, "MB", MOST_GROWTH_MB)


def _write(path: Path, movements: int) -> None:
    with path.open("w") as file:
        file.write(HEAD)
        for number in range(movements):
            file.write(ENTRY.format(number=number, crowns=100 + number % 9_000, hellers=number % 100))
        file.write(END)


def _read(path: Path) -> float:
    """The seconds in which all of the file becomes movements."""
    began = process_time()
    for _ in read_statement_file(path):
        pass
    return process_time() - began


def _parsed(path: Path) -> float:
    """The seconds in which lxml parses the same entries one by one, and makes nothing of them."""
    began = process_time()
    for _, entry in etree.iterparse(str(path), tag="{*}Ntry"):
        entry.clear()
        above, before = entry.getparent(), entry.getprevious()
        if above is not None and before is not None and before.tag == entry.tag:
            above.remove(before)
    return process_time() - began


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
