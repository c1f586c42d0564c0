"""Why a referral can or cannot be given something, in plain Python: hvorfor_ikke and its codes."""

from koordinering.tekst import N_, Kode


class Tildelingstilstand(Kode):
    """Where something that was given is in its life."""

    GITT = "gitt", N_("Gitt")
    STARTET = "startet", N_("Startet")
    IKKE_MOETT = "ikke_moett", N_("Ikke møtt")
    AVSLUTTET = "avsluttet", N_("Avsluttet")
    TILBAKELEVERT = "tilbakelevert", N_("Levert tilbake")
    TAPT = "tapt", N_("Tapt")


TELLER_MOT_TAK = frozenset(
    {
        Tildelingstilstand.GITT,
        Tildelingstilstand.STARTET,
        Tildelingstilstand.AVSLUTTET,
        Tildelingstilstand.TAPT,
    }
)
"""What counts against a ceiling: everything but what came back unused. A lost card has been had."""
