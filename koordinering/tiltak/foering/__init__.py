"""Counts that people write in and correct: what the kinds of counts share. No table of its own."""
