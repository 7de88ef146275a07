"""The fixtures of the whole program on a fresh database."""

from __future__ import annotations

from tests.operators import application, database_url, operator

__all__ = ["application", "database_url", "operator"]
