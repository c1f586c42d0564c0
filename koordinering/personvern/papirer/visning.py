"""What the program itself puts into a paper: values, facts and tables, from the code that decides them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files

import yaml

from koordinering import crypto
from koordinering.konto.rules import MINSTE_PASSORD, TOMGANG
from koordinering.personvern.papirer.rules.dokument import Tabell, fyll
from koordinering.personvern.rules.frister import FRISTER, Frist
from koordinering.personvern.rules.register import EGNE, Felt, registeret, ser
from koordinering.roles import ADSKILTE, MATRISE, Omfang, Rolle
from koordinering.saker.rules.behov import STANDARD_OPPLYSNINGER, Opplysning
from koordinering.saker.rules.registrering import MAKS_FRITEKST
from koordinering.users import Koblingsmodus


@dataclass(frozen=True)
class Opplysninger:
    """What a paper says of one municipality. None where it has not said; all of it in a template."""

    kommune: str | None = None
    kobling: Koblingsmodus | None = None
    dpia_dato: date | None = None
    dpia_referanse: str | None = None
    terskel: int | None = None
    kjoenn: bool | None = None
    to_personer: bool | None = None
    sak_maaneder: int | None = None
    kontor: str | None = None
    epost: str | None = None
    telefon: str | None = None

    @property
    def mal(self) -> bool:
        """For no municipality in particular."""
        return self.kommune is None


OPPLYSNINGER: Mapping[Opplysning, tuple[str, str, str]] = {
    Opplysning.BEHOV: ("behov", "behov", "needs"),
    Opplysning.OENSKE: ("barnets ønske", "ønsket til barnet", "the child's wishes"),
    Opplysning.ALDERSGRUPPE: ("aldersgruppe", "aldersgruppe", "age group"),
    Opplysning.REFERANSE: ("referanse", "referanse", "reference"),
    Opplysning.AVSENDER: ("hvilken tjeneste som henviser", "kva teneste som viser til", "which service refers"),
}
"""Kinds of information in bokmål, nynorsk and English, for a page that is read in all three."""

KOBLING: Mapping[str, str] = {
    "ingen": "Hver sak telles for seg. Fødselsnummer brukes ikke.",
    "nummer": "Nummeret blir en blindindeks og glemmes. Det samme barnet telles én gang.",
    "referanse": "Familien tar med en kode fra den ene tjenesten til den neste. Fødselsnummer brukes ikke.",
}
"""What each linking mode means."""

_LENGDER = {"nn": {"dager": "dagar", "måneder": "månader"}, "en": {"dager": "days", "måneder": "months", "år": "years"}}


def _fylles(hva: str) -> str:
    return f"[fyll inn: {hva}]"


def _ja_nei(valg: bool | None, hva: str) -> str:
    return _fylles(hva) if valg is None else "ja" if valg else "nei"


def verdier(o: Opplysninger) -> dict[str, str]:
    """Name in a text to what stands there."""
    return {**_kommunens(o), **_programmets(), **_lengder(o)}


def _kommunens(o: Opplysninger) -> dict[str, str]:
    publiserer = {
        None: _fylles("om en annen enn den som laget utkastet, må publisere"),
        True: "En annen enn den som laget utkastet, må publisere.",
        False: "Den som laget utkastet, kan selv publisere.",
    }
    vedtak = f"{o.dpia_dato:%d.%m.%Y}, {o.dpia_referanse}" if o.dpia_dato and o.dpia_referanse else None
    return {
        "kommune": o.kommune or _fylles("kommunens navn"),
        "kobling": o.kobling.tekst if o.kobling else _fylles("om og hvordan saker kobles"),
        "dpia_vedtak": vedtak or _fylles("dato og referanse i arkivet"),
        "terskel": str(o.terskel or _fylles("minste tall som vises")),
        "kjoenn": _ja_nei(o.kjoenn, "ja eller nei"),
        "to_personer": publiserer[o.to_personer],
        "kontor": o.kontor or _fylles("kontor"),
        "epost": o.epost or _fylles("e-post"),
        "telefon": o.telefon or _fylles("telefon"),
        "kontor_linje": f"{o.kontor or _fylles('kontor')}, e-post {o.epost or _fylles('e-post')}, "
        f"telefon {o.telefon or _fylles('telefon')}.",
    }


def _programmets() -> dict[str, str]:
    kostnad = crypto.KOSTNAD_PRODUKSJON
    standard = [OPPLYSNINGER[en] for en in STANDARD_OPPLYSNINGER]
    return {
        "fritekst_tegn": str(MAKS_FRITEKST),
        "indeks_minne": str(kostnad.minne_kib // 1024),
        "indeks_runder": str(kostnad.runder),
        "passord_minst": str(MINSTE_PASSORD),
        "tomgang": str(int(TOMGANG.total_seconds() // 60)),
        "rolle_utstyr": Rolle.UTSTYRSOPERATOER.tekst,
        "rolleversjon": arkversjon(),
        "adskilte": _og([rolle.tekst for rolle in Rolle if rolle in ADSKILTE], "og"),
        "standard_opplysninger": _og([nb for nb, _, _ in standard], "og"),
        "standard_opplysninger_nn": _og([nn for _, nn, _ in standard], "og"),
        "standard_opplysninger_en": _og([en for _, _, en in standard], "and"),
    }


def arkversjon() -> str:
    """Tells one version of the sheet from another: the same roles, rights and reaches give the same twelve signs."""
    linjer = sorted(f"{rolle}|{rett}|{omfang}" for rolle, har in MATRISE.items() for rett, omfang in har.items())
    return hashlib.sha256("\n".join(linjer).encode()).hexdigest()[:12]


def _og(ord_: list[str], og: str) -> str:
    return f"{', '.join(ord_[:-1])} {og} {ord_[-1]}"


def _frist_i(kode: str, o: Opplysninger) -> Frist:
    """The rule, with the municipality's own length where it has chosen one."""
    frist = FRISTER[kode]
    return replace(frist, maaneder=o.sak_maaneder) if kode == "sak" and o.sak_maaneder else frist


def _lengder(o: Opplysninger) -> dict[str, str]:
    ut = {}
    for kode in ("utkast", "sak", "telefon"):
        lengde = _frist_i(kode, o).lengde
        ut[f"{kode}_lengde"] = lengde
        for spraak, ordene in _LENGDER.items():
            ut[f"{kode}_lengde_{spraak}"] = " ".join(ordene.get(ord_, ord_) for ord_ in lengde.split(" "))
    return ut


def fakta(o: Opplysninger) -> dict[str, bool | None]:
    """Name in a text to whether it is so; None where only the municipality knows."""
    har = {navn: True if o.mal else bool(getattr(o, navn)) for navn in ("kontor", "epost", "telefon")}
    felt = registeret().felt
    return {
        "mal": o.mal,
        "nummer": None if o.mal else o.kobling is Koblingsmodus.NUMMER,
        "kode": None if o.mal else o.kobling is Koblingsmodus.REFERANSE,
        "ukoblet": None if o.mal else o.kobling in {None, Koblingsmodus.INGEN},
        "kjoenn": None if o.mal else bool(o.kjoenn),
        **har,
        "kontakt": any(har.values()),
        "noekkel_i_saken": any(f.sted == "sak.noekkel" for f in felt),
        "logg_forseglet": len({f.tabell for f in felt if f.behandling == "logg"}) > 1,
    }


def hvem(felt: Felt) -> str:
    """Who may see a column, as the role sheet has it."""
    ord_ = [rolle.tekst for rolle in ser(felt.leses)] + ["Brukeren selv"] * (EGNE in felt.leses)
    return ", ".join(ord_) or "Ingen"


def _lagret(felt: Felt) -> str:
    return registeret().vern[felt.vern] if felt.vern else "Klartekst"


def tabeller(o: Opplysninger) -> dict[str, tuple[Tabell, ...]]:
    """Name in a text to the tables that stand there."""
    return {
        "behandlinger": (_behandlinger(),),
        "kobling": (_kobling(o),),
        "risikoer": (_risikoer(o),),
        "frister": (_frister(o),),
        "foelsomhet": (_foelsomhet(),),
        "felt": tuple(_feltene(kode) for kode in registeret().behandlinger),
        "utstyr": (_utstyr(),),
        "driften": (_driften(),),
        "matrise": tuple(_rollen(rolle) for rolle in MATRISE),
    }


def _behandlinger() -> Tabell:
    register = registeret()
    return Tabell(
        "Behandlingene",
        ("Behandling", "Formål", "Hvem det gjelder", "Grunnlag", "Hvem som får opplysninger"),
        tuple(
            (b.navn, b.formaal, b.om, register.grunnlag[b.grunnlag], b.mottakere)
            for b in register.behandlinger.values()
        ),
    )


def _kobling(o: Opplysninger) -> Tabell:
    rader = ((m.tekst, KOBLING[m.value], "ja" if m is o.kobling else "") for m in Koblingsmodus)
    return Tabell("Måter å koble saker på", ("Måte", "Hva den betyr", "Valgt nå"), tuple(rader))


@cache
def risikoene() -> tuple[Mapping[str, object], ...]:
    """The risks as they stand in data/risikoer.yaml."""
    tekst = (files("koordinering") / "data" / "risikoer.yaml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(tekst)["risikoer"])


def _risikoer(o: Opplysninger) -> Tabell:
    kjente = fakta(o)

    def samlet(linjer: object) -> str:
        fylt = (fyll(str(linje), {}, kjente) for linje in linjer if linje) if isinstance(linjer, list) else ()
        return " ".join(linje for linje in fylt if linje) or "Ingenting som er kjent."

    return Tabell(
        "Risiko, vern og det som er igjen",
        ("Risiko", "Vern i dag", "Det som er igjen"),
        tuple((str(r["risiko"]), samlet(r["vern"]), samlet(r["igjen"])) for r in risikoene()),
    )


def _frister(o: Opplysninger) -> Tabell:
    return Tabell(
        "Når det slettes",
        ("Hva", "Frist", "Regnes fra", "Det som skjer", "Gjøres av programmet", "Bygger på", "Merk"),
        tuple(_frist(_frist_i(kode, o)) for kode in FRISTER),
    )


def _frist(frist: Frist) -> tuple[str, ...]:
    lengde = frist.lengde + (" (kommunens valg)" if frist.valg else "") if frist.lengde else "Ingen"
    return (frist.navn, lengde, _fra(frist), frist.slag.tekst, _gjoeres(frist), frist.kilde, frist.forbehold)


def _gjoeres(frist: Frist) -> str:
    if not frist.lengde:
        return ""
    if frist.gjoeres_av is None:
        return "Nei, ikke ennå"
    return f"Ja, hver natt, når driften kjører «{frist.kommando}»" if frist.kommando else "Ja, hver time"


def _fra(frist: Frist) -> str:
    if frist.fra is None:
        return ""
    felt = next(felt for felt in registeret().felt if felt.sted == frist.fra)
    return f"{felt.formaal.split('.')[0].split(',')[0]} ({felt.sted})"


def _foelsomhet() -> Tabell:
    register = registeret()
    antall = {kode: sum(f.foelsomhet == kode for f in register.felt) for kode in register.foelsomhet}
    return Tabell(
        "Hvor følsomt det er",
        ("Kode", "Hva det betyr", "Antall felt"),
        tuple((kode, tekst, str(antall[kode])) for kode, tekst in register.foelsomhet.items()),
    )


def _feltene(behandling: str) -> Tabell:
    register = registeret()
    return _felttabell(register.behandlinger[behandling].navn, register.behandlingens(behandling))


def _felttabell(tittel: str, felt: Iterable[Felt]) -> Tabell:
    return Tabell(
        tittel,
        ("Felt", "Hva det er til", "Følsomhet", "Frist", "Hvem ser det", "Lagret som"),
        tuple((f.sted, f.formaal, f.foelsomhet, _kort(f.regel), hvem(f), _lagret(f)) for f in felt),
    )


def _kort(frist: Frist) -> str:
    return f"{frist.navn}: {frist.lengde}" if frist.lengde else f"{frist.navn}: ingen frist"


def _utstyr() -> Tabell:
    felt = [f for f in registeret().behandlingens("utstyr") if Rolle.UTSTYRSOPERATOER in ser(f.leses)]
    return _felttabell("Det operatøren av Utstyrsbanken ser", felt)


def _driften() -> Tabell:
    register = registeret()
    rader = []
    for kode, tekst in register.foelsomhet.items():
        felt = [f for f in register.felt if f.foelsomhet == kode]
        vernet = ", ".join(f.sted for f in felt if f.vern)
        rader.append((tekst, str(sum(f.vern is None for f in felt)), vernet or "Ingen"))
    return Tabell("Det databasen inneholder", ("Hva det er", "Felt i klartekst", "Felt som er vernet"), tuple(rader))


def _rollen(rolle: Rolle) -> Tabell:
    har = MATRISE[rolle]
    rader = tuple((rett.tekst, rett.value, Omfang(omfang).tekst) for rett, omfang in har.items())
    return Tabell(rolle.tekst, ("Rett", "Kode", "Rekker til"), rader)
