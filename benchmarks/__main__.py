"""`make bench`: every benchmark against a PostgreSQL of its own in a temporary folder."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.postgres.server import running_server
from benchmarks import (
    bank_import,
    billing_run,
    bulk_append,
    catch_up,
    changed_run,
    customer_card,
    customer_search,
    daily_run,
    dunning_run,
    durable_commands,
    find_anything,
    growth,
    growth_of_an_account,
    growth_of_files,
    http_api,
    http_latency,
    idle_readers,
    kafka,
    kiosk_pay,
    latency,
    loading,
    log_queries,
    mixed_run,
    outbox,
    pages,
    policy_simulation,
    price_change,
    price_lists,
    printing,
    process_positions,
    radius,
    rating,
    rebuild,
    report_files,
    reports,
    statement_import,
    statement_reading,
    suspended,
    tickets,
    traffic,
    unmatched,
    usage,
    usage_import,
    usage_rating,
    usage_reading,
    verify,
)
from benchmarks.books import books

SIZES = (10_000, 100_000, 1_000_000)

if __name__ == "__main__":
    printing.main()
    process_positions.main()
    rating.main()
    price_lists.main()
    growth_of_files.main()
    usage_reading.main()
    statement_reading.main()
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as server_url:
        durable_commands.main(server_url)
        http_api.main(server_url)
        http_latency.main(server_url)
        loading.main(server_url)
        customer_search.main(server_url)
        customer_card.main(server_url)
        pages.main(server_url)
        find_anything.main(server_url)
        unmatched.main(server_url)
        report_files.main(server_url)
        reports.main(server_url)
        bulk_append.main(server_url)
        verify.main(server_url)
        billing_run.main(server_url)
        mixed_run.main(server_url)
        changed_run.main(server_url)
        daily_run.main(server_url)
        dunning_run.main(server_url)
        suspended.main(server_url)
        usage.main(server_url)
        usage_rating.main(server_url)
        usage_import.main(server_url)
        radius.main(server_url)
        kiosk_pay.main(server_url)
        kafka.main(server_url)
        bank_import.main(server_url)
        statement_import.main(server_url)
        tickets.main(server_url)
        traffic.main(server_url)
        policy_simulation.main(server_url)
        price_change.main(server_url)
        outbox.main(server_url)
        growth_of_an_account.main(server_url)
        idle_readers.main(server_url)
        with ExitStack() as stack:
            kept = {events: stack.enter_context(books(server_url, events)) for events in SIZES}
            catch_up.main(kept[max(SIZES)])
            rebuild.main(kept[max(SIZES)])
            growth.main(kept)
            latency.main(kept[min(SIZES)])
            log_queries.main(kept[max(SIZES)])
