"""Of an answer what its writer wrote is kept, whatever program and language the quoted mail below it is written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.work.mail_texts import CUT, MOST_LETTERS, answer_in, line_above_answer

LINE = line_above_answer("T-1251")
ANSWER = "It is down again.\n\nJana"

QUOTED = {
    "Gmail, Czech": f"\n\nDne po 2. 3. 2026 v 9:41 odesílatel Help <help@isp.test>\nnapsal:\n\n> {LINE}\n> Done.\n",
    "Thunderbird, English": f"\n\nOn 3/2/26 09:41, Help wrote:\n> {LINE}\n>\n> We mended it.\n",
    "Apple Mail, Bulgarian": f"\n\n> On 2.03.2026 г., at 9:41, Help <help@isp.test> написа:\n> \n> {LINE}\n",
    "Outlook": f"\n\n________________________________\nFrom: Help <help@isp.test>\nSent: Monday, March 2, 2026 9:41\n"
               f"To: Jana\nSubject: [T-1251] No connection\n\n{LINE}\nWe mended it.\n",
    "Outlook, German": f"\n\nVon: Help <help@isp.test>\nGesendet: Montag, 2. März 2026 9:41\nAn: Jana\n\n{LINE}\nx\n",
    "a program that writes nothing above": f"\n\n{LINE}\nWe mended it.",
    "without our line": "\n\nOn 3/2/26 09:41, Help wrote:\n> We mended it.\n> Help\n",
    "no quoted mail": "\n",
}  # fmt: skip


@pytest.mark.parametrize("quoted", QUOTED.values(), ids=QUOTED)
def test_the_answer_is_kept_and_the_quoted_mail_is_not(quoted: str):
    assert answer_in(ANSWER + quoted) == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "> Did you restart it?\nYes.\n> And the cable?\nIt is in.",  # Answers between what is quoted.
        "Router: TP-Link\nSerial: 17",
        "I am at home until 10:30, so please come then:",
        f"> {LINE}\n> Did you restart it?\nYes.",  # Nothing above our line: the whole is kept.
        "",
    ],
)
def test_a_text_that_only_looks_like_a_quoted_mail_is_kept_whole(text: str):
    assert answer_in(text) == text


def test_lines_above_a_quoted_mail_that_are_no_headers_of_it_are_kept():
    text = f"Router: TP-Link\nSerial: 17\n\nOn 3/2/26 09:41, Help wrote:\n> {LINE}"

    assert answer_in(text) == "Router: TP-Link\nSerial: 17"


@given(st.text(st.sampled_from("a >:\n-[T1]@"), max_size=200))
def test_something_is_left_of_every_text_and_nothing_is_added(text: str):
    answer = answer_in(text)

    assert bool(answer) == bool(text.strip())
    assert answer.replace("\n", "") in "".join(line.rstrip() for line in text.splitlines())


def test_a_long_text_is_cut_and_says_so():
    assert answer_in("a" * (MOST_LETTERS + 1)) == "a" * MOST_LETTERS + f"\n{CUT}"
