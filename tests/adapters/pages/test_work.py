"""Work in pages: a ticket is opened, goes from step to step by its forms, and a technician works without a network."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from billing_core.work.ticket_events import CommentAdded
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.tickets import AssignTicket, CloseTicket
from tests.adapters.pages.conftest import FROM_HERE, PASSWORD, SignedIn, Visitor, register, serious_faults
from tests.adapters.pages.test_frame import form_fields
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator

PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


@pytest.fixture
def trade(operator: Operator) -> Operator:
    """The flow of a new connection, and a ticket of it about the customer A0001."""
    operator.publish("fast", "50.00")
    operator.subscriber()
    operator.tell(PublishFlow(flow=CONNECTION))
    operator.tell(
        OpenTicket(kind=CONNECTION.kind, subject="Ptačí 10", customer="A0001", account="A0001", subscription="main")
    )
    operator.application.runner.catch_up()
    return operator


def test_the_board_shows_each_step_with_its_tickets(trade: Operator, signed_in: SignedIn) -> None:
    page = signed_in("eva", "clerk").get("/work").text
    assert "Ptačí 10" in page and 'href="/tickets/T-1"' in page


def test_a_step_is_completed_by_the_form_of_its_flow(trade: Operator, signed_in: SignedIn) -> None:
    eva = signed_in("eva", "clerk")
    card = eva.get("/tickets/T-1").text
    step = re.search(r'href="(/tickets/T-1/steps/[\w-]+/complete)"', card)
    assert step is not None, card
    form = eva.get(step[1]).text
    fields = form_fields(form)
    names = re.findall(r'name="(values\.[\w-]+)"', form)
    first = CONNECTION.steps[0]
    assert [f"values.{code}" for code in first.form] == names
    refused = eva.post(step[1], data=fields, headers=FROM_HERE)
    assert (refused.status_code == 422) == bool(names)


def test_a_comment_is_for_inside_or_for_the_customer_and_takes_files(trade: Operator, signed_in: SignedIn) -> None:
    eva = signed_in("eva", "clerk")
    fields = form_fields(eva.get("/tickets/T-1/comment").text)
    said = fields | {"text": "Drilled through the cellar wall", "audience": "inside"}
    files = {"attachments": ("wall.txt", b"a wall", "text/plain")}
    assert eva.post("/tickets/T-1/comment", data=said, files=files, headers=FROM_HERE).status_code == 303
    card = eva.get("/tickets/T-1").text
    assert "Drilled through the cellar wall" in card and "wall.txt" in card
    found = re.search(r'href="(/tickets/T-1/attachments/\w+)"', card)
    assert found is not None
    assert eva.get(found[1]).content == b"a wall"


def test_a_flow_is_tried_before_it_is_published(trade: Operator, signed_in: SignedIn) -> None:
    boss, address = signed_in("boss", "administrator"), f"/flows/{CONNECTION.kind}/edit"
    page = boss.get(address).text
    fields = form_fields(page)
    text = "kind: small\ntitle: Small\nqueue: q\nsteps:\n- code: one\n  moves:\n  - {resolution: done, to: end}\n"
    tried = boss.post(address, data=fields | {"flow": text, "do": "preview"}, headers=FROM_HERE)
    assert "It would be version 1 of the flow" in tried.text, tried.text
    wrong = boss.post(address, data=fields | {"flow": "kind: [", "do": "preview"}, headers=FROM_HERE)
    assert wrong.status_code == 422
    unknown = boss.post(address, data=fields | {"flow": text + "colour: red\n", "do": "preview"}, headers=FROM_HERE)
    assert unknown.status_code == 422 and "colour" in unknown.text


def test_a_ticket_offers_what_fits_its_state_and_its_forms_know_steps_queues_and_operators(
    trade: Operator, signed_in: SignedIn
) -> None:
    boss = signed_in("boss", "administrator")
    trade.application.runner.catch_up()
    assert offered(boss.get("/tickets/T-1").text) >= {"assign", "close", "change", "comment", "free-times"}
    assert "reopen" not in offered(boss.get("/tickets/T-1").text)
    assign = boss.get("/tickets/T-1/assign").text
    assert '<option value="boss">' in assign and f'<option value="{CONNECTION.queue}" selected>' in assign

    trade.tell(CloseTicket(ticket="T-1", reason="Wanted no more"))
    trade.application.runner.catch_up()
    ended = offered(boss.get("/tickets/T-1").text)
    assert ended >= {"reopen", "comment", "labour", "material", "watch"}
    assert not ended & {"assign", "assign-by-rule", "close", "change", "free-times", "declare-outage", "gather"}
    steps = re.findall(r'<option value="([\w-]+)"', boss.get("/tickets/T-1/reopen").text)
    assert steps == [step.code for step in CONNECTION.steps if step.by == "person"]


def test_who_may_not_list_operators_types_the_one_to_whom_a_ticket_goes(trade: Operator, signed_in: SignedIn) -> None:
    eva = signed_in("eva", "clerk")
    register(trade, "milan", "technician")
    page = eva.get("/tickets/T-1/assign").text
    assert 'name="assignee"' in page and '<option value="milan">' not in page
    typed = form_fields(page) | {"assignee": "milan", "crew": "", "queue": CONNECTION.queue}
    assert eva.post("/tickets/T-1/assign", data=typed, headers=FROM_HERE).status_code == 303
    assert "milan" in eva.get("/tickets/T-1").text


def offered(card: str) -> set[str]:
    """What the card of T-1 offers to do with it."""
    return set(re.findall(r'class="btn btn-secondary" href="/tickets/T-1/([\w-]+)"', card))


@pytest.mark.parametrize(
    "path", ["/work", "/work/week", "/tickets", "/tickets/T-1", "/my-work", "/flows", "/tickets/new"]
)
def test_the_pages_of_work_open(trade: Operator, signed_in: SignedIn, path: str) -> None:
    assert signed_in("eva", "clerk").get(path).status_code == 200


SENT_MS = 60_000  # A network that came back may not carry anything at once: then it is sent again a little later.


@pytest.fixture
def technician(trade: Operator, visitor: Visitor) -> Page:
    """The form of a comment on T-1 in the hands of milan, who has it, with the pages of the visit kept."""
    page = visitor("milan", "technician", width=390)
    trade.tell(AssignTicket(ticket="T-1", assignee="milan"))
    trade.application.runner.catch_up()
    page.goto("/my-work")
    assert serious_faults(page) == []
    page.evaluate("() => navigator.serviceWorker.ready")
    page.reload()
    _wait_until_kept(page, "/tickets/T-1")
    page.goto("/tickets/T-1/comment")
    return page


def test_a_technician_works_without_a_network_and_what_was_sent_is_done_once(trade: Operator, technician: Page) -> None:
    page = technician
    page.locator("textarea").fill("The cellar is open")
    page.set_input_files("input[type=file]", {"name": "cellar.png", "mimeType": "image/png", "buffer": PHOTO})
    _send_without_a_network(page)
    page.context.set_offline(False)
    # Pages that send at the same time, as two tabs do.
    page.evaluate("""() => navigator.serviceWorker.ready.then(found => {
        for (let turn = 0; turn < 5; turn += 1) { found.active.postMessage({ send: true }); } })""")
    expect(page.locator("#network")).to_be_hidden(timeout=SENT_MS)
    comments = [fact for fact in trade.facts("ticket/T-1") if isinstance(fact, CommentAdded)]
    assert [(fact.text, fact.names) for fact in comments] == [("The cellar is open", ("cellar.png",))]
    _, kept = trade.application.attachments.find(comments[0].attachments[0].content_hash)
    assert kept.read_bytes() == PHOTO
    page.goto("/profile")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")
    assert not page.evaluate("() => caches.has('visits')")


def test_what_is_refused_when_it_is_sent_is_shown_until_it_is_dropped(trade: Operator, technician: Page) -> None:
    page = technician
    page.goto("/tickets/T-1/labour")
    page.locator("input[name=minutes]").fill("-30")
    page.locator("input[name=note]").fill("too much before")
    _send_without_a_network(page)
    page.context.set_offline(False)
    expect(page.locator("#network")).to_be_hidden(timeout=SENT_MS)
    refused = page.locator("#refused li")
    expect(refused).to_contain_text("/tickets/T-1/labour -30, too much before")
    page.reload()
    expect(refused).to_have_count(1)
    refused.get_by_role("button").click()
    expect(page.locator("#refused")).to_be_hidden()


def test_what_waits_is_not_sent_in_the_name_of_another(trade: Operator, technician: Page) -> None:
    """The session of milan ends while something waits, and eva signs in on his phone."""
    page = technician
    page.locator("textarea").fill("Said by milan")
    _send_without_a_network(page)
    page.context.clear_cookies()
    register(trade, "eva", "technician")
    page.context.set_offline(False)
    page.goto("/sign-in")
    page.fill("input[name=operator]", "eva")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/my-work")
    page.wait_for_function("() => caches.match('/my-work/who').then(who => who.text()).then(who => who === 'eva')")
    expect(page.locator("#network")).to_be_hidden(timeout=SENT_MS)
    assert not [fact for fact in trade.facts("ticket/T-1") if isinstance(fact, CommentAdded)]


def _send_without_a_network(page: Page) -> None:
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/my-work")
    expect(page.locator("#network")).to_contain_text("Waiting to be sent: 1", timeout=SENT_MS)


def _wait_until_kept(page: Page, path: str) -> None:
    page.wait_for_function("path => caches.match(path).then(found => found !== undefined)", arg=path)
