"""What can go wrong on the way to an issuer and back."""

from koordinering.audit import Ting
from koordinering.errors import DomainError
from koordinering.konto.oidc.rules import Avvik


class SsoFeil(DomainError):
    """A sign-in by an issuer did not succeed."""

    status = 403

    def __init__(self, avvik: Avvik, gjelder: Ting | None = None) -> None:
        super().__init__(avvik.tekst)
        self.avvik = avvik
        self.gjelder = gjelder
