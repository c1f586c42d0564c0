"""The municipality's own choices: linking, threshold, gender. Changed by those who run the installation."""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva
from koordinering.db import db, i_dag
from koordinering.errors import Endret, UgyldigFelt
from koordinering.konto.rules import sjekk_lenke
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.users import Enhet, Koblingsmodus, Kommune, User

TERSKEL = (3, 10)
"""Lowest and highest threshold that may be chosen (DISCLOSURE.md section 1)."""

ALDER = (12, 18)
"""Lowest and highest age from which the young person gives the consent."""

SEKUNDER = (10, 3600)
"""Shortest and longest time that may be chosen for finding the lightest safe pattern."""

SAK_MAANEDER = (12, 120)
"""Shortest and longest time that a closed case may stand: a year is over, and counted, before its cases go."""

_TEKSTER = ("meldeplikt_lenke", "personvern_kontor", "personvern_epost", "personvern_telefon")
"""Texts that an empty one removes."""

_EPOST = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+")
_TELEFON = re.compile(r"(\+|00)?\d(?: ?\d){2,14}")


@dataclass(frozen=True)
class Valgene:
    """What to change; None leaves it as it is."""

    kobling: Koblingsmodus | None = None
    dpia_dato: date | None = None
    dpia_referanse: str | None = None
    terskel: int | None = None
    sekunder: int | None = None
    kjoenn: bool | None = None
    meldeplikt_lenke: str | None = None
    to_personer: bool | None = None
    samtykkealder: int | None = None
    sak_maaneder: int | None = None
    personvern_kontor: str | None = None
    personvern_epost: str | None = None
    personvern_telefon: str | None = None
    innsyn_enhet_id: str | None = None
    """Empty takes it away."""


def endre_kommune(valgene: Valgene, *, vist: str | None = None, av: User | None) -> Kommune:
    """Change the municipality's choices. `av` None is the command line, which owns the installation.

    Linking by number demands the date and reference of the decision on the impact assessment (DESIGN.md
    section 6). A new threshold or time holds for the next count; those that are frozen stay. `vist`: the print of
    the choices that the user's page showed. Raises UgyldigFelt, Endret.
    """
    if av is not None:
        require(av, Rettighet.KOMMUNE_ENDRE)
    rad = db.session.scalars(select(Kommune).with_for_update().execution_options(populate_existing=True)).one()
    if vist not in {None, rad.avtrykk()}:
        raise Endret
    _sjekk(valgene)
    rad.dpia_dato = valgene.dpia_dato or rad.dpia_dato
    rad.dpia_referanse = (valgene.dpia_referanse or "").strip() or rad.dpia_referanse
    if valgene.kobling is Koblingsmodus.NUMMER and not (rad.dpia_dato and rad.dpia_referanse):
        raise UgyldigFelt(
            "kobling", N_("Kobling med fødselsnummer krever dato og referanse for vedtaket om personvernvurderingen.")
        )
    rad.koblingsmodus = valgene.kobling or rad.koblingsmodus
    rad.terskel = valgene.terskel or rad.terskel
    rad.sekunder = valgene.sekunder or rad.sekunder
    rad.registrer_kjoenn = rad.registrer_kjoenn if valgene.kjoenn is None else valgene.kjoenn
    rad.to_personer = rad.to_personer if valgene.to_personer is None else valgene.to_personer
    rad.samtykkealder = valgene.samtykkealder or rad.samtykkealder
    rad.sak_maaneder = valgene.sak_maaneder or rad.sak_maaneder
    if valgene.innsyn_enhet_id is not None:
        rad.innsyn_enhet_id = _innsynsenhet(valgene.innsyn_enhet_id)
    for felt in _TEKSTER:
        if (tekst := getattr(valgene, felt)) is not None:
            setattr(rad, felt, tekst.strip() or None)
    audit.record(Hva.KOMMUNE_ENDRET, av=av, detalj=rad.koblingsmodus.value)
    return rad


def _innsynsenhet(enhet_id: str) -> str | None:
    """The unit whose leader puts joint answers together. Raises UgyldigFelt."""
    if enhet_id and db.session.get(Enhet, enhet_id) is None:
        raise UgyldigFelt("innsyn_enhet", N_("Velg noe fra listen."))
    return enhet_id or None


def _sjekk(valgene: Valgene) -> None:
    if valgene.terskel is not None and not TERSKEL[0] <= valgene.terskel <= TERSKEL[1]:
        raise UgyldigFelt("terskel", N_("Terskelen må være et helt tall fra 3 til 10."))
    if valgene.samtykkealder is not None and not ALDER[0] <= valgene.samtykkealder <= ALDER[1]:
        raise UgyldigFelt("samtykkealder", N_("Alderen må være fra 12 til 18 år."))
    if valgene.sak_maaneder is not None and not SAK_MAANEDER[0] <= valgene.sak_maaneder <= SAK_MAANEDER[1]:
        raise UgyldigFelt("sak_maaneder", N_("Tiden må være et helt antall måneder fra 12 til 120."))
    if valgene.sekunder is not None and not SEKUNDER[0] <= valgene.sekunder <= SEKUNDER[1]:
        raise UgyldigFelt("sekunder", N_("Tiden må være et helt antall sekunder fra 10 til 3600."))
    if valgene.dpia_dato is not None and valgene.dpia_dato > i_dag():
        raise UgyldigFelt("dpia_dato", N_("Vedtaket om personvernvurderingen kan ikke være fram i tid."))
    if valgene.meldeplikt_lenke:
        sjekk_lenke("meldeplikt_lenke", valgene.meldeplikt_lenke)
    _sjekk_kontoret(valgene)


def _sjekk_kontoret(valgene: Valgene) -> None:
    epost, telefon = (valgene.personvern_epost or "").strip(), (valgene.personvern_telefon or "").strip()
    if epost and not _EPOST.fullmatch(epost):
        raise UgyldigFelt("personvern_epost", N_("E-postadressen er ikke riktig skrevet."))
    if telefon and not _TELEFON.fullmatch(telefon):
        raise UgyldigFelt("personvern_telefon", N_("Telefonnummeret skal bare ha tall og mellomrom."))
