"""Read models: every balance, list and report, folded from events, and rebuilt at any time.

Lives here: one module per subject with the question it answers, its tables, its fold, its set-based write and its
queries; and the runner that feeds them pages of events in order.

Does not live here: decisions, and side effects of any kind. A projection works on the cursor that is handed in; the
database driver may be named for type checking only.

May import: billing_core. Never commands or adapters.
"""
