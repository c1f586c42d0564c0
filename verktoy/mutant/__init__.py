"""Mutation testing of what decides who gets in and who sees what: `make mutant`. See docs/mutanter.md."""
