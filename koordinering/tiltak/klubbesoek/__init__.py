"""The inclusion consultant's visits to clubs: date, club and theme."""
