"""Open offers: which exist, and how many came each day in each age group. Never linked to a family."""
