"""Cash desks: sessions with a float and a count, receipts, and cash on its way between desks and to the bank."""
