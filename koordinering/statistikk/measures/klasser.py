"""The classes that tables are divided into: fixed lists, whichever of them have counts in a year (rule 10).

The dimension `utfall` is one tree seen at different depths: what became of a referral. The same class has the same
code in every table, so that the engine knows it for the same number.
"""

from collections.abc import Iterable, Sequence

from koordinering.saker.rules.behov import JaNeiVetIkke, Kjoenn
from koordinering.saker.rules.overganger import Avslagsgrunn, PaaVentGrunn, Status, Videresendingsgrunn
from koordinering.saker.rules.registrering import ELDSTE
from koordinering.statistikk.disclosure import Kategori
from koordinering.tekst import N_, Kode
from koordinering.tiltak.kort.rules import Stedslag
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.rules import Aktivitet, Mekanikk
from koordinering.tiltak.utstyr.rules.tilstander import Kategori as Utstyrskategori
from koordinering.users import Enhet

ALDERSGRUPPER = ((0, 5), (6, 12), (13, 17), (18, ELDSTE))
"""Years on 31 December, both ends included. A changed grouping is a new counting definition."""

ALDER = tuple(Kategori(f"{fra}-{til}", f"{fra}–{til} {N_('år')}") for fra, til in ALDERSGRUPPER)
GRUPPE_AV_ALDER = {alder: f"{fra}-{til}" for fra, til in ALDERSGRUPPER for alder in range(fra, til + 1)}

FLERE, UKJENT, IKKE_SPURT = "flere", "ukjent", "ikke_spurt"
GITT, IKKE_GITT, VENTELISTE, ANNET = "gitt", "ikke_gitt", "venteliste", "annet"
ANDRE_TILTAK = N_("Andre tiltak")

KJOENN = (*(Kategori(k.value, k.tekst) for k in Kjoenn), Kategori(UKJENT, N_("Ikke oppgitt")))
DELTAR = tuple(Kategori(svar.value, svar.tekst) for svar in JaNeiVetIkke)
DELTAR_SLUTT = (*DELTAR, Kategori(IKKE_SPURT, N_("Ikke spurt ennå")))
STEDSLAG = tuple(Kategori(s.value, s.tekst) for s in Stedslag)
UTSTYR = tuple(Kategori(k.value, k.tekst) for k in Utstyrskategori)
BETALT, IKKE_BETALT = "betalt", "ikke_betalt"
BETALING = (Kategori(BETALT, N_("Betalt")), Kategori(IKKE_BETALT, N_("Innvilget og ikke betalt ennå")))
UTEN_TILTAK = Kategori("uten_tiltak", N_("Uten tiltak i planen"))
KVARTAL = tuple(Kategori(f"k{nr}", f"{nr}. {N_('kvartal')}") for nr in range(1, 5))

FOERSTE = (
    Kategori("foerste", N_("Nådd for første gang")),
    Kategori("kjent", N_("Kjent fra tidligere år")),
    Kategori(UKJENT, N_("Uten kobling, kan ikke sees")),
)
KOBLING = (Kategori("alle", N_("Alle barna er koblet")), Kategori("mangler", N_("Minst ett barn er uten kobling")))

UTFALL = (
    Kategori(GITT, N_("Gitt")),
    Kategori(VENTELISTE, N_("På venteliste")),
    Kategori(ANNET, N_("Verken gitt eller på venteliste")),
)
UTEN_GITT = "uten_gitt"
ANTALL_TILTAK = (
    Kategori(UTEN_GITT, N_("Ikke fått noe av årets henvisninger")),
    Kategori(GITT, N_("Fått minst ett tiltak")),
    Kategori("t1", N_("Ett tiltak"), GITT),
    Kategori("t2", N_("To tiltak"), GITT),
    Kategori("t3", N_("Tre eller flere tiltak"), GITT),
)
FRA_TIDLIGERE = (Kategori(GITT, N_("Gitt i året")), Kategori(VENTELISTE, N_("På venteliste ved årets slutt")))

_STATUS_GITT = (Status.INNVILGET, Status.I_GANG, Status.AVSLUTTET)
_STATUS_ANNET = tuple(s for s in Status if s not in {Status.UTKAST, Status.VENTER_SAMTYKKE, Status.VENTELISTE})
GITT_ELLERS, ANNET_ELLERS = "g_annet", "s_annet"
STATUS = (
    UTFALL[0],
    *(Kategori(f"g_{s.value}", s.tekst, GITT) for s in _STATUS_GITT),
    Kategori(GITT_ELLERS, N_("Tatt opp igjen eller avsluttet på annen måte"), GITT),
    UTFALL[1],
    UTFALL[2],
    *(Kategori(f"s_{s.value}", s.tekst, ANNET) for s in _STATUS_ANNET),
)
AVSLAATT, IKKE_AVSLAATT = "s_avslaatt", "ikke_avslaatt"
_AVSLAG = (
    Kategori(AVSLAATT, Status.AVSLAATT.tekst),
    *(Kategori(f"a_{g.value}", g.tekst, AVSLAATT) for g in Avslagsgrunn),
)
AVSLAG = (*_AVSLAG, Kategori(IKKE_AVSLAATT, N_("Ikke avslått")))

AVBRUTT, VIDERESENDT, HOLDT, INGEN = "h_avbrutt", "h_videresendt", "h_paa_vent", "h_ingen"
HINDRING = (
    *_AVSLAG,
    Kategori(AVBRUTT, N_("Avbrutt etter at det var gitt")),
    Kategori(VIDERESENDT, N_("Sendt videre fra en annen enhet")),
    *(Kategori(f"v_{g.value}", g.tekst, VIDERESENDT) for g in Videresendingsgrunn),
    Kategori(HOLDT, N_("Satt på vent underveis")),
    *(Kategori(f"p_{g.value}", g.tekst, HOLDT) for g in PaaVentGrunn),
    Kategori(INGEN, N_("Ingen hindring")),
)

VENTEDAGER = (7, 14, 30, 60, 90, 180)
"""Last day of each class of waiting; the last class is open."""


def _dager(bokstav: str, forelder: str) -> tuple[Kategori, ...]:
    fra = (0, *(dag + 1 for dag in VENTEDAGER))
    lukkede = tuple(
        Kategori(f"{bokstav}_{a}_{b}", f"{a}–{b} {N_('dager')}", forelder)
        for a, b in zip(fra, VENTEDAGER, strict=False)
    )
    return (*lukkede, Kategori(f"{bokstav}_over", f"{N_('Over')} {VENTEDAGER[-1]} {N_('dager')}", forelder))


VENTETID = (UTFALL[0], *_dager("d", GITT), Kategori(IKKE_GITT, N_("Ikke gitt")))
VENTET = (UTFALL[1], *_dager("w", VENTELISTE), Kategori("ikke_venteliste", N_("Ikke på venteliste")))
GITT_ELLER_IKKE = (UTFALL[0], Kategori(IKKE_GITT, N_("Ikke gitt")))
UTEN_AKTIVITET, BETALT_PLASS = "akt_ingen", "akt_betalt"
AKTIVITET = (
    UTFALL[0],
    *(Kategori(f"akt_{a.value}", a.tekst, GITT) for a in Aktivitet),
    Kategori(BETALT_PLASS, N_("Plass som er betalt hos et lag"), GITT),
    Kategori(UTEN_AKTIVITET, N_("Gitt uten å være en plass i en aktivitet"), GITT),
    Kategori(IKKE_GITT, N_("Ikke gitt")),
)


def ventekoder(bokstav: str) -> tuple[str, ...]:
    """The classes of waiting by their last day, the open one at the end."""
    return tuple(k.kode for k in _dager(bokstav, ""))


def maanedens_kvartal(maaned: int) -> str:
    """The quarter of a month, 1 to 12."""
    return f"k{(maaned + 2) // 3}"


def med_grunn(bokstav: str, grunn: str | None, liste: type[Kode], ellers: Kode) -> str:
    """The class of a reason; one that is not on the list counts as `ellers`."""
    return f"{bokstav}_{grunn if grunn in set(liste) else ellers.value}"


def tjenester(enheter: Iterable[Enhet]) -> tuple[Kategori, ...]:
    """Disjoint classes: only this service, or several."""
    bare = (Kategori(enhet.id, f"{N_('Bare')} {enhet.kortnavn}") for enhet in enheter)
    return (*bare, Kategori(FLERE, N_("To eller flere tjenester")))


SLAG_I_REKKEFOELGE = (
    Mekanikk.FRIPLASS,
    Mekanikk.KORT,
    Mekanikk.OPPFOELGING,
    Mekanikk.UTSTYR,
    Mekanikk.MOETEPLASS,
    Mekanikk.MIDLER,
    Mekanikk.SYSTEM,
)
"""A measure given in several ways is counted under the first of them."""


def slag_av(tiltak: Tiltak) -> Mekanikk:
    """The one kind that a measure is counted under."""
    return next((slag for slag in SLAG_I_REKKEFOELGE if slag in tiltak.slag), Mekanikk.SYSTEM)


def tiltak(alle: Iterable[Tiltak]) -> tuple[Kategori, ...]:
    """Measures, in the plan's order."""
    return tuple(Kategori(t.id, t.kortnavn) for t in alle)


def slag(alle: Sequence[Tiltak]) -> tuple[Kategori, ...]:
    """The kinds that have a measure."""
    brukt = {slag_av(t) for t in alle}
    return tuple(Kategori(s.value, s.tekst) for s in SLAG_I_REKKEFOELGE if s in brukt)


def tiltak_under_slag(alle: Sequence[Tiltak]) -> tuple[Kategori, ...]:
    """Kinds, each followed by its measures."""
    return tuple(
        kategori
        for over in slag(alle)
        for kategori in (over, *(Kategori(t.id, t.kortnavn, over.kode) for t in alle if slag_av(t).value == over.kode))
    )
