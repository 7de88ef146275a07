"""Accounting by the real FreeRADIUS, configured as the documentation says, with the server as a process."""

from __future__ import annotations

import signal

import httpx
import psutil
import pytest

from tests.adapters.cli.conftest import Billing, Serve, free_port, wait_until_ready
from tests.counterparts.freeradius import freeradius
from tests.waiting import eventually

USAGE = """
    SELECT subscriber, sum(seconds)::int, sum(bytes_in)::int8, sum(bytes_out)::int8
    FROM billing.access_usage GROUP BY subscriber
"""


def message(status: str, **others: object) -> str:
    """A message of an access server, as radclient reads it."""
    attributes = {
        "Acct-Status-Type": status, "Acct-Session-Id": "S1", "User-Name": "bob", "NAS-Identifier": "nas1",
        "Framed-IP-Address": "10.1.2.3",
    } | {name.replace("_", "-"): value for name, value in others.items()}  # fmt: skip
    return ", ".join(f'{name} = "{value}"' for name, value in attributes.items())


START = message("Start")
INTERIM = message(
    "Interim-Update", Acct_Session_Time=300, Acct_Output_Octets=4_000_000_000, Acct_Input_Octets=1000,
)  # fmt: skip
STOP = message(
    "Stop", Acct_Session_Time=600, Acct_Output_Octets=10, Acct_Output_Gigawords=2, Acct_Input_Octets=3000,
)  # fmt: skip


@pytest.fixture
def key(opened: Billing) -> str:
    opened("do", "register-operator", "operator=radius", "name=FreeRADIUS", "roles=radius")
    return opened("staff", "key", "radius", "front", "--for", "accounting of sessions").output.strip()


def port_of(client: httpx.Client) -> int:
    assert client.base_url.port is not None
    return client.base_url.port


def test_freeradius_hands_on_what_access_servers_account_for(opened: Billing, serve: Serve, key: str):
    with freeradius(port_of(serve("--only", "api")), key) as radius:
        assert radius.send(START) == 1
        assert opened.select("SELECT subscriber, address, is_open FROM billing.access_sessions") == [
            ("bob", "10.1.2.3", True)
        ]
        assert radius.send(INTERIM, STOP, STOP, message("Accounting-On")) == 4
        assert not radius.waits_in_file

    assert opened.select(USAGE) == [("bob", 600, 2 * 2**32 + 10, 3000)]
    ((ended_by,),) = opened.select("SELECT ended_by FROM billing.access_sessions WHERE NOT is_open")
    assert ended_by == "stop"


def test_nothing_is_lost_or_counted_twice_if_the_server_is_killed(opened: Billing, key: str):
    port = free_port()

    def started() -> psutil.Process:
        process = opened.start("serve", "--only", "api", "--port", str(port))
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            wait_until_ready(process, client)
        return psutil.Process(process.pid)

    with freeradius(port, key) as radius:
        first = started()
        assert radius.send(START, INTERIM) == 2
        first.send_signal(signal.SIGKILL)
        first.wait(10)

        assert radius.send(INTERIM, STOP) == 2  # Answered: they wait in the file.
        assert radius.waits_in_file

        second = started()
        try:
            eventually(lambda: not radius.waits_in_file)
        finally:
            second.terminate()
            second.wait(30)

    assert opened.select(USAGE) == [("bob", 600, 2 * 2**32 + 10, 3000)]
    assert opened.select("SELECT is_open, bytes_in FROM billing.access_sessions") == [(False, 2 * 2**32 + 10)]


def test_a_message_that_can_never_be_read_does_not_keep_the_others_from_coming_in(
    opened: Billing, serve: Serve, key: str
):
    with freeradius(port_of(serve("--only", "api")), key) as radius:
        assert radius.send(message("Stop", Acct_Session_Time=2**32 - 1), STOP) == 2
        assert not radius.waits_in_file

    assert opened.select("SELECT field FROM billing.access_refused") == [("seconds",)]
    assert opened.select(USAGE) == [("bob", 600, 2 * 2**32 + 10, 3000)]


def test_messages_wait_in_the_file_while_the_key_is_wrong(opened: Billing, serve: Serve, key: str):
    with freeradius(port_of(serve("--only", "api")), key[:-4] + "AAAA") as radius:
        assert radius.send(STOP) == 1
        assert radius.waits_in_file
    assert opened.select(USAGE) == []
