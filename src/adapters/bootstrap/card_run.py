"""Charge the stored cards of all accounts with what is due, and give up charges that nobody confirms."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec

from adapters.bootstrap.application import Application
from adapters.bootstrap.card_desk import CardDesk
from adapters.bootstrap.refused_accounts import RunOfAccounts
from billing_core.kernel.errors import BillingError
from commands.accounts import load_account
from commands.cards.charging import ChargeCard
from commands.cards.streams import load_card_terms
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.platform.progress import Progress
from projections.cards.payments import under_way
from projections.cards.stored import accounts_with_card

PAGE = 500


class CardRun(RunOfAccounts):
    """What came of the stored cards: asked for, with nothing due, refused; and how many charges were given up."""

    asked: int = 0
    amounts: dict[str, str] = msgspec.field(default_factory=dict)
    unchanged: int = 0
    given_up: int = 0


def charge_cards(application: Application, desk: CardDesk | None, origin: Origin, progress: Progress) -> CardRun:
    """Each account in a transaction of its own. Without a desk it is a rehearsal, and nothing is written."""
    run, after = CardRun(), ""
    application.runner.catch_up()
    if desk is not None:
        _go_on(application, desk, origin, run)
    while accounts := _accounts(application, after):
        for account in accounts:
            _charge(account, application, desk, origin, run)
        after = accounts[-1]
        progress(len(accounts))
    application.runner.catch_up()
    return run


def _accounts(application: Application, after: str) -> list[str]:
    with application.queries.cursor() as cursor:
        return accounts_with_card(cursor, after, PAGE)


def _charge(account: str, application: Application, desk: CardDesk | None, origin: Origin, run: CardRun) -> None:
    command, given = ChargeCard(account=account), origin._replace(command_id=new_id())
    try:
        answer = application.bus.rehearse(command, given) if desk is None else application.execute(command, given)
        name = answer.result["card_payment"]
        if not name:
            run.unchanged += 1
            return
        run.asked += 1
        _add(run, answer.result["amount"])
        if desk is not None:
            desk.settle(name)
    except BillingError as error:
        run.note_refused(account, error)


def _add(run: CardRun, amount: dict[str, str]) -> None:
    before = Decimal(run.amounts.get(amount["currency"], "0"))
    run.amounts = {**run.amounts, amount["currency"]: str(before + Decimal(amount["amount"]))}


def _go_on(application: Application, desk: CardDesk, origin: Origin, run: CardRun) -> None:
    """Ask again about charges of earlier days whose end is not known; give up those that nobody confirms."""
    with application.queries.cursor() as cursor:
        waiting = under_way(cursor, origin.today)
    for account, name in waiting:
        try:
            desk.settle(name)
            if _is_too_old(application, desk, name, origin):
                desk.give_up(name)
                run.given_up += 1
        except BillingError as error:
            run.note_refused(account, error)


def _is_too_old(application: Application, desk: CardDesk, name: str, origin: Origin) -> bool:
    payment = desk.payment(name)
    if payment is None or payment.state != "waiting":
        return False
    account, _ = application.bus.look(lambda transaction: load_account(transaction, payment.asked.account))
    terms = application.bus.look(lambda transaction: load_card_terms(transaction, account.seller))
    return payment.asked.effective_on + timedelta(days=terms.confirm_days) <= origin.today
