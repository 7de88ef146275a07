"""Protocols of kiosks: messages with checksums worked out by hashlib alone, and answers byte for byte."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from adapters.kiosks import PROTOCOLS, telcell
from adapters.kiosks.epay import wrapped
from adapters.kiosks.messages import Asked, Connected, Found, Incoming, Refused, masked
from billing_core.kernel.money import Money
from billing_core.kiosks.connections import KioskCurrency, KioskTerms, Protocol
from tests.projections.kiosk_books import terms_of

SECRET = "3EA1ABD845C3D684"
NOW = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
EUR = (KioskCurrency(from_on=date(2026, 1, 1), currency="EUR"),)
AMD = (KioskCurrency(from_on=date(2020, 1, 1), currency="AMD"),)
# Up to the end of 2025 stotinki, then cents.
BULGARIA = (KioskCurrency(from_on=date(2020, 1, 1), currency="BGN"), *EUR)


def connected(protocol: Protocol, **terms: object) -> Connected:
    return Connected(terms_of(protocol, **terms), (SECRET,), date(2026, 3, 2))


def came(fields: Mapping[str, str], path: str = "", body: bytes = b"", **headers: str) -> Incoming:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Incoming(path, fields, body, named, "198.51.100.7", NOW)


def read(protocol: Protocol, incoming: Incoming, **terms: object) -> Asked:
    return PROTOCOLS[protocol].read(incoming, connected(protocol, **terms))


def refused(protocol: Protocol, incoming: Incoming, **terms: object) -> tuple[str, str]:
    with pytest.raises(Refused) as raised:
        read(protocol, incoming, **terms)
    return raised.value.verdict, raised.value.reason


def answered(protocol: Protocol, incoming: Incoming, asked: Asked, found: Found) -> bytes:
    return PROTOCOLS[protocol].answer(incoming, asked, found, connected(protocol)).body


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(Decimal(amount), currency)


# --- OSMP

BASIC = "Basic " + base64.b64encode(f"merchant:{SECRET}".encode()).decode()
PAY = {"command": "pay", "txn_id": "17", "txn_date": "20260302101500", "account": "1001", "sum": "12.50"}


def test_osmp_reads_a_payment():
    asked = read("osmp", came(PAY, authorization=BASIC))

    assert asked == Asked("pay", "17", "1001", money("12.50"), date(2026, 3, 2))


def test_osmp_answers_in_its_own_xml():
    asked = Asked("pay", "17", "1001", money("12.50"))

    assert answered("osmp", came(PAY), asked, Found("ok", "482000000000000017")) == (
        b"<?xml version='1.0' encoding='UTF-8'?>\n<response><osmp_txn_id>17</osmp_txn_id>"
        b"<prv_txn>482000000000000017</prv_txn><sum>12.50</sum><result>0</result></response>"
    )


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"sum": "12.505"}, "malformed"),
        ({"sum": "-1"}, "malformed"),
        ({"sum": "1e3"}, "malformed"),
        ({"account": " "}, "malformed-payer"),
        ({"txn_date": "2026-03-02"}, "malformed"),
        ({"txn_id": "1;DROP"}, "malformed"),
        ({"command": "delete"}, "malformed"),
    ],
)
def test_osmp_refuses_what_it_cannot_read(changed: dict[str, str], verdict: str):
    assert refused("osmp", came(PAY | changed, authorization=BASIC))[0] == verdict


@pytest.mark.parametrize("given", ["", "Basic !", "Basic " + base64.b64encode(b"merchant:wrong").decode(), "Bearer x"])
def test_osmp_asks_who_does_not_sign_in_rightly_to_sign_in(given: str):
    assert refused("osmp", came(PAY, authorization=given)) == ("forged", "user or password is wrong")
    reply = PROTOCOLS["osmp"].answer(came(PAY), Asked("pay", "17"), Found("forged"), connected("osmp"))
    assert (reply.status, dict(reply.headers)) == (401, {"WWW-Authenticate": 'Basic realm="kiosk"'})
    assert b"<result>8</result>" in reply.body


def test_osmp_takes_back_the_payment_that_a_cancellation_names():
    cancel = {"command": "cancel", "txn_id": "18", "cancel_txn_id": "17"}

    assert read("osmp", came(cancel, authorization=BASIC)) == Asked("cancel", "17", cancellation="18")


RESULTS = {"ok": 0, "try-later": 1, "malformed-payer": 4, "unknown-payer": 5, "refused": 7, "not-allowed": 8,
           "not-finished": 90, "too-small": 241, "too-large": 242, "known": 300}  # fmt: skip


@pytest.mark.parametrize(("verdict", "result"), RESULTS.items())
def test_osmp_has_a_number_for_each_verdict(verdict: str, result: int):
    body = answered("osmp", came(PAY), Asked("pay", "17"), Found(verdict))  # type: ignore[arg-type]
    assert f"<result>{result}</result>".encode() in body


# --- ePay.bg

TID = "20260302101500" + "000017" + "000001"
CONFIRM = {"IDN": "1001", "MERCHANTID": "0000334", "TYPE": "BILLING", "TID": TID, "DATE": "20260302101501",
           "TOTAL": "1250"}  # fmt: skip


def signed_by_epay(fields: Mapping[str, str]) -> dict[str, str]:
    """The parameters in the order of their keys, each as key, value and a newline."""
    order = ["DATE", "IDN", "MERCHANTID", "TID", "TOTAL", "TYPE"]
    lines = "".join(f"{name}{fields[name]}\n" for name in order if name in fields)
    return {**fields, "CHECKSUM": hmac.new(SECRET.encode(), lines.encode(), hashlib.sha1).hexdigest()}


def test_epay_reads_a_confirmation_in_cents():
    asked = read("epay", came(signed_by_epay(CONFIRM), "pay/confirm"), user="0000334")

    assert asked == Asked("pay", TID, "1001", money("12.50"), date(2026, 3, 2))


def test_epay_reads_stotinki_in_a_payment_of_the_year_before():
    before = CONFIRM | {"TID": "20251231235959" + "000017" + "000001"}

    asked = read("epay", came(signed_by_epay(before), "pay/confirm"), user="0000334", currencies=BULGARIA)

    assert asked.amount == money("12.50", "BGN")


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"TOTAL": "12.50"}, "malformed"),
        ({"TOTAL": "-1250"}, "malformed"),
        ({"TID": "17"}, "malformed"),
        ({"TYPE": "GIFT"}, "malformed"),
        ({"MERCHANTID": "0000335"}, "not-allowed"),
        ({"TID": "20261302101500000017000001"}, "malformed"),
    ],
)
def test_epay_refuses_what_it_cannot_read(changed: dict[str, str], verdict: str):
    message = came(signed_by_epay(CONFIRM | changed), "pay/confirm")
    assert refused("epay", message, user="0000334")[0] == verdict


def test_epay_refuses_an_amount_that_was_changed_after_signing():
    message = came({**signed_by_epay(CONFIRM), "TOTAL": "125000"}, "pay/confirm")
    assert refused("epay", message, user="0000334") == ("forged", "the checksum is wrong")


def test_epay_answers_what_is_owed_in_minor_units():
    fields = {"IDN": "1001", "MERCHANTID": "0000334", "TYPE": "CHECK"}
    found = Found("ok", "", "", "1001", "J*** N***", money("12.50"))

    assert json.loads(answered("epay", came(fields, "pay/init"), Asked("check", typed="1001"), found)) == {
        "STATUS": "00", "IDN": "1001", "VALIDTO": "20260303", "AMOUNT": 1250, "SHORTDESC": "1001 J*** N***",
        "LONGDESC": "1001 J*** N***: 12.50 EUR",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "status"),
    [("ok", "00"), ("unknown-payer", "14"), ("nothing-due", "62"), ("try-later", "80"), ("forged", "93"),
     ("known", "94"), ("refused", "96")],
)  # fmt: skip
def test_epay_has_a_status_for_each_verdict(verdict: str, status: str):
    body = answered("epay", came(CONFIRM, "pay/confirm"), Asked("pay", TID), Found(verdict))  # type: ignore[arg-type]
    assert json.loads(body) == {"STATUS": status}


def test_epay_wraps_a_long_text_at_110_characters():
    assert wrapped("a" * 250) == "a" * 110 + "\\n" + "a" * 110 + "\\n" + "a" * 30
    assert len(wrapped("a" * 9_000)) == 4_000


# --- Idram

CONFIRMED = {"EDP_BILL_NO": "1001", "EDP_REC_ACCOUNT": "100000114", "EDP_PAYER_ACCOUNT": "400000001",
             "EDP_AMOUNT": "1900.00", "EDP_TRANS_ID": "17", "EDP_TRANS_DATE": "02/03/2026"}  # fmt: skip
IDRAM = {"user": "100000114", "currencies": AMD}


def test_idram_reads_a_confirmation():
    proof = hashlib.md5(f"100000114:1900.00:{SECRET}:1001:400000001:17:02/03/2026".encode()).hexdigest()

    asked = read("idram", came({**CONFIRMED, "EDP_CHECKSUM": proof.upper()}), **IDRAM)

    assert asked == Asked("pay", "17", "1001", money("1900.00", "AMD"), date(2026, 3, 2), "400000001")


def test_idram_refuses_a_confirmation_without_its_proof():
    assert refused("idram", came(CONFIRMED), **IDRAM)[0] == "forged"


def test_idram_asks_before_it_pays_and_wants_a_bare_ok():
    before = {"EDP_PRECHECK": "YES", "EDP_BILL_NO": "1001", "EDP_REC_ACCOUNT": "100000114", "EDP_AMOUNT": "1900.00"}

    asked = read("idram", came(before), **IDRAM)

    assert (asked.step, asked.typed, asked.amount) == ("check", "1001", money("1900.00", "AMD"))
    assert answered("idram", came(before), asked, Found("ok", name="J***")) == b"OK"
    assert answered("idram", came(before), asked, Found("unknown-payer")) == b"ERROR unknown-payer"


# --- Telcell

POSTED = {"invoice": "77", "issuer_id": "MTAwMQ==", "payment_id": "17", "currency": "051", "sum": "1900",
          "time": "2026-03-02 10:15:00", "status": "PAID"}  # fmt: skip


def posted(fields: Mapping[str, str]) -> Incoming:
    order = ["invoice", "issuer_id", "payment_id", "currency", "sum", "time", "status"]
    written = SECRET + "".join(fields[name] for name in order)
    return came({**fields, "checksum": hashlib.md5(written.encode()).hexdigest()})


def test_telcell_reads_the_end_of_an_invoice():
    asked = read("telcell", posted(POSTED), currencies=AMD)

    assert asked == Asked("pay", "17", "1001", money("1900.00", "AMD"), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [({"currency": "USD"}, "malformed"), ({"issuer_id": "%"}, "malformed"), ({"sum": "1900.001"}, "malformed")],
)
def test_telcell_refuses_what_it_cannot_read(changed: dict[str, str], verdict: str):
    assert refused("telcell", posted(POSTED | changed), currencies=AMD)[0] == verdict


def test_telcell_refuses_a_sum_that_was_changed_after_signing():
    message = posted(POSTED)
    forged = message._replace(fields={**message.fields, "sum": "190000"})
    assert refused("telcell", forged, currencies=AMD) == ("forged", "the checksum is wrong")


def test_telcell_asks_nothing_of_an_invoice_that_ended_unpaid():
    assert read("telcell", posted(POSTED | {"status": "EXPIRED"}), currencies=AMD) == Asked("check", "17")


def test_telcell_issues_an_invoice_with_its_proof():
    fields = {"issuer": "shop@x.test", "buyer": "+37491000000", "currency": "AMD", "sum": "1900",
              "description": "Internet", "issuer_id": "1001", "valid_days": "3"}  # fmt: skip
    proof = f"{SECRET}shop@x.test+37491000000AMD1900SW50ZXJuZXQ=MTAwMQ==3"

    issued = telcell.invoice(fields, SECRET)

    assert (issued["description"], issued["issuer_id"]) == ("SW50ZXJuZXQ=", "MTAwMQ==")
    assert issued["checksum"] == hashlib.md5(proof.encode()).hexdigest()


# --- signed JSON

CONTENT = {"command": "pay", "transaction": "17", "payer": "1001", "amount": 1250, "currency": "EUR",
           "time": "2026-03-02T10:15:00+02:00"}  # fmt: skip


def signed(content: object, at: datetime = NOW, nonce: str = "8c1f00aa", secret: str = SECRET) -> Incoming:
    body, seconds = json.dumps(content).encode(), str(int(at.timestamp()))
    proof = hmac.new(secret.encode(), f"{seconds}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()
    return came({}, "", body, x_kiosk_time=seconds, x_kiosk_nonce=nonce, x_kiosk_signature=proof)


def test_signed_json_reads_a_payment():
    asked = read("signed-json", signed(CONTENT))

    assert asked == Asked("pay", "17", "1001", money("12.50"), date(2026, 3, 2), nonce="8c1f00aa")


@pytest.mark.parametrize(
    ("incoming", "verdict"),
    [
        (signed(CONTENT, secret="wrong"), "forged"),
        (signed(CONTENT, NOW.replace(hour=7)), "late"),
        (signed(CONTENT, NOW.replace(hour=9)), "late"),
        (signed(CONTENT, nonce="short"), "malformed"),
        (signed(CONTENT | {"amount": 12.5}), "malformed"),
        (signed(CONTENT | {"amount": True}), "malformed"),
        (signed(CONTENT | {"amount": -1}), "malformed"),
        (signed(CONTENT | {"currency": "BGN"}), "malformed"),
        (signed(CONTENT | {"time": "yesterday"}), "malformed"),
        (signed([CONTENT]), "malformed"),
        (signed(CONTENT)._replace(body=b"{"), "malformed"),
        (signed(CONTENT)._replace(headers={}), "forged"),
    ],
)
def test_signed_json_refuses_what_it_cannot_believe(incoming: Incoming, verdict: str):
    assert refused("signed-json", incoming)[0] == verdict


def test_signed_json_signs_its_answer_with_the_nonce_of_the_question():
    incoming = signed(CONTENT)
    reply = PROTOCOLS["signed-json"].answer(incoming, Asked("pay", "17"), Found("ok", "482"), connected("signed-json"))

    assert json.loads(reply.body) == {"result": "ok", "number": "482", "comment": ""}
    written = f"{int(NOW.timestamp())}.8c1f00aa.".encode() + reply.body
    assert reply.headers["x-kiosk-signature"] == hmac.new(SECRET.encode(), written, hashlib.sha256).hexdigest()


# --- all of them


def test_of_a_name_the_payer_alone_is_reminded():
    assert masked("Jana Novakova") == "J*** N***"
    assert masked("") == ""


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("fields", [{}, {"command": "pay"}, {"CHECKSUM": "é"}, {"EDP_CHECKSUM": "\x00"}])
def test_any_message_is_read_or_refused_and_answered_in_the_protocol(protocol: Protocol, fields: dict[str, str]):
    incoming = came(fields, "pay/confirm", b"\xff", authorization="Basic \xff")
    with pytest.raises(Refused) as raised:
        read(protocol, incoming)
    found = Found(raised.value.verdict, reason=raised.value.reason)
    assert PROTOCOLS[protocol].answer(incoming, raised.value.asked, found, connected(protocol)).body


def test_terms_choose_the_currency_of_the_day():
    terms: KioskTerms = terms_of("epay", currencies=BULGARIA)
    assert [terms.currency_on(date(year, 1, 1)).currency for year in (2019, 2025, 2026, 2027)] == [
        "BGN", "BGN", "EUR", "EUR"
    ]  # fmt: skip
