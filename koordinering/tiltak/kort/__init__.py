"""Where Opplevelseskortet is taken, and how often: venues, and their counts a month. Never linked to a card."""
