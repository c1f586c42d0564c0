"""Everything here is sent to one served installation with two worker processes."""

from tests.en_tjener import adresse, config, tjeneren

__all__ = ["adresse", "config", "tjeneren"]
