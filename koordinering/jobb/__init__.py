"""Work that lasts longer than a request: rows taken with a lease."""
