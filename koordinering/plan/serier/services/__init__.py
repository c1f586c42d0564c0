"""Changes series: figures entered, corrected, deleted, imported and undone, and what the coordinator decides."""

from koordinering.plan.serier.services.punkter import angre, foer, importer, slett
from koordinering.plan.serier.services.serien import endre_serie, importer_ssb, ny_serie

__all__ = ["angre", "endre_serie", "foer", "importer", "importer_ssb", "ny_serie", "slett"]
