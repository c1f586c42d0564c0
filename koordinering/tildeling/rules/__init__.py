"""What may be given and done, in plain Python: hvorfor_ikke with its two faces, and the actions on a referral."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from koordinering.saker.rules.overganger import Part, Status, lovlige
from koordinering.tekst import N_, Kode
from koordinering.tildeling.rules.handlinger import (
    HANDLINGER,
    Handling,
    Handlingsregel,
    Stilling,
    lovlige_handlinger,
)
from koordinering.tildeling.rules.runde import MAKS_TILBUD_TIL_SAMME
from koordinering.tiltak.midler.rules import over_taket
from koordinering.tiltak.rules import Kortenhet, Mekanikk, alder_ved

__all__ = [
    "HANDLINGER",
    "TELLER_MOT_TAK",
    "Aldersgruppe",
    "Gitt",
    "Gjenstand",
    "Handling",
    "Handlingsregel",
    "Hvorfor",
    "Kandidat",
    "Stilling",
    "Tildelingstilstand",
    "aldersgruppe",
    "foedselsaar_i",
    "hvorfor_ikke",
    "lovlige_handlinger",
    "teller",
    "tilbudt_nok",
]


class Tildelingstilstand(Kode):
    """Where something that was given is in its life."""

    GITT = "gitt", N_("Gitt")
    STARTET = "startet", N_("Startet")
    IKKE_MOETT = "ikke_moett", N_("Ikke møtt")
    AVSLUTTET = "avsluttet", N_("Avsluttet")
    TILBAKELEVERT = "tilbakelevert", N_("Levert tilbake")
    ANGRET = "angret", N_("Angret")
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


class Hvorfor(Kode):
    """Why something cannot be given to a referral now; in the order in which reasons are told."""

    FEIL_STATUS = "feil_status", N_("Henvisningen er ikke under behandling eller på venteliste.")
    FEIL_TILTAK = "feil_tiltak", N_("Henvisningen gjelder et annet tiltak.")
    MANGLER_SAMTYKKE = "mangler_samtykke", N_("Samtykket til å behandle henvisningen gjelder ikke lenger.")
    GJELDER_FAMILIEN = "gjelder_familien", N_("Henvisningen gjelder hele familien, men dette gis til ett barn.")
    FOR_UNG = "for_ung", N_("Barnet er for ungt.")
    FOR_GAMMEL = "for_gammel", N_("Barnet er for gammelt.")
    UTENFOR_SESONG = "utenfor_sesong", N_("Sesongen er over.")
    TILBUD_TRUKKET = "tilbud_trukket", N_("Tilbudet er trukket.")
    AAR_STENGT = "aar_stengt", N_("Årets kort er avsluttet eller ikke opprettet.")
    OVER_TAKET = "over_taket", N_("Beløpet er høyere enn taket for ett barn i året.")
    HAR_ALT = "har_alt", N_("Taket er nådd: familien eller barnet har alt fått dette.")
    KAN_IKKE_NAA = "kan_ikke_naa", N_("Kan ikke innvilges nå.")
    """The neutral face of HAR_ALT: it may rest on another unit's case, so it says nothing."""
    FULLT = "fullt", N_("Ingen ledige.")
    BUDSJETT_BRUKT = "budsjett_brukt", N_("Det er ikke nok igjen i budsjettet.")
    HAR_TILBUD = "har_tilbud", N_("Barnet er tilbudt en plass, og svaret ventes.")
    TILBUDT_NOK = "tilbudt_nok", N_("Barnet har fått dette tilbudet to ganger.")


@dataclass(frozen=True)
class Gitt:
    """Something that counts against a ceiling."""

    enhet_id: str
    """The unit that gave it."""
    sak_enhet_id: str
    """The unit whose case it was given to."""
    tiltak_id: str
    aar: int
    beholdning_id: int | None
    samme_barn: bool
    aapen: bool
    beloep_oere: int | None = None
    """What is set aside, where it is money; None: a card, a place or follow-up."""

    def kjent_for(self, enhet_id: str) -> bool:
        """Whether this unit knows of it by itself: it gave it, or it was given to the unit's own case."""
        return enhet_id in {self.enhet_id, self.sak_enhet_id}


@dataclass(frozen=True)
class Kandidat:
    """What is known of a referral when something is to be given to it."""

    status: Status
    tiltak_id: str
    gjelder_barn: bool
    foedselsaar: int | None
    grunnlag: bool
    """The consent or authority stands."""
    sak_enhet_id: str
    """The unit whose case it is."""
    gitt: tuple[Gitt, ...] = ()
    """To the same family or child, in whichever case."""
    venter_svar: bool = False
    """A place is offered to it, and the answer is awaited."""
    tilbudt: tuple[int, ...] = ()
    """The stocks it has been offered a place of and not taken, once for each time."""


@dataclass(frozen=True)
class Gjenstand:
    """What is to be given: this year's card, a place in an offer, or follow-up without stock."""

    slag: Mekanikk
    tiltak_id: str
    aar: int
    ledig: int | None
    """None: has no stock."""
    beholdning_id: int | None = None
    stengt: bool = False
    """The year is closed or was never opened; the offer is taken back."""
    sesong: tuple[date, date] | None = None
    alder: tuple[int, int] | None = None
    per: Kortenhet = Kortenhet.BARN
    tak: int | None = None
    """How many one family or child may have in the year; None: no ceiling."""
    beloep_oere: int = 0
    """How much money is to be given."""
    fritt_oere: int | None = None
    """What is left of the budget; None: it is not money."""
    tak_oere: int | None = None
    """What may be given for one child in the year; None: no ceiling."""


def hvorfor_ikke(
    kandidat: Kandidat, ting: Gjenstand, *, enhet_id: str, registrerer: bool, dag: date
) -> tuple[Hvorfor, ...]:
    """Every reason why this cannot be given to this referral on this day; empty when it can.

    `enhet_id`: the unit that asks. `registrerer`: the one who asks can register families. Whoever can could try a
    number at will, so to them a ceiling rests on cases of the referral's own unit alone: another unit's case changes
    nothing that they can see. To others a ceiling counts every case, and one that rests on what another unit gave
    to another unit's case is told as KAN_IKKE_NAA, at the same place in the answer.
    """
    return (
        *_om_henvisningen(kandidat, ting),
        *_om_alder(kandidat, ting),
        *_om_tid(ting, dag),
        *_om_tak(_teller_for(kandidat, registrerer), ting, enhet_id),
        *((Hvorfor.FULLT,) if ting.ledig == 0 and not ting.stengt else ()),
        *((Hvorfor.BUDSJETT_BRUKT,) if ting.fritt_oere is not None and ting.beloep_oere > ting.fritt_oere else ()),
        *((Hvorfor.HAR_TILBUD,) if kandidat.venter_svar else ()),
    )


def tilbudt_nok(kandidat: Kandidat, ting: Gjenstand) -> tuple[Hvorfor, ...]:
    """Why a place is not offered with a deadline once more, though it could be given."""
    naadd = kandidat.tilbudt.count(ting.beholdning_id or 0) >= MAKS_TILBUD_TIL_SAMME
    return (Hvorfor.TILBUDT_NOK,) if naadd else ()


def _om_henvisningen(kandidat: Kandidat, ting: Gjenstand) -> list[Hvorfor]:
    grunner = []
    if Status.INNVILGET not in lovlige(kandidat.status, Part.MOTTAKER, enkeltvedtak=False, startet=False):
        grunner.append(Hvorfor.FEIL_STATUS)
    if kandidat.tiltak_id != ting.tiltak_id:
        grunner.append(Hvorfor.FEIL_TILTAK)
    if not kandidat.grunnlag:
        grunner.append(Hvorfor.MANGLER_SAMTYKKE)
    til_ett_barn = ting.slag in {Mekanikk.FRIPLASS, Mekanikk.MIDLER}
    til_ett_barn = til_ett_barn or (ting.slag is Mekanikk.KORT and ting.per is Kortenhet.BARN)
    if til_ett_barn and not kandidat.gjelder_barn:
        grunner.append(Hvorfor.GJELDER_FAMILIEN)
    return grunner


def _om_alder(kandidat: Kandidat, ting: Gjenstand) -> list[Hvorfor]:
    if ting.alder is None or ting.sesong is None or kandidat.foedselsaar is None:
        return []
    alder = alder_ved(ting.sesong[0].year, kandidat.foedselsaar)
    if alder < ting.alder[0]:
        return [Hvorfor.FOR_UNG]
    return [Hvorfor.FOR_GAMMEL] if alder > ting.alder[1] else []


def _om_tid(ting: Gjenstand, dag: date) -> list[Hvorfor]:
    if ting.slag is Mekanikk.KORT:
        return [Hvorfor.AAR_STENGT] if ting.stengt or ting.aar != dag.year else []
    grunner = [Hvorfor.UTENFOR_SESONG] if ting.sesong is not None and ting.sesong[1] < dag else []
    return [*grunner, Hvorfor.TILBUD_TRUKKET] if ting.stengt else grunner


def _teller_for(kandidat: Kandidat, registrerer: bool) -> list[Gitt]:
    return [g for g in kandidat.gitt if not registrerer or g.sak_enhet_id == kandidat.sak_enhet_id]


def _om_tak(gitt: Sequence[Gitt], ting: Gjenstand, enhet_id: str) -> list[Hvorfor]:
    if ting.slag is Mekanikk.MIDLER:
        return _om_beloepstak(gitt, ting, enhet_id)
    i_samme = [g for g in gitt if ting.slag is Mekanikk.FRIPLASS and _samme_tilbud(g, ting)]
    i_aaret = [g for g in gitt if teller(g, ting)]
    naadd = ting.tak is not None and len(i_aaret) >= ting.tak
    if not i_samme and not naadd:
        return []
    kjent = [g for g in i_aaret if g.kjent_for(enhet_id)]
    if any(g.kjent_for(enhet_id) for g in i_samme) or (ting.tak is not None and len(kjent) >= ting.tak):
        return [Hvorfor.HAR_ALT]
    return [Hvorfor.KAN_IKKE_NAA]


def _om_beloepstak(gitt: Sequence[Gitt], ting: Gjenstand, enhet_id: str) -> list[Hvorfor]:
    """The ceiling of money for one child in the year, with the same two faces."""
    if over_taket(0, ting.beloep_oere, ting.tak_oere):
        return [Hvorfor.OVER_TAKET]  # whatever was given before
    i_aaret = [g for g in gitt if g.samme_barn and g.tiltak_id == ting.tiltak_id and g.aar == ting.aar]
    alt, kjent = (sum(g.beloep_oere or 0 for g in i_aaret if alle or g.kjent_for(enhet_id)) for alle in (True, False))
    if not over_taket(alt, ting.beloep_oere, ting.tak_oere):
        return []
    return [Hvorfor.HAR_ALT if over_taket(kjent, ting.beloep_oere, ting.tak_oere) else Hvorfor.KAN_IKKE_NAA]


def _samme_tilbud(gitt: Gitt, ting: Gjenstand) -> bool:
    return gitt.samme_barn and gitt.aapen and gitt.beholdning_id == ting.beholdning_id


def teller(gitt: Gitt, ting: Gjenstand) -> bool:
    """Whether what was given counts against the ceiling of what is to be given; money is no place."""
    samme = gitt.tiltak_id == ting.tiltak_id and gitt.aar == ting.aar and gitt.beloep_oere is None
    return samme and (gitt.samme_barn or ting.per is Kortenhet.FAMILIE)


# --- What a receiver sees of a child ----------------------------------------------------------------------


class Aldersgruppe(Kode):
    """Age groups by age on 31 December (DESIGN.md section 3)."""

    A0_5 = "0-5", N_("0–5 år")
    A6_12 = "6-12", N_("6–12 år")
    A13_17 = "13-17", N_("13–17 år")
    A18_24 = "18-24", N_("18–24 år")


_HOEYESTE_ALDER = ((5, Aldersgruppe.A0_5), (12, Aldersgruppe.A6_12), (17, Aldersgruppe.A13_17))
_ELDST, _YNGST = 150, -2
"""Ages that nobody is outside of."""


def aldersgruppe(foedselsaar: int, aar: int) -> Aldersgruppe:
    """The group by age on 31 December of this year."""
    alder = aar - foedselsaar
    return next((gruppe for hoeyest, gruppe in _HOEYESTE_ALDER if alder <= hoeyest), Aldersgruppe.A18_24)


def foedselsaar_i(gruppe: Aldersgruppe, aar: int) -> tuple[int, int]:
    """The first and the last birth year that aldersgruppe puts in this group."""
    yngst = _YNGST
    for hoeyest, denne in _HOEYESTE_ALDER:
        if denne is gruppe:
            return aar - hoeyest, aar - yngst
        yngst = hoeyest + 1
    return aar - _ELDST, aar - yngst
