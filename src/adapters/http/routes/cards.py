"""Cards: stored ones, card payments with refunds and disputes, callbacks, terms."""

from __future__ import annotations

from adapters.actions.cards import AttachCard, OpenCardPage, OpenCardStorePage
from adapters.http.route import Route
from adapters.views.cards import ListCardPayments, ListRefusedCallbacks, ShowCardTerms, ShowStoredCard
from commands.cards.callbacks import RefuseCardCallback, TakeCardCallback
from commands.cards.charging import AskCardPayment, ChargeCard
from commands.cards.noting import NoteCardDispute, NoteCardRefund, NoteCharge, RefundCardPayment
from commands.cards.stored import AgreeToStoringCard, RemoveCard, SetCardTerms, StoreCard

ROUTES = (
    Route("GET", "/card-payments", ListCardPayments),
    Route("GET", "/card-callbacks/refused", ListRefusedCallbacks),
    Route("POST", "/card-callbacks", TakeCardCallback, 201),
    Route("POST", "/card-callbacks/refused", RefuseCardCallback, 201),
    Route("GET", "/accounts/{account}/card", ShowStoredCard),
    Route("PUT", "/accounts/{account}/card", StoreCard),
    Route("POST", "/accounts/{account}/card/agree", AgreeToStoringCard),
    Route("POST", "/accounts/{account}/card/attach", AttachCard, 201),
    Route("POST", "/accounts/{account}/card/open-page", OpenCardStorePage, 201),
    Route("POST", "/accounts/{account}/card/remove", RemoveCard),
    Route("POST", "/accounts/{account}/card/charge", ChargeCard),
    Route("POST", "/accounts/{account}/card-payments", AskCardPayment, 201),
    Route("POST", "/accounts/{account}/card-payments/open-page", OpenCardPage, 201),
    Route("POST", "/accounts/{account}/card-payments/{card_payment}/note", NoteCharge),
    Route("POST", "/accounts/{account}/card-payments/{card_payment}/refund", RefundCardPayment),
    Route("POST", "/accounts/{account}/card-payments/{card_payment}/note-refund", NoteCardRefund),
    Route("POST", "/accounts/{account}/card-payments/{card_payment}/note-dispute", NoteCardDispute),
    Route("GET", "/sellers/{seller}/card-terms", ShowCardTerms),
    Route("PUT", "/sellers/{seller}/card-terms", SetCardTerms),
)
