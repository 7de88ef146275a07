"""To which ticket a mail belongs: what only we can have made proves it, a subject does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.work.mail_tickets import (
    TicketNamed,
    address_of_ticket,
    is_made_here,
    message_id,
    plain_address,
    subject_of,
    ticket_named,
    token_of,
)

KEY = b"the key of this house"
TICKET = "T-1251"
PROVED, ONLY_NAMED = TicketNamed(TICKET, True), TicketNamed(TICKET, False)
HELP = "help@isp.test"


def test_a_mail_that_leaves_carries_its_ticket_with_a_token():
    token = token_of(KEY, TICKET)

    assert len(token) == 16 and token == token.lower()
    assert message_id(KEY, TICKET, 88123, "isp.test") == f"<t-1251.88123.{token}@isp.test>"
    assert address_of_ticket(KEY, TICKET, HELP) == f"help+t-1251.{token}@isp.test"
    assert (
        subject_of(TICKET, "Re: [t-1251] Re: [T-7] No\r\nBcc: all@x.test")
        == "[T-1251] Re: Re: [T-7] No Bcc: all@x.test"
    )


@given(st.integers(1, 10**12 - 1), st.integers(0, 10**18), st.binary(min_size=1), st.booleans())
def test_what_leaves_is_known_again_whatever_the_case_and_by_no_other_key(
    number: int, message: int, key: bytes, is_upper: bool
):
    ticket = f"T-{number}"
    address, answered = address_of_ticket(key, ticket, HELP), message_id(key, ticket, message, "isp.test")
    if is_upper:
        address, answered = address.upper(), answered.upper()

    assert ticket_named(key, [address], [], "") == TicketNamed(ticket, True)
    assert ticket_named(key, [], [answered], "") == TicketNamed(ticket, True)
    assert is_made_here(key, answered)
    assert ticket_named(key + b"!", [address], [answered], "") is None
    assert not is_made_here(key + b"!", answered)


def test_a_token_proves_its_own_ticket_only_and_nothing_else_does():
    token = token_of(KEY, "T-1250")

    assert ticket_named(KEY, [f"help+t-1251.{token}@isp.test"], [f"<t-1251.1.{token}@isp.test>"], "") is None
    assert ticket_named(KEY, ["help+t-1251@isp.test", "t-1251"], ["<t-1251.1@isp.test>", "<1@x.test>"], "") is None


@pytest.mark.parametrize(
    ("subject", "named"),
    [
        ("Re: [T-1251] No connection", ONLY_NAMED), ("AW: [t-1251]", ONLY_NAMED), ("T-1251", None), ("[T-]", None),
        ("[T-1251", None), ("[T-1234567890123]", None), ("", None),
    ],
)  # fmt: skip
def test_a_subject_names_a_ticket_without_proof(subject: str, named: TicketNamed | None):
    assert ticket_named(KEY, [HELP], [], subject) == named


def test_a_proof_comes_before_a_subject():
    address = address_of_ticket(KEY, TICKET, HELP)

    assert ticket_named(KEY, [address], [], "[T-7] another one") == PROVED


def test_a_plain_address_has_small_letters_and_no_plus():
    assert plain_address(" Help+T-1251.abc@ISP.test") == HELP
