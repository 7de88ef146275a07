"""Billing: what an account owes, and which documents say so.

Read in this order; each module begins with its rule and a worked example.

- when:       `periods` cuts time into periods, `proration` measures parts of them, `tenures` says over which days a
              component is in force and when each of its periods is due, `next_period` when a change can begin.
- how much:   `recurring`, `one_offs`, `usage`, `minimums`, and `shares` (discounts and surcharges; `shares_in_force`
              says which hold) price one period; `owed` puts them together, `unchanged` does so once for all
              subscriptions that are alike.
- what is new: `charges` are the facts, `difference` compares what is owed with what was posted (`fee_difference` by
              days, `one_off_difference` over a whole subscription), `cover` checks that nothing is charged twice,
              `repricing` marks what a price list that was revised late concerns.
- documents:  `credited` finds the invoice that a correction belongs to, `documents_due` makes documents of what waits,
              `invoices` sums and taxes them, `due_dates` says when they must be paid.
- decisions:  `bills` goes from one bill of an account to the next; `decision` chooses by plan between `run`, which
              decides for a date, and `prepaid`, which decides with the present money by a `prepaid_plan`. `reversals`
              takes back by hand. `yearly_gain` asks what a revised price list brings.
"""
