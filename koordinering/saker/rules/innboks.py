"""Need to know: when opening a case takes a reason, and how many numbers one person looks up in a day."""

from datetime import timedelta

from koordinering.errors import DomainError
from koordinering.tekst import N_, Kode

GJELDER = timedelta(hours=12)
"""How long a reason holds for the one who gave it: a working day, so that the same case asks once."""

OPPSLAG_PER_DAG = 60
"""Identity numbers or linking codes that one user looks up in a day without registering anything: 20 families of 3."""

MAKS_TREFF = 10
"""Cases that one search shows. A child has a few in its own unit; more is a fault or fishing."""


class Aapningsgrunn(Kode):
    """Why somebody opens a case that is not in the own inbox (DESIGN.md section 6)."""

    FAMILIEN = "familien", N_("Familien har tatt kontakt med meg")
    KOLLEGA_BORTE = "kollega_borte", N_("Jeg tar over mens en kollega er borte")
    SAMARBEID = "samarbeid", N_("Kollegaen som har saken, har bedt meg om hjelp")
    LEDELSE = "ledelse", N_("Jeg fordeler eller følger opp arbeid i enheten")
    RETTING = "retting", N_("Noe er registrert feil og skal rettes")
    INNSYN = "innsyn", N_("Familien vil ha innsyn, retting eller sletting")
    ANNET = "annet", N_("Annet")


class TrengerGrunn(DomainError):
    """The case is the unit's, but not in the user's inbox: the user has to say why first."""

    status = 403
    melding = N_("Saken står ikke i innboksen din. Si hvorfor du åpner den.")

    def __init__(self, sak_id: int) -> None:
        super().__init__()
        self.sak_id = sak_id


class ForMangeOppslag(DomainError):
    """The user has looked up as many numbers as one may in a day."""

    status = 429
    melding = N_(
        "Du har slått opp så mange numre eller koder som du kan i dag. Bruk sakens referanse, eller prøv igjen i "
        "morgen. Personvernombudet ser at grensen er nådd."
    )


class ForMangeSoek(ForMangeOppslag):
    """The user has searched as often as one may in an hour."""

    melding = N_(
        "Du har søkt så mange ganger som du kan på en time. Vent litt. Personvernombudet ser at grensen er nådd."
    )


class ForMangeSoekHerfra(ForMangeOppslag):
    """Many users together have searched as often as one network can in an hour."""

    melding = N_(
        "Fra nettet du sitter på, er det søkt så mange ganger som det er mulig på en time. Vent litt. "
        "Personvernombudet ser at grensen er nådd."
    )
