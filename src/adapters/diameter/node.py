"""A Diameter node that takes in accounting over Rf: a request is answered when its record is durable.

2001 SUCCESS             the record is durable, or was before: one that may be a repetition (T flag) is known by its
                         session and number like any other
4002 OUT_OF_SPACE        the database is away, or more comes in than it takes: the node sends the record again
5004 INVALID_AVP_VALUE   the record can never be read; it is kept as refused
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from diameter.message import Message, constants
from diameter.message.commands import AccountingRequest
from diameter.node import Node
from diameter.node.application import SimpleThreadingApplication

from adapters.diameter.records import read_record
from billing_core.kernel.errors import InvalidValue, Unavailable
from commands.usage.accounting import Received, RefusedMessage

SOURCE = "diameter"
WAKE_SECONDS = 1
STOP_SECONDS = 5
WRITE_SECONDS = 20
# Each request that is not answered yet has a thread.
MOST_AT_ONCE = 200

logger = logging.getLogger(__name__)
Submit = Callable[[Received | RefusedMessage], "Future[None]"]


class Peering(NamedTuple):
    """By which identity and realm the node is known, where it listens, and from which nodes it takes connections."""

    identity: str
    realm: str
    address: str
    port: int
    peers: Sequence[str]


@contextmanager
def accounting_node(peering: Peering, submit: Submit) -> Iterator[None]:
    """A node that listens as long as the body runs; `submit` is done when what it was given is durable."""
    node = Node(peering.identity, peering.realm, ip_addresses=[peering.address], tcp_port=peering.port)
    node.wakeup_interval = WAKE_SECONDS

    def answer(application: SimpleThreadingApplication, request: AccountingRequest) -> Message:
        return _answer(application, request, submit)

    application = SimpleThreadingApplication(
        constants.APP_DIAMETER_BASE_ACCOUNTING, is_acct_application=True, max_threads=MOST_AT_ONCE,
        request_handler=answer,
    )  # fmt: skip
    peers = [node.add_peer(f"aaa://{peer}") for peer in peering.peers]
    node.add_application(application, peers)
    node.start()
    try:
        yield
    finally:
        node.stop(STOP_SECONDS, force=True)


def _answer(application: SimpleThreadingApplication, request: AccountingRequest, submit: Submit) -> Message:
    answer: Any = application.generate_answer(request, result_code=_keep(request, submit))
    answer.accounting_record_type = request.accounting_record_type
    answer.accounting_record_number = request.accounting_record_number
    return answer


def _keep(request: AccountingRequest, submit: Submit) -> int:
    """Keep a record; the code of what came of it."""
    received_at = datetime.now(UTC)
    try:
        try:
            submit(Received(SOURCE, read_record(request, received_at), received_at)).result(WRITE_SECONDS)
        except InvalidValue as error:
            refused = RefusedMessage(
                SOURCE, error.field or "", error.value or "", error.message, _described(request), received_at
            )
            submit(refused).result(WRITE_SECONDS)
            return int(constants.E_RESULT_CODE_DIAMETER_INVALID_AVP_VALUE)
    except (Unavailable, TimeoutError) as error:
        logger.warning("A Diameter record could not be kept: %s", error)
        return int(constants.E_RESULT_CODE_DIAMETER_OUT_OF_SPACE)
    return int(constants.E_RESULT_CODE_DIAMETER_SUCCESS)


def _described(request: AccountingRequest) -> str:
    """What names a request, for a person who looks for it in the logs of the node that sent it."""
    return f"{request.session_id} record {request.accounting_record_number} of {request.origin_host!r}"
