"""Secrets that are read again: encrypted in the tables, bound to whose they are, and encrypted anew by another key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.postgres.secret_key import SecretUnreadable, change_secret_key
from adapters.postgres.sessions import PostgresSessions
from adapters.postgres.webhook_secrets import PostgresWebhookSecrets, make_secret
from tests.operators import Operator

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FACTOR = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def kept(operator: Operator) -> Operator:
    """A second factor of anna and of berta, and the secret of a webhook."""
    sessions, tables = PostgresSessions(operator.application.tables), operator.application.tables
    for name in ("anna", "berta"):
        sessions.set_up_second_factor(name, FACTOR, [])
    with tables.transaction("billing") as cursor:
        make_secret(cursor, "shop", NOW)
    return operator


def tokens(operator: Operator) -> list[str]:
    with operator.application.tables.transaction("billing") as cursor:
        union = "SELECT secret FROM second_factors UNION ALL SELECT secret FROM webhook_secrets"
        return [token for (token,) in cursor.execute(union)]


def secrets_of(operator: Operator) -> list[str]:
    tables = operator.application.tables
    factors = [PostgresSessions(tables).second_factor(name) for name in ("anna", "berta")]
    return [*(each.secret for each in factors if each), *PostgresWebhookSecrets(tables).valid("shop", NOW)]


def test_no_secret_stands_in_a_table_and_each_is_read_again(kept: Operator):
    found = secrets_of(kept)

    assert found[:2] == [FACTOR, FACTOR] and found[2].startswith("whsec_")
    written = tokens(kept)
    assert len(set(written)) == 3  # Two operators with one secret are not seen to have one.
    assert not any(secret in token for secret in found for token in written)


def test_another_key_opens_the_same_secrets_and_the_one_before_opens_none(kept: Operator):
    found, before = secrets_of(kept), tokens(kept)
    with kept.application.tables.transaction("billing") as cursor:
        ((key,),) = cursor.execute("SELECT key FROM secret_key").fetchall()

    assert change_secret_key(kept.application.tables) == 3

    assert secrets_of(kept) == found
    assert not set(before) & set(tokens(kept))
    kept.execute("UPDATE billing.secret_key SET key = %s", key)
    with pytest.raises(SecretUnreadable, match="anna"):
        secrets_of(kept)


def test_a_token_is_nobody_elses(kept: Operator):
    kept.execute("UPDATE billing.second_factors SET secret = (SELECT secret FROM billing.second_factors"
                 " WHERE operator = %s) WHERE operator = %s", "anna", "berta")  # fmt: skip

    with pytest.raises(SecretUnreadable, match="berta"):
        secrets_of(kept)


def test_a_secret_that_no_key_opens_stops_the_change_and_leaves_the_others(kept: Operator):
    found = secrets_of(kept)
    kept.execute("UPDATE billing.webhook_secrets SET secret = %s", "whsec_from_somewhere_else")

    with pytest.raises(SecretUnreadable, match="shop"):
        change_secret_key(kept.application.tables)

    assert PostgresSessions(kept.application.tables).second_factor("anna") == (found[0], False)
