"""Requests from families: access, correction, erasure, restriction, and a joint answer across units."""
