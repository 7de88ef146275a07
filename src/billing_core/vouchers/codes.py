"""The code of a voucher: how it is made, read as a person types it, and kept.

16 symbols of Crockford's base 32, in groups of four: 15 that are drawn by chance, 75 bits, and one that proves them by
the algorithm of Luhn for 32 symbols. `O` is read as 0, `I` and `L` as 1, and spaces and hyphens do not count:

    drawn     0123456789ABCDE        check symbol Z
    printed   0123-4567-89AB-CDEZ    the same as  o123 4567 89ab cdez

A slip of one symbol, and nearly every swap of neighbours, is seen by the check symbol, so it is no try of another's
code. Only a hash is kept: with 75 bits nobody finds the code of a hash by trying, so it needs no key.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from billing_core.kernel.errors import InvalidValue

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN_SYMBOLS = 15
BITS_PER_SYMBOL = 5
RANDOM_BYTES = 10
AS_READ = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


def code_of(random: bytes) -> str:
    """The printed code of ten bytes that were drawn by chance; the last five bits are not used."""
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"a code is made of {RANDOM_BYTES} bytes")
    number = int.from_bytes(random, "big") >> (8 * RANDOM_BYTES - BITS_PER_SYMBOL * DRAWN_SYMBOLS)
    drawn = [number >> BITS_PER_SYMBOL * place & 31 for place in reversed(range(DRAWN_SYMBOLS))]
    symbols = "".join(SYMBOLS[value] for value in [*drawn, _check_value(drawn)])
    return "-".join(symbols[at : at + 4] for at in range(0, len(symbols), 4))


def read_code(typed: str) -> str:
    """The symbols of a code as somebody typed it; `InvalidValue` if it cannot be one."""
    symbols = typed.upper().translate(AS_READ)
    if len(symbols) != DRAWN_SYMBOLS + 1 or any(symbol not in SYMBOLS for symbol in symbols):
        raise InvalidValue("has 16 letters and digits, as 0123-4567-89AB-CDEZ", field="code", value=_masked(symbols))
    values = [SYMBOLS.index(symbol) for symbol in symbols]
    if _check_value(values[:-1]) != values[-1]:
        raise InvalidValue("is mistyped: its last symbol does not fit the others; read it again", field="code",
                           value=_masked(symbols))  # fmt: skip
    return symbols


def hash_of(symbols: str) -> str:
    """What is kept of a code."""
    return sha256(symbols.encode()).hexdigest()


def _check_value(values: Sequence[int]) -> int:
    """The symbol that makes the sum of Luhn a multiple of 32: every second value counts double, from the last one."""
    sum_of_values = 0
    for place, value in enumerate(reversed(values)):
        doubled = value * (2 if place % 2 == 0 else 1)
        sum_of_values += doubled // 32 + doubled % 32
    return -sum_of_values % 32


def _masked(symbols: str) -> str:
    """Enough for a person to know which code is meant, too little to be used."""
    return f"{symbols[:4]}-..." if len(symbols) > 4 else "..."
