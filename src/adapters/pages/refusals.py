"""What the rules refuse, as a page says it: without the advice for who works with the command line.

    no such customer; such and such a command lists them        no such customer
    is far ahead; if it is meant, confirm it with ...           is far ahead

The page itself asks if something unusual is meant.
"""

from __future__ import annotations

import re

from billing_core.confirmation import ADVICE
from billing_core.kernel.errors import BillingError

COMMAND = "`[^`]+`"
FOR_THE_COMMAND_LINE = re.compile(rf"; {COMMAND} lists (them|those that do)$|{re.escape(ADVICE)}$")


def message_of(error: BillingError) -> str:
    """What is wrong, without the field and its value."""
    return FOR_THE_COMMAND_LINE.sub("", error.message)


def said_of(error: Exception) -> str:
    """What is wrong with which value of which field."""
    return FOR_THE_COMMAND_LINE.sub("", str(error))
