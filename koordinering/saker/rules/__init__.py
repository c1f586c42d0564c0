"""What is allowed for cases and referrals, in plain Python."""
