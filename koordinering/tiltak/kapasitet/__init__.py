"""Capacity: what there is so much of, whoever it is given to, taken and given back in one way."""
