"""A subscriber's year on a moving clock, told as it happens: what was decided, and what the account stands at."""

from __future__ import annotations

from tests.billing_core.books import audit
from tests.billing_core.price_lists import monthly, once, tariff
from tests.billing_core.subscriber import Subscriber, told

HOME = tariff("home", monthly("300.00", vat="20"), once("60.00", vat="20"))
FAST = tariff("fast", monthly("500.00", vat="20"))


def test_a_year():
    anna = Subscriber(HOME, FAST, opened="2026-03-15", billing_day=1, due_days=14)

    # In mid-March the installer comes. The first bill runs to the end of the month, with the installation.
    anna.activate("home", "2026-03-15")
    assert told(anna.bill("2026-03-15")) == [
        "monthly 15 Mar - 01 Apr: 164.52, 300.00 EUR a month x 17/31 days of the whole period, price list home",
        "installation 15 Mar - 16 Mar: 60.00, once 60.00 EUR, price list home",
        "invoice 1001: 224.52 + VAT 44.90 = 269.42, due 29 Mar",
    ]
    assert anna.balance == "-269.42"

    # She pays by the invoice number.
    assert told(anna.pay("269.42", "2026-03-20", "1", invoice="1001")) == [
        "received 269.42",
        "269.42 of bank:1 settles 1001",
    ]
    assert (anna.balance, anna.open_items) == ("0.00", {})

    # April and May are whole months.
    for month, name, following, number in ((4, "Apr", "May", 1002), (5, "May", "Jun", 1003)):
        assert told(anna.bill(f"2026-0{month}-01")) == [
            f"monthly 01 {name} - 01 {following}: 300.00, 1 month at 300.00 EUR, price list home",
            f"invoice {number}: 300.00 + VAT 60.00 = 360.00, due 15 {name}",
        ]
        assert anna.balance == "-360.00"
        assert told(anna.pay("360.00", f"2026-0{month}-10", str(number))) == [
            "received 360.00",
            f"360.00 of bank:{number} settles {number}",
        ]
        assert anna.balance == "0.00"
    audit(anna)

    # June is billed and paid before she wants it faster, from the 11th on. What she paid for the slow days that she
    # will not have settles most of the fast ones.
    anna.bill("2026-06-01")
    anna.pay("360.00", "2026-06-08", "june", invoice="1004")
    assert (anna.balance, anna.open_items) == ("0.00", {})
    anna.change_tariff("fast", "2026-06-11")
    assert told(anna.bill("2026-06-11")) == [
        "monthly 11 Jun - 01 Jul: -200.00 of S1/monthly/2026-06-01/2026-07-01/0, credit: "
        "300.00 EUR a month x 20/30 days of the whole period, price list home",
        "monthly 11 Jun - 01 Jul: 333.33, 500.00 EUR a month x 20/30 days of the whole period, price list fast",
        "credit note 5001 for 1004: -200.00 + VAT -40.00 = -240.00",
        "invoice 1005: 333.33 + VAT 66.67 = 400.00, due 25 Jun",
        "240.00 of 5001 settles 1005",
    ]
    assert (anna.balance, anna.open_items) == ("-160.00", {"1005": "160.00"})
    audit(anna)

    # Over the summer she does not pay. July is charged; on the 20th she is suspended for non-payment, which changes
    # nothing in what she owes, and August is charged on the same grid.
    assert told(anna.bill("2026-07-01")) == [
        "monthly 01 Jul - 01 Aug: 500.00, 1 month at 500.00 EUR, price list fast",
        "invoice 1006: 500.00 + VAT 100.00 = 600.00, due 15 Jul",
    ]
    assert anna.balance == "-760.00"
    assert told(anna.suspend("non-payment", "2026-07-20")) == ["suspended on 20 Jul"]
    assert told(anna.bill("2026-07-20")) == ["looked at, nothing to charge"]
    assert told(anna.bill("2026-08-01")) == [
        "monthly 01 Aug - 01 Sep: 500.00, 1 month at 500.00 EUR, price list fast",
        "invoice 1007: 500.00 + VAT 100.00 = 600.00, due 15 Aug",
    ]
    assert anna.open_items == {"1005": "160.00", "1006": "600.00", "1007": "600.00"}

    # Back from the sea she pays all of it at once, oldest first, and is resumed the same day.
    assert told(anna.pay("1360.00", "2026-08-20", "summer")) == [
        "received 1360.00",
        "160.00 of bank:summer settles 1005",
        "600.00 of bank:summer settles 1006",
        "600.00 of bank:summer settles 1007",
    ]
    assert anna.balance == "0.00"
    assert told(anna.resume("2026-08-20")) == ["resumed on 20 Aug"]
    assert told(anna.bill("2026-08-20")) == ["looked at, nothing to charge"]
    audit(anna)

    # In September the operator digs up the street: six days without service, recorded when they are over, come back.
    anna.bill("2026-09-01")
    anna.pay("600.00", "2026-09-05", "september")
    anna.suspend("operator", "2026-09-10")
    anna.resume("2026-09-16")
    assert told(anna.bill("2026-09-17")) == [
        "monthly 10 Sep - 16 Sep: -100.00 of S1/monthly/2026-09-01/2026-10-01/0, credit: "
        "500.00 EUR a month x 6/30 days of the whole period, price list fast",
        "credit note 5002 for 1008: -100.00 + VAT -20.00 = -120.00",
    ]
    assert (anna.balance, anna.open_items) == ("120.00", {})

    # October takes that credit. She does not notice, pays the full 600.00, and is 120.00 ahead again.
    assert told(anna.bill("2026-10-01")) == [
        "monthly 01 Oct - 01 Nov: 500.00, 1 month at 500.00 EUR, price list fast",
        "invoice 1009: 500.00 + VAT 100.00 = 600.00, due 15 Oct",
        "120.00 of 5002 settles 1009",
    ]
    assert anna.balance == "-480.00"
    assert told(anna.pay("600.00", "2026-10-06", "october", invoice="1009")) == [
        "received 600.00",
        "480.00 of bank:october settles 1009",
    ]
    assert (anna.balance, anna.open_items) == ("120.00", {})
    audit(anna)

    # November consumes the overpayment; the rest comes by direct debit, which bounces a week later.
    assert told(anna.bill("2026-11-01"))[1:] == [
        "invoice 1010: 500.00 + VAT 100.00 = 600.00, due 15 Nov",
        "120.00 of bank:october settles 1010",
    ]
    anna.pay("480.00", "2026-11-05", "debit", invoice="1010")
    assert (anna.balance, anna.open_items) == ("0.00", {})
    assert told(anna.bounce("debit", "2026-11-12")) == [
        "480.00 of bank:debit off 1010",
        "bank:debit taken back 480.00",
    ]
    assert (anna.balance, anna.open_items) == ("-480.00", {"1010": "480.00"})
    assert anna.bill("2026-11-12") == [], "a debit that bounced is no reason to charge anything"
    anna.pay("480.00", "2026-11-20", "again", invoice="1010")
    assert (anna.balance, anna.open_items) == ("0.00", {})
    audit(anna)

    # In December she moves abroad: paid to the end of the month, gone on the 17th, fifteen days come back to her.
    anna.bill("2026-12-01")
    anna.pay("600.00", "2026-12-10", "december")
    anna.terminate("2026-12-17")
    assert told(anna.bill("2026-12-17")) == [
        "monthly 17 Dec - 01 Jan: -241.94 of S1/monthly/2026-12-01/2027-01-01/0, credit: "
        "500.00 EUR a month x 15/31 days of the whole period, price list fast",
        "credit note 5003 for 1011: -241.94 + VAT -48.39 = -290.33",
    ]
    assert (anna.balance, anna.open_items) == ("290.33", {})

    # The new year has nothing to say any more.
    assert anna.bill("2027-01-01") == []
    assert anna.bill("2027-06-01") == []
    audit(anna)


def test_a_year_with_a_billing_day_that_most_months_do_not_have():
    """Billing day 31: the periods start on the last day of each short month and never drift."""
    boris = Subscriber(tariff("tv", monthly("31.00")), opened="2026-01-31", billing_day=31)
    boris.activate("tv", "2026-01-31")
    for day in ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"):
        assert boris.bill(day)[-1].effective_on.isoformat() == day
        assert boris.bill(day) == []

    assert [line.split(":")[0] for line in told(boris.events) if line.startswith("monthly")] == [
        "monthly 31 Jan - 28 Feb",
        "monthly 28 Feb - 31 Mar",
        "monthly 31 Mar - 30 Apr",
        "monthly 30 Apr - 31 May",
        "monthly 31 May - 30 Jun",
    ]
    assert boris.balance == "-155.00"
    audit(boris)


def test_a_clerk_learns_of_it_late():
    """In May it turns out that Carla left on 20 February and that her price was agreed at 20.00 from the start of
    February; March to May come back in full, February in part, each to the invoice it stood on."""
    carla = Subscriber(tariff("net", monthly("30.00", vat="20")), opened="2026-01-01")
    carla.activate("net", "2026-01-01")
    for month in range(1, 6):
        carla.bill(f"2026-0{month}-01")
    assert carla.balance == "-180.00"

    carla.change_tariff("net", "2026-02-01", monthly="20.00")
    carla.terminate("2026-02-20")

    assert told(carla.bill("2026-05-12")) == [
        "monthly 01 Feb - 01 Mar: -30.00 of S1/monthly/2026-02-01/2026-03-01/0, credit: "
        "1 month at 30.00 EUR, price list net",
        "monthly 01 Feb - 20 Feb: 13.57, 20.00 EUR a month x 19/28 days of the whole period, agreed price",
        "monthly 01 Mar - 01 Apr: -30.00 of S1/monthly/2026-03-01/2026-04-01/0, credit: "
        "1 month at 30.00 EUR, price list net",
        "monthly 01 Apr - 01 May: -30.00 of S1/monthly/2026-04-01/2026-05-01/0, credit: "
        "1 month at 30.00 EUR, price list net",
        "monthly 01 May - 01 Jun: -30.00 of S1/monthly/2026-05-01/2026-06-01/0, credit: "
        "1 month at 30.00 EUR, price list net",
        "credit note 5001 for 1002: -30.00 + VAT -6.00 = -36.00",
        "36.00 of 5001 settles 1002",
        "credit note 5002 for 1003: -30.00 + VAT -6.00 = -36.00",
        "36.00 of 5002 settles 1003",
        "credit note 5003 for 1004: -30.00 + VAT -6.00 = -36.00",
        "36.00 of 5003 settles 1004",
        "credit note 5004 for 1005: -30.00 + VAT -6.00 = -36.00",
        "36.00 of 5004 settles 1005",
        "invoice 1006: 13.57 + VAT 2.71 = 16.28, due 26 May",
    ]
    assert carla.open_items == {"1001": "36.00", "1006": "16.28"}
    assert carla.bill("2026-05-12") == []
    audit(carla)
