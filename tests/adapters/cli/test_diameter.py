"""Accounting over Diameter Rf by python-diameter, with the node of the program as a process."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from diameter.message import Avp, constants
from diameter.message.commands import AccountingRequest
from diameter.node import Node
from diameter.node.application import SimpleThreadingApplication

from tests.adapters.cli.conftest import Billing
from tests.counterparts.debian import free_port, wait_until_it_listens

START, INTERIM, STOP, EVENT = 2, 3, 4, 1
BEGUN = datetime.now().replace(microsecond=0) - timedelta(hours=1)  # noqa: DTZ005 as the library wants it
USAGE = """
    SELECT kind, subscriber, number, sum(seconds)::int, sum(quantity)::int8, sum(bytes_in)::int8
    FROM billing.access_usage GROUP BY kind, subscriber, number ORDER BY kind, subscriber
"""


def grouped(code: int, *avps: Avp, vendor: int = 0) -> Avp:
    return Avp.new(code, vendor, value=list(avps))


INFORMATION = grouped(
    constants.AVP_TGPP_SERVICE_INFORMATION,
    grouped(
        constants.AVP_SUBSCRIPTION_ID, Avp.new(constants.AVP_SUBSCRIPTION_ID_TYPE, value=0),
        Avp.new(constants.AVP_SUBSCRIPTION_ID_DATA, value="+37120000001"),
    ),
    grouped(
        constants.AVP_TGPP_IMS_INFORMATION,
        Avp.new(constants.AVP_TGPP_CALLED_PARTY_ADDRESS, constants.VENDOR_TGPP, value="sip:37128@north.test"),
        vendor=constants.VENDOR_TGPP,
    ),
    vendor=constants.VENDOR_TGPP,
)  # fmt: skip


def container(code: int, first: int, last: int, octets_out: int, octets_in: int) -> Avp:
    """What a gateway counted from one minute to another; octets out are those to the subscriber."""
    at = (BEGUN + timedelta(minutes=minute) for minute in (first, last))
    times = (constants.AVP_TGPP_TIME_FIRST_USAGE, constants.AVP_TGPP_TIME_LAST_USAGE)
    return grouped(
        code,
        *(Avp.new(time, constants.VENDOR_TGPP, value=value) for time, value in zip(times, at, strict=True)),
        Avp.new(constants.AVP_ACCOUNTING_OUTPUT_OCTETS, value=octets_out),
        Avp.new(constants.AVP_ACCOUNTING_INPUT_OCTETS, value=octets_in),
        vendor=constants.VENDOR_TGPP,
    )


def closed(*containers: Avp) -> Avp:
    """The service information of a record with containers that were closed since the one before."""
    gateway = grouped(constants.AVP_TGPP_PS_INFORMATION, *containers, vendor=constants.VENDOR_TGPP)
    return grouped(constants.AVP_TGPP_SERVICE_INFORMATION, gateway, vendor=constants.VENDOR_TGPP)


Ask = Callable[..., int]


@pytest.fixture
def port() -> int:
    return free_port()


@contextmanager
def billing_node(opened: Billing, port: int) -> Iterator[subprocess.Popen[str]]:
    """The program's node as a process, which is asked to end afterwards unless it has ended."""
    process = opened.start(
        "serve", "--only", "diameter", BILLING_DIAMETER_IDENTITY="billing.test", BILLING_DIAMETER_REALM="test",
        BILLING_DIAMETER_PORT=str(port), BILLING_DIAMETER_PEERS='["nas.test"]',
    )  # fmt: skip
    try:
        wait_until_it_listens(process, port)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


@contextmanager
def server(port: int) -> Iterator[Ask]:
    """A server that accounts for its sessions: it sends records, and is answered with a code."""
    node = Node("nas.test", "test")
    node.wakeup_interval = 1
    application = SimpleThreadingApplication(constants.APP_DIAMETER_BASE_ACCOUNTING, is_acct_application=True)
    peer = node.add_peer(f"aaa://billing.test:{port};transport=tcp", ip_addresses=["127.0.0.1"], is_persistent=True)
    node.add_application(application, [peer])
    node.start()

    def ask(
        kind: int, record: int, minutes: int = 0, *, again: bool = False, more: Avp | None = None, **fields: Any
    ) -> int:
        request = AccountingRequest()
        request.session_id, request.origin_host, request.origin_realm = "nas.test;1;1", b"nas.test", b"test"
        request.destination_realm, request.acct_application_id = b"test", 3
        request.accounting_record_type, request.accounting_record_number = kind, record
        request.event_timestamp = BEGUN + timedelta(minutes=minutes)
        request.header.is_retransmit = again
        if more is not None:
            request.append_avp(more)
        for name, value in {"user_name": "bob", **fields}.items():
            setattr(request, name, value)
        answer = application.send_request(request, timeout=30)
        assert (answer.accounting_record_type, answer.accounting_record_number) == (kind, record)
        return int(answer.result_code)

    try:
        application.wait_for_ready(20)
        yield ask
    finally:
        node.stop(1, force=True)


def test_records_of_a_session_are_durable_when_they_are_answered_and_count_once(opened: Billing, port: int):
    with billing_node(opened, port) as process, server(port) as ask:
        assert ask(START, 0, framed_ip_address=bytes([10, 1, 2, 3])) == 2001
        assert ask(INTERIM, 1, 5, acct_session_time=300, accounting_output_octets=5_000_000_000) == 2001
        process.kill()
        process.wait(30)

    with billing_node(opened, port), server(port) as ask:
        again = ask(INTERIM, 1, 5, again=True, acct_session_time=300, accounting_output_octets=5_000_000_000)
        assert again == 2001
        assert ask(STOP, 2, 10, acct_session_time=600, accounting_output_octets=6_000_000_000) == 2001

    assert opened.select(USAGE) == [("data", "bob", "", 600, 0, 6_000_000_000)]
    assert opened.select("SELECT server, address, is_open, ended_by FROM billing.access_sessions") == [
        ("nas.test", "10.1.2.3", False, "stop")
    ]


def test_containers_of_a_gateway_count_what_was_used_since_the_record_before(opened: Billing, port: int):
    """Two services at once from minute 0 to 4, then one to minute 9; the volumes of the bearer are the same bytes."""
    of_service, of_bearer = constants.AVP_TGPP_SERVICE_DATA_CONTAINER, constants.AVP_TGPP_TRAFFIC_DATA_VOLUMES
    first = closed(
        container(of_service, 0, 3, 1_000, 100), container(of_service, 1, 4, 5_000_000_000, 20),
        container(of_bearer, 0, 5, 5_000_001_000, 120),
    )  # fmt: skip
    with billing_node(opened, port), server(port) as ask:
        assert ask(START, 0) == 2001
        assert ask(INTERIM, 1, 5, more=first) == 2001
        assert ask(INTERIM, 1, 5, more=first, again=True) == 2001
        assert ask(STOP, 2, 10, more=closed(container(of_bearer, 4, 9, 7, 3))) == 2001

    assert opened.select(USAGE) == [("data", "bob", "", 9 * 60, 0, 5_000_001_007)]
    assert opened.select("SELECT bytes_in, bytes_out, is_open FROM billing.access_sessions") == [
        (5_000_001_007, 123, False)
    ]


def test_a_call_and_an_item_are_each_one_record(opened: Billing, port: int):
    with billing_node(opened, port), server(port) as ask:
        assert ask(START, 0, session_id="call", called_party_address="tel:+37129") == 2001
        assert ask(STOP, 1, 2, session_id="call", called_party_address="tel:+37129") == 2001
        assert ask(STOP, 1, 2, session_id="call", called_party_address="tel:+37129", again=True) == 2001
        assert ask(EVENT, 0, session_id="film", service_id="film-17", again=True) == 2001
        assert ask(EVENT, 0, session_id="film", service_id="film-17") == 2001
        # Who is charged and who was called may stand in the service information.
        assert ask(EVENT, 0, session_id="ims", user_name=None, acct_session_time=61, more=INFORMATION) == 2001
        assert ask(STOP, 0, session_id="wrong", acct_session_time=2**32 - 1) == 5004

    assert opened.select(USAGE) == [
        ("call", "37120000001", "37128", 61, 0, 0),
        ("call", "bob", "37129", 120, 0, 0),
        ("item", "bob", "film-17", 0, 1_000_000, 0),
    ]
    assert opened.select("SELECT source, field FROM billing.access_refused") == [("diameter", "seconds")]
