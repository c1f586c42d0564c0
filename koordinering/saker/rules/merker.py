"""What a case is found by: a mark for each filter of its unit's list that asks about the referrals, one for none."""

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
    TOM = "tom", "tom"
    """There is no referral, also where the case is locked. No filter of the list: it is what deleting asks for."""
