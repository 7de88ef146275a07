"""Connections to addresses that others have chosen: not into this network, and not longer than allowed.

A name is looked up once, every address it has is checked, and the connection is made to the address that was checked:
a name that changes in between leads nowhere else. The time allowed is for all of a request: a server that sends a byte
now and then does not prolong it.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from ssl import SSLContext
from time import monotonic
from typing import Any

import httpcore

TRANSLATED = IPv6Network("64:ff9b::/96")  # The last 32 bits are an address of version 4 (RFC 6052).


class AddressRefused(Exception):
    """The host is at an address of a private network, or at none."""


class GuardedNetwork(httpcore.NetworkBackend):
    """The network of one request."""

    def __init__(self, *, allows_private: bool, seconds: float) -> None:
        self._allows_private = allows_private
        self._ends_at = monotonic() + seconds
        self._below = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = AddressRefused(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                stream = self._below.connect_tcp(address, port, _left(self._ends_at), local_address, socket_options)
                return _TimedStream(stream, self._ends_at)
            except httpcore.ConnectError as error:
                failed = error
        raise failed

    def _addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host, each of them allowed."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise AddressRefused(f"{host} has no address: {error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not self._allows_private and not is_public(address):
                raise AddressRefused(f"{host} is at {address}, which is an address of a private network")
        return addresses


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet; one that carries another within must carry a public one."""
    found = ip_address(address.partition("%")[0])
    return all(each.is_global and not each.is_multicast for each in [found, *_within(found)])


def _within(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The addresses of version 4 that one of version 6 leads to."""
    if isinstance(address, IPv4Address):
        return []
    translated = IPv4Address(int(address) & 0xFFFFFFFF) if address in TRANSLATED else None
    return [each for each in (address.ipv4_mapped, address.sixtofour, translated, *(address.teredo or ())) if each]


class _TimedStream(httpcore.NetworkStream):
    """A stream that ends with the time of its request."""

    def __init__(self, below: httpcore.NetworkStream, ends_at: float) -> None:
        self._below = below
        self._ends_at = ends_at

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._below.read(max_bytes, _left(self._ends_at))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._below.write(buffer, _left(self._ends_at))

    def close(self) -> None:
        self._below.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._below.start_tls(ssl_context, server_hostname, _left(self._ends_at)), self._ends_at)

    def get_extra_info(self, info: str) -> Any:
        return self._below.get_extra_info(info)


def _left(ends_at: float) -> float:
    left = ends_at - monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time allowed is over")
    return left
