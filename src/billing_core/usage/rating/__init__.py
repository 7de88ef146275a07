"""Rating: what records cost by a price list, with packages of free units, one by one and by columns."""
