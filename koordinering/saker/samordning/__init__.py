"""Coordination with consent: the units that a family has named follow what each of them does, together."""
