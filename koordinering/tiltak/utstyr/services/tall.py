"""Figures from an operator with a lending system of its own: a month at a time, or a whole file."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva
from koordinering.db import OSLO, db, now
from koordinering.errors import UgyldigFelt
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.utstyr import queries
from koordinering.tiltak.utstyr.models import Maanedsutlaan
from koordinering.tiltak.utstyr.rules.maanedstall import MAKS_LAAN, MAKS_RADER, Maanedstall
from koordinering.tiltak.utstyr.rules.tilstander import Kategori
from koordinering.users import User


def _krev_eget_system(av: User) -> str:
    require(av, Rettighet.UTSTYR_ENDRE)
    enhet_id = queries.min_enhet(av)
    if not queries.valg(enhet_id).eget_system:
        raise UgyldigFelt("", N_("Utlånene telles av Koordinering selv. Det er ingenting å føre."))
    return enhet_id


def _sjekk(tall: Sequence[Maanedstall]) -> None:
    naa = now().astimezone(OSLO)
    for en in tall:
        if en.aar < 2000 or (en.aar, en.maaned) > (naa.year, naa.month) or not 1 <= en.maaned <= 12:
            raise UgyldigFelt("maaned", N_("Måneden har ikke vært ennå."))
        if not 0 <= en.antall <= MAKS_LAAN:
            raise UgyldigFelt("utlaan", N_("Utlån må være et helt tall fra 0 til 100 000."))


def importer(tall: Sequence[Maanedstall], *, av: User) -> None:
    """Write every figure or none; one that is there for the same month and category is replaced. Raises UgyldigFelt."""
    enhet_id = _krev_eget_system(av)
    if not 0 < len(tall) <= MAKS_RADER:
        raise UgyldigFelt("fil", N_("Filen er tom."))
    _sjekk(tall)
    query = select(Maanedsutlaan).where(
        Maanedsutlaan.enhet_id == enhet_id, Maanedsutlaan.aar.in_(sorted({en.aar for en in tall}))
    )
    finnes = {(rad.aar, rad.maaned, rad.kategori): rad for rad in db.session.scalars(query.with_for_update())}
    for en in tall:
        rad = finnes.get(en.noekkel)
        if rad is None:
            verdier = {"enhet_id": enhet_id, "aar": en.aar, "maaned": en.maaned, "kategori": en.kategori}
            finnes[en.noekkel] = rad = Maanedsutlaan(**verdier, antall=en.antall)
            db.session.add(rad)
        rad.antall = en.antall
    db.session.flush()
    audit.record(Hva.UTSTYR_MAANEDSTALL, av=av, detalj=str(len(tall)))


def foer_maaned(aar: int, maaned: int, antall: Mapping[Kategori, int], *, av: User) -> None:
    """Write one month's figures, all categories. Raises UgyldigFelt."""
    importer([Maanedstall(aar, maaned, kategori, n) for kategori, n in antall.items()], av=av)
