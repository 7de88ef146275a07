"""Charging: what a subscription should be charged, and what turns the posted charges into that.

Read in this order; each module begins with its rule and a worked example.

- when:       `schedule` says over which days a component is in force and when each of its periods is due (the periods
              are cut in `time.periods`), `next_period` when a change can begin.
- how much:   `proration` is the price of some days; `recurring`, `one_offs`, `usage`, `minimums` and `adjustments`
              (discounts and surcharges; `adjustments_in_force` says which hold) price one period; `expected` puts them
              together, `identical` does so once for all subscriptions that are alike. `counters` move with a service.
- what is new: `charges` are the facts, `difference` compares the expected with the posted ones (`one_off_difference`
              over a whole subscription), `double_billing` checks that nothing is charged twice.
"""
