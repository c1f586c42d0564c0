"""Reading a plan file: every fault is told with its line, all at once."""

from collections.abc import Iterable

from koordinering.plan.rules.linjer import Kart, PlanFeil, les_rot
from koordinering.plan.rules.planfil import (
    ID,
    Ansvarsrolle,
    Delmaalslinje,
    Enhetslinje,
    Indikatorlinje,
    Indikatorslag,
    Planfil,
    Planhode,
    Strategilinje,
    Tiltakslinje,
)
from koordinering.tekst import N_
from koordinering.tiltak.rules import FORMIDLES, Kadens, Mekanikk


def les_enheter(tekst: str) -> tuple[Enhetslinje, ...]:
    """The units of a file that holds nothing else. Raises PlanFeil."""
    rot = les_rot(tekst)
    rot.kjenn("enheter")
    sett: set[str] = set()
    enheter = tuple(_enhet(kart, sett) for kart in rot.kartliste("enheter"))
    _krev_hel(rot)
    return enheter


def les_plan(tekst: str, ekstra: Iterable[Enhetslinje] = ()) -> Planfil:
    """The plan that the text describes. `ekstra`: units that exist besides the plan's own.

    Raises PlanFeil with everything that is wrong.
    """
    rot = les_rot(tekst)
    rot.kjenn("metadata", "enheter", "strategier", "indikatorer", "indikator_merknader")
    metadata = rot.kart("metadata")
    sett: set[str] = set()
    enheter = tuple(_enhet(kart, sett) for kart in rot.kartliste("enheter"))
    kjente = {enhet.id for enhet in enheter} | {enhet.id for enhet in ekstra}
    tiltak_sett: set[str] = set()
    strategi_sett: set[str] = set()
    strategier = tuple(_strategi(kart, strategi_sett, tiltak_sett, kjente) for kart in rot.kartliste("strategier"))
    indikator_sett: set[str] = set()
    delmaal_sett: set[str] = set()
    fil = Planfil(
        hode=_hode(metadata),
        enheter=enheter,
        delmaal=tuple(_delmaal(kart, delmaal_sett) for kart in metadata.kartliste("delmaal")),
        strategier=strategier,
        indikatorer=tuple(
            _indikator(kart, indikator_sett, tiltak_sett) for kart in rot.kartliste("indikatorer", paakrevd=False)
        ),
    )
    _krev_hel(rot)
    return fil


def _krev_hel(rot: Kart) -> None:
    if rot.feil:
        raise PlanFeil(rot.feil)


def _id(kart: Kart, sett: set[str]) -> str:
    """The entry's id: well formed, and not seen before among its kind."""
    ny = kart.tekst("id")
    if ny and not ID.fullmatch(ny):
        kart.si("id", N_("ugyldig id «%(hva)s»: bruk bokstaver a–z, tall, bindestrek og understrek"), ny[:40])
    if ny in sett:
        kart.si("id", N_("id «%(hva)s» er brukt før"), ny)
    sett.add(ny)
    return ny


def _hode(kart: Kart) -> Planhode:
    return Planhode(
        tittel=kart.tekst("tittel"),
        kommune=kart.tekst("kommune"),
        kommunenummer=kart.tekst("kommunenummer"),
        periode=kart.tekst("periode"),
        vedtak=kart.tekst("vedtak"),
        merknad=kart.valgfri("hovedmaal_merknad"),
    )


def _enhet(kart: Kart, sett: set[str]) -> Enhetslinje:
    kart.kjenn("id", "navn", "kortnavn", "henviser", "helse", "skrevet_som", "merknad")
    navn = kart.tekst("navn")
    return Enhetslinje(
        id=_id(kart, sett),
        navn=navn,
        kortnavn=kart.valgfri("kortnavn") or navn,
        henviser=kart.ja_nei("henviser"),
        helse=kart.ja_nei("helse"),
    )


def _delmaal(kart: Kart, sett: set[str]) -> Delmaalslinje:
    kart.kjenn("id", "navn", "tekst")
    return Delmaalslinje(id=_id(kart, sett), navn=kart.tekst("navn"), tekst=kart.tekst("tekst"))


def _strategi(kart: Kart, sett: set[str], tiltak_sett: set[str], enheter: set[str]) -> Strategilinje:
    kart.kjenn("id", "hovedstrategi", "strategi", "tiltak")
    strategi_id = _id(kart, sett)
    return Strategilinje(
        id=strategi_id,
        hovedstrategi=kart.heltall("hovedstrategi", paakrevd=True) or 0,
        tekst=kart.tekst("strategi"),
        tiltak=tuple(_tiltak(t, strategi_id, tiltak_sett, enheter) for t in kart.kartliste("tiltak")),
    )


_TILTAKSFELT = (
    "id",
    "navn",
    "kortnavn",
    "mottaker",
    "enkeltvedtak",
    "ansvar",
    "ansvar_tekst",
    "evalueres",
    "kadens",
    "frist",
    "rapporteres_til",
    "maalgruppe",
    "usikker",
    "merknad",
    "mekanikk",
)


def _tiltak(kart: Kart, strategi: str, sett: set[str], enheter: set[str]) -> Tiltakslinje:
    kart.kjenn(*_TILTAKSFELT)
    navn = kart.tekst("navn")
    ansvar = _ansvar(kart, enheter)
    mekanikker = kart.koder("mekanikk", Mekanikk)
    return Tiltakslinje(
        id=_id(kart, sett),
        strategi=strategi,
        navn=navn,
        kortnavn=kart.valgfri("kortnavn") or navn,
        evalueres=kart.tekst("evalueres"),
        kadens=kart.kode("kadens", Kadens, Kadens.IKKE_OPPGITT),
        frist=kart.valgfri("frist"),
        rapporteres_til=kart.valgfri("rapporteres_til"),
        maalgruppe=kart.valgfri("maalgruppe"),
        usikker=kart.ja_nei("usikker"),
        merknad=kart.valgfri("merknad"),
        ansvar_tekst="; ".join(kart.tekster("ansvar_tekst")),
        mottaker=_mottaker(kart, mekanikker, ansvar, enheter),
        enkeltvedtak=kart.ja_nei("enkeltvedtak"),
        mekanikker=mekanikker,
        ansvar=ansvar,
    )


def _ansvar(kart: Kart, enheter: set[str]) -> tuple[tuple[str, bool], ...]:
    ansvar: dict[str, bool] = {}
    for linje in kart.kartliste("ansvar"):
        linje.kjenn("enhet", "rolle")
        enhet = linje.tekst("enhet")
        rolle = linje.kode("rolle", Ansvarsrolle, Ansvarsrolle.SAMARBEID)
        if enhet and enhet not in enheter:
            linje.si("enhet", N_("ukjent enhet «%(hva)s»"), enhet)
        if enhet in ansvar:
            linje.si("enhet", N_("enheten «%(hva)s» står to ganger"), enhet)
        ansvar[enhet] = rolle is Ansvarsrolle.HOVEDANSVAR
    if ansvar and not any(ansvar.values()):
        kart.si("ansvar", N_("ingen enhet har hovedansvar"))
    return tuple(ansvar.items())


def _mottaker(
    kart: Kart, mekanikker: tuple[Mekanikk, ...], ansvar: tuple[tuple[str, bool], ...], enheter: set[str]
) -> str | None:
    """The unit that handles referrals: the one named, else the one with the main responsibility."""
    mottaker = kart.valgfri("mottaker")
    formidles = bool(FORMIDLES & set(mekanikker))
    if mottaker and mottaker not in enheter:
        kart.si("mottaker", N_("ukjent enhet «%(hva)s»"), mottaker)
    if mottaker and mekanikker and not formidles:
        kart.si("mottaker", N_("tiltaket gis ikke etter henvisning og skal ikke ha mottaker"))
    return mottaker or next((enhet for enhet, hoved in ansvar if hoved and formidles), None)


_INDIKATORFELT = (
    "id",
    "navn",
    "omraade",
    "aar",
    "periode",
    "verdi",
    "tekst",
    "enhet",
    "gruppe",
    "kilde",
    "type",
    "brudd",
    "brudd_mot",
    "brudd_grunn",
    "avsluttet",
    "avsluttet_grunn",
    "tiltak",
)


def _indikator(kart: Kart, sett: set[str], tiltak: set[str]) -> Indikatorlinje:
    kart.kjenn(*_INDIKATORFELT)
    gjelder = tuple(dict.fromkeys(kart.tekster("tiltak")))
    for ukjent in (en for en in gjelder if en not in tiltak):
        kart.si("tiltak", N_("ukjent tiltak «%(hva)s»"), ukjent)
    return Indikatorlinje(
        id=_id(kart, sett),
        navn=kart.tekst("navn"),
        omraade=kart.valgfri("omraade"),
        aar=kart.heltall("aar"),
        periode=kart.valgfri("periode"),
        verdi=kart.tall("verdi"),
        tekst=kart.valgfri("tekst"),
        enhet=kart.tekst("enhet"),
        gruppe=kart.valgfri("gruppe"),
        kilde=kart.valgfri("kilde"),
        slag=kart.kode("type", Indikatorslag, Indikatorslag.TALL),
        brudd=kart.ja_nei("brudd"),
        brudd_mot=kart.valgfri("brudd_mot"),
        brudd_grunn=kart.valgfri("brudd_grunn"),
        avsluttet=kart.ja_nei("avsluttet"),
        avsluttet_grunn=kart.valgfri("avsluttet_grunn"),
        tiltak=gjelder,
    )
