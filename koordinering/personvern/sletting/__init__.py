"""Forgetting: which cases have had their time, and how they go so that nothing leads back."""
