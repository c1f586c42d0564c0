"""The plan lives: its versions, the draft of the next one, small corrections, and what was changed."""
