"""Synthetic demo data: a town's years, reproducible from a seed."""
