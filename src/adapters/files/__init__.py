"""Files that people hand in: CSV files of subscribers and of bank payments.

`subscribers.read_subscribers` reads a subscriber file by a mapping profile (`profile.load_profile`; the profiles that
come with the program are in `profiles/`), `bank_csv.read_bank_rows` reads payments. Both read one row at a time, refuse
a file whose columns they do not know before any row, and report a bad row and continue. Whether a subscriber or payment
is accepted is decided by the commands that receive the rows.
"""
