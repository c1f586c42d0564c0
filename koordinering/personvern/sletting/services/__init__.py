"""Deletes cases that have had their time, keeps bare facts of decisions first, and deletes again after a restore."""

from koordinering.personvern.sletting.services.arkiv import Vedtak, arkiver
from koordinering.personvern.sletting.services.saker import gjenta_slettinger, slett_forfalte

__all__ = ["Vedtak", "arkiver", "gjenta_slettinger", "slett_forfalte"]
