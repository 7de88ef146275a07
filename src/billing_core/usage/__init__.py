"""Usage of subscriptions: single records and their limits; rooms for lists, rating, mediation, sessions and control."""
