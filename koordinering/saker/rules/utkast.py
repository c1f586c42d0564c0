"""Drafts: how long what nobody sent is kept, and when a case that is nothing else goes."""

from datetime import date, timedelta

UTKAST_LEVER = timedelta(days=30)
"""How long an unsent draft is kept, and a case with no measure after the last that was done to it."""


def slettes_fra(sist: date) -> date:
    """The first day on which a case that was last touched this day has stood untouched for whole days."""
    return sist + UTKAST_LEVER + timedelta(days=1)


def roert_foer(dag: date) -> date:
    """What was touched before this day has stood long enough on `dag`: `slettes_fra` turned around."""
    return dag - UTKAST_LEVER
