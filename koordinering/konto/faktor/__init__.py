"""What is asked besides the password: passkeys, codes from an app, recovery codes, and a way back without them."""
