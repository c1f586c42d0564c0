"""The voluntary clubs: who they are, how they are reached, and the account that money to them goes to."""
