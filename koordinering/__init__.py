"""Koordinering: places in activities for children in families with little money, counted without names."""
