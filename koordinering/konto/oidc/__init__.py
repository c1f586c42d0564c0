"""Single sign-on by OpenID Connect: several issuers, local rights, and requests that wait for a role."""
