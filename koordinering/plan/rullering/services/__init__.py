"""Changes the plan: new versions, the draft, corrections."""
