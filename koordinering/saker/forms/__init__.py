"""The shape of what is typed about cases and referrals."""
