"""Ready-made installations of 1,000 to 1,000,000 referrals: played, multiplied, kept and copied."""
