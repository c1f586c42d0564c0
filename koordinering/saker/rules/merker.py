"""What a case is found by in its unit's list: one mark for each filter that asks about the referrals."""

from koordinering.tekst import Kode


class Merke(Kode):
    """A case has the mark for as long as it holds; the database keeps it (see Saksmerke)."""

    UTKAST = "utkast", "utkast"
    SAMTYKKE = "samtykke", "samtykke"
    SPOERSMAAL = "spoersmaal", "spoersmaal"
    BESKJED = "beskjed", "beskjed"
    TILBUD = "tilbud", "tilbud"
    AAPNE = "aapne", "aapne"
    """Something is still open."""
    AVSLUTTEDE = "avsluttede", "avsluttede"
    """There are referrals, and none is open."""
