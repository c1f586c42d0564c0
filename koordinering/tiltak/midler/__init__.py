"""Money to clubs: budgets, grants in rounds, commitments for one place, payments, and the ledger. Knows no family."""
