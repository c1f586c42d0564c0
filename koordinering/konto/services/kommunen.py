"""The municipality's own choices: linking, threshold, gender. Changed by those who run the installation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

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
    uten: frozenset[str] = frozenset()
    """Of the decision's date and reference, those to take away: somebody emptied the field."""


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
    rad.dpia_dato = None if "dpia_dato" in valgene.uten else valgene.dpia_dato or rad.dpia_dato
    ny_referanse = (valgene.dpia_referanse or "").strip()
    rad.dpia_referanse = None if "dpia_referanse" in valgene.uten else ny_referanse or rad.dpia_referanse
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
    for felt in VALG_MED_REGEL:
        sjekk_valg(felt, getattr(valgene, felt))


def sjekk_valg(felt: str, verdi: Any) -> None:
    """One choice by itself; None and an empty text are no choice. Raises UgyldigFelt at `felt`."""
    if verdi is None or verdi == "":
        return
    if felt in _GRENSER:
        (lavest, hoeyest), melding = _GRENSER[felt]
        if not lavest <= verdi <= hoeyest:
            raise UgyldigFelt(felt, melding)
    elif felt == "dpia_dato" and verdi > i_dag():
        raise UgyldigFelt(felt, N_("Vedtaket om personvernvurderingen kan ikke være fram i tid."))
    elif felt == "meldeplikt_lenke":
        sjekk_lenke(felt, verdi)
    elif felt in _MOENSTRE:
        moenster, melding = _MOENSTRE[felt]
        if not moenster.fullmatch(verdi.strip()):
            raise UgyldigFelt(felt, melding)


_GRENSER: Mapping[str, tuple[tuple[int, int], str]] = {
    "terskel": (TERSKEL, N_("Terskelen må være et helt tall fra 3 til 10.")),
    "samtykkealder": (ALDER, N_("Alderen må være fra 12 til 18 år.")),
    "sak_maaneder": (SAK_MAANEDER, N_("Tiden må være et helt antall måneder fra 12 til 120.")),
    "sekunder": (SEKUNDER, N_("Tiden må være et helt antall sekunder fra 10 til 3600.")),
}
_MOENSTRE: Mapping[str, tuple[re.Pattern[str], str]] = {
    "personvern_epost": (_EPOST, N_("E-postadressen er ikke riktig skrevet.")),
    "personvern_telefon": (_TELEFON, N_("Telefonnummeret skal bare ha tall og mellomrom.")),
}
VALG_MED_REGEL = (*_GRENSER, "dpia_dato", "meldeplikt_lenke", *_MOENSTRE)
"""Choices that can be wrong by themselves."""
