"""What the coordinator decides about a series: its name, definition, target and measures; and SSB's own series."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import select

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva
from koordinering.db import db, tilfeldig_id
from koordinering.errors import Endret, IngenTilgang
from koordinering.plan.serier import queries
from koordinering.plan.serier.models import Serierad, SerieTiltak
from koordinering.plan.serier.rules import Opphav, Serie
from koordinering.plan.serier.rules.serieopplysninger import Serieopplysninger, sjekk
from koordinering.plan.serier.rules.ssb import Ssbserie
from koordinering.plan.serier.services.punkter import importer, raden
from koordinering.roles import Rettighet
from koordinering.tiltak.models import Tiltak
from koordinering.users import User


def ny_serie(opplysninger: Serieopplysninger, *, av: User) -> Serierad:
    """Make a series of the municipality's own. Raises UgyldigFelt."""
    require(av, Rettighet.SERIE_ENDRE)
    sjekk(opplysninger, _alle_tiltak())
    rad = Serierad(id=f"~s{tilfeldig_id():x}", opphav=Opphav.FOERT, versjon=1)
    _skriv(rad, opplysninger)
    db.session.add(rad)
    db.session.flush()
    audit.record(Hva.SERIE_ENDRET, av=av, detalj=rad.id)
    return rad


def endre_serie(serie_id: str, opplysninger: Serieopplysninger, *, versjon: int, av: User) -> None:
    """Change what can be changed. `versjon`: the one that the page showed, 0 where nothing was stored yet.

    Raises FinnesIkke, IngenTilgang for a counted series, Endret, UgyldigFelt.
    """
    require(av, Rettighet.SERIE_ENDRE)
    serie = queries.serie(av, serie_id)
    if serie.opphav is Opphav.TALT:
        raise IngenTilgang
    sjekk(opplysninger, _alle_tiltak())
    har = queries.serierad(serie_id)
    if (har.versjon if har is not None else 0) != versjon:
        raise Endret
    rad = raden(serie, av=av)
    _skriv(rad, opplysninger if queries.er_egen(serie) else _uten_planens(opplysninger, serie))
    rad.versjon = versjon + 1
    db.session.flush()
    audit.record(Hva.SERIE_ENDRET, av=av, detalj=serie_id)


def importer_ssb(serier: Sequence[Ssbserie], *, av: User) -> int:
    """Write these series of SSB's and their figures; those that were imported before get what is new.

    SSB has protected its figures itself, so that small ones are not asked about. Returns how many figures changed.
    """
    require(av, Rettighet.SERIE_ENDRE)
    finnes = queries.med_noekkel(en.noekkel for en in serier)
    for en in serier:
        if en.noekkel not in finnes:
            db.session.add(_fra_ssb(en))
            audit.record(Hva.SERIE_ENDRET, av=av, detalj=_id(en))
    db.session.flush()
    rader = {en.noekkel: finnes[en.noekkel].id if en.noekkel in finnes else _id(en) for en in serier}
    kjente = {en.id: en for en in queries.serier(av)}
    return importer([(kjente[rader[en.noekkel]], tall) for en in serier for tall in en.tall], bekreftet=True, av=av)


def _id(en: Ssbserie) -> str:
    return f"~ssb-{hashlib.sha256(en.noekkel.encode()).hexdigest()[:12]}"


def _fra_ssb(en: Ssbserie) -> Serierad:
    return Serierad(
        id=_id(en), navn=en.navn, enhet=en.enhet, omraade=en.omraade, opphav=Opphav.SSB, kilde=en.kilde,
        maaneder=en.maaneder, noekkel=en.noekkel,
    )  # fmt: skip


def _alle_tiltak() -> frozenset[str]:
    return frozenset(db.session.scalars(select(Tiltak.id)))


def _uten_planens(opplysninger: Serieopplysninger, serie: Serie) -> Serieopplysninger:
    """Name, unit, area and length of period are the plan's; so are the measures that it names itself."""
    return replace(opplysninger, navn=serie.navn, enhet=serie.enhet, omraade=serie.omraade, maaneder=serie.maaneder)


def _skriv(rad: Serierad, opplysninger: Serieopplysninger) -> None:
    felt = asdict(opplysninger)
    tiltak = felt.pop("tiltak")
    for navn, verdi in felt.items():
        setattr(rad, navn, verdi)
    har = {en.tiltak_id for en in rad.tiltak}
    rad.tiltak = [en for en in rad.tiltak if en.tiltak_id in tiltak]
    rad.tiltak += [SerieTiltak(tiltak_id=en) for en in sorted(tiltak - har)]
