"""A server in Stripe's dialect that is not ours: localstripe, as a process of its own.

Its own command listens on every address and keeps its state in a fixed file, so it is started by the lines below. It
lists payment intents without their customer, which the real one does, and knows no keys of idempotency, no hosted
pages and no events of refunds: these are tried on our own simulator.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

START = """
import sys
from aiohttp import web
from localstripe import resources, server

def listed(cls, url, customer=None, limit=None, starting_after=None):
    found = resources.List(url, limit=limit, starting_after=starting_after)
    found._list = [each for key, each in resources.store.items()
                   if key.startswith("payment_intent:") and customer in (None, each.customer)]
    return found

resources.PaymentIntent._api_list_all = classmethod(listed)
type(resources.store).dump_to_disk = lambda self: None
web.run_app(server.app, host="127.0.0.1", port=0)
"""
RUNNING = re.compile(r"Running on (http://[\w.:]+)")


@contextmanager
def localstripe() -> Iterator[str]:
    """The address of the server while it runs."""
    with subprocess.Popen([sys.executable, "-uc", START], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield next(found[1] for line in process.stdout if (found := RUNNING.search(line)))
        finally:
            process.kill()
