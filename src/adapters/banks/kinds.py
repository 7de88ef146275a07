"""What a bank's code says that a movement is: codes of ISO 20022, of SWIFT and of German banks.

A code that is not listed says nothing, `unknown`; a text never decides.
"""

from __future__ import annotations

from functools import lru_cache

from billing_core.bank_statements.statement import MovementKind

# Subfamilies of ISO 20022 that say the kind whatever their family: returns, fees, interest.
BY_SUBFAMILY: dict[str, MovementKind] = {
    **dict.fromkeys(("RRTN", "RPCR", "ARET", "UPDD", "PRDD", "RCDD", "UPCT", "UPCQ", "RVRS"), "return"),
    **dict.fromkeys(("CHRG", "FEES", "COMM", "COME", "COMI", "COMT", "ADJT"), "fee"),
    **dict.fromkeys(("INTR", "INTP"), "interest"),
    **dict.fromkeys(("CDPT", "CWDL", "BCDP", "BCWD", "FCDP", "FCWD", "MSCD"), "cash"),
}
BY_FAMILY: dict[str, MovementKind] = {
    **dict.fromkeys(("RCDT", "ICDT", "RRCT", "IRCT"), "payment"),
    **dict.fromkeys(("RDDT", "IDDT"), "direct-debit"),
    **dict.fromkeys(("CCRD", "MCRD"), "card"),
    "CNTR": "cash",
}
# Types of SWIFT's field 61, without the letter before them.
BY_SWIFT_TYPE: dict[str, MovementKind] = {
    **dict.fromkeys(("TRF", "STO", "CLR", "BOE", "COL"), "payment"),
    **dict.fromkeys(("CHG", "COM"), "fee"),
    "INT": "interest",
    "DDT": "direct-debit",
    "RTI": "return",
}
# Transaction codes of German banks (GVC), as MT940 has them before the details and CAMT among its own codes.
BY_GERMAN_CODE: dict[str, MovementKind] = {
    **dict.fromkeys(("051", "052", "152", "153", "154", "166", "168", "169", "116", "117", "118", "119"), "payment"),
    **dict.fromkeys(("020", "191", "201", "202"), "payment"),
    **dict.fromkeys(("004", "005", "104", "105", "106", "107", "110", "171", "174", "192"), "direct-debit"),
    **dict.fromkeys(("009", "059", "108", "109", "111", "159", "181", "182", "183", "184"), "return"),
    **dict.fromkeys(("805", "807", "808", "809"), "fee"),
    **dict.fromkeys(("813", "814"), "interest"),
    **dict.fromkeys(("082", "083"), "cash"),
}


@lru_cache(maxsize=1_024)
def kind_by_iso(domain: str, family: str, subfamily: str, own_code: str) -> MovementKind:
    """The kind by a code of ISO 20022, else by the bank's own one: `NTRF+166+9310`, `NDDT`, `105`."""
    kind = BY_SUBFAMILY.get(subfamily) or (BY_FAMILY.get(family) if domain == "PMNT" else None)
    if kind is not None:
        return kind
    first, _, rest = own_code.partition("+")
    return kind_by_swift(first, rest[:3])


def kind_by_swift(code: str, german: str = "") -> MovementKind:
    """The kind by a type of field 61, `NTRF`; a German code that comes with it says it better unless it is a return."""
    by_type = BY_SWIFT_TYPE.get(code[1:4] if len(code) == 4 else "", "unknown")
    return by_type if by_type == "return" else BY_GERMAN_CODE.get(german, by_type)
