"""Work: tickets, and the flows by which they go from step to step."""
