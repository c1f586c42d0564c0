"""The seal of the access log: a hash chain per day, and signed heads outside the database."""
