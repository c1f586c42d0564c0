"""Who needs it: families under a reference, children, consents and referrals."""
