"""Settings, and where each of them comes from."""

from __future__ import annotations

import json
from pathlib import Path

from tests.adapters.cli.conftest import Billing


def shown(billing: Billing, **environment: str) -> dict[str, tuple[str, str]]:
    ended = billing("config", "show", "--json", **environment)
    assert ended.code == 0, ended.errors
    return {each["name"]: (each["value"], each["source"]) for each in ended.json["settings"]}


def test_the_environment_comes_before_the_file_and_that_before_the_default(empty_billing: Billing):
    file = empty_billing.file("billing.toml", 'seal_key = "/etc/key"\npublished_seals = "/srv/seals"\n')

    found = shown(empty_billing, BILLING_CONFIG=file, BILLING_SEAL_KEY="/run/key")

    assert found["seal_key"] == ("/run/key", "BILLING_SEAL_KEY")
    assert found["published_seals"] == ("/srv/seals", file)
    assert found["data"][1] == "default"


def test_a_secret_of_another_server_is_not_shown(empty_billing: Billing):
    found = shown(empty_billing, BILLING_OIDC_CLIENT_SECRET="s3cret")

    assert found["oidc_client_secret"] == ("********", "BILLING_OIDC_CLIENT_SECRET")


def test_a_password_is_not_shown(empty_billing: Billing):
    url = "postgresql://billing:s3cret@db.example.org/books"

    ended = empty_billing("config", "show", BILLING_DATABASE_URL=url)

    assert "s3cret" not in ended.output + ended.errors
    assert "db.example.org" in ended.output
    malformed = empty_billing("config", "show", BILLING_DATABASE_URL="postgresql://billing:s3cret@db:port/books")
    assert "s3cret" not in malformed.output + malformed.errors


def test_a_file_with_an_unknown_word_or_none_at_all_is_refused(empty_billing: Billing, tmp_path: Path):
    unknown = empty_billing.file("billing.toml", 'databse_url = "x"\n')
    for file, why in ((unknown, "databse_url"), (str(tmp_path / "none.toml"), "does not exist")):
        ended = empty_billing("config", "show", BILLING_CONFIG=file)
        assert ended.code == 1 and why in ended.errors
    malformed = empty_billing.file("billing.toml", "= 1")
    assert "is not TOML" in empty_billing("config", "show", BILLING_CONFIG=malformed).errors


MAILBOX = {"host": "mail.isp.test", "user": "help@isp.test", "password": "s3cret", "kind": "request"}


def test_passwords_of_mail_are_not_shown(empty_billing: Billing):
    file = empty_billing.file("billing.toml", """
        mail_from = "help@isp.test"
        smtp_host = "mail.isp.test"
        smtp_password = "s3cret"
        [[mailboxes]]
        host = "mail.isp.test"
        user = "help@isp.test"
        password = "s3cret"
        kind = "request"
        [mailboxes.queues]
        "sales@isp.test" = "sales"
    """)  # fmt: skip

    ended = empty_billing("config", "show", BILLING_CONFIG=file)
    found = shown(empty_billing, BILLING_CONFIG=file)

    assert "s3cret" not in ended.output + ended.errors
    assert found["mailboxes"] == ("help@isp.test at mail.isp.test", file)
    assert found["smtp_password"] == ("********", file)


def test_settings_of_mail_that_cannot_be_right_are_refused_without_the_password(empty_billing: Billing):
    for settings, why in (
        ({"MAILBOXES": json.dumps([MAILBOX])}, "mail_from"),
        ({"SMTP_HOST": "mail.isp.test"}, "mail_from"),
        ({"MAIL_FROM": "help"}, "mail_from"),
        ({"MAIL_FROM": "help+x@isp.test"}, "mail_from"),
        ({"MAIL_FROM": "help@isp.test", "MAILBOXES": json.dumps([MAILBOX | {"pasword": "s3cret"}])}, "pasword"),
        ({"MAIL_FROM": "help@isp.test", "MAILBOXES": json.dumps([MAILBOX | {"security": "maybe"}])}, "security"),
        ({"MAIL_FROM": "help@isp.test", "MAILBOXES": "s3cret"}, "JSON"),
    ):
        ended = empty_billing("config", "show", **{f"BILLING_{name}": value for name, value in settings.items()})
        assert ended.code == 1 and why in ended.errors, ended.errors
        assert "s3cret" not in ended.errors
