"""Writes points: always a new version, in one change that tells who and when, and that can be undone."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, i_dag
from koordinering.errors import Endret, FinnesIkke, UgyldigFelt
from koordinering.plan.serier import queries
from koordinering.plan.serier.models import Serieendring, Seriepunkt, Serierad
from koordinering.plan.serier.rules import Serie
from koordinering.plan.serier.rules.foering import (
    Endringsslag,
    KanIkkeAngres,
    LiteTall,
    Tall,
    er_lite,
    sjekk_brudd,
    sjekk_verdi,
)
from koordinering.plan.serier.rules.perioder import les_periode_i
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.users import User, kommune

_INNHOLD = ("verdi", "tegn", "kilde", "telledefinisjon", "brudd", "brudd_grunn", "kommunenummer")


def foer(serie_id: str, tall: Tall, *, sett: int, bekreftet: bool, av: User) -> None:
    """Enter a figure, or correct the one that is there.

    `sett` is the version that the page showed, 0 for none: then a figure that stands there is told of at `periode`, and
    one that was deleted may be entered anew. Sent twice it is done once. Raises FinnesIkke, IngenTilgang, UgyldigFelt,
    Endret where somebody was first, and LiteTall where a small count is not confirmed.
    """
    require(av, Rettighet.SERIE_FOER)
    serie = queries.serie(av, serie_id)
    queries.krev_foere(av, serie)
    _sjekk(serie, tall)
    if not bekreftet and er_lite(serie.enhetsslag, tall.verdi, kommune().terskel):
        raise LiteTall("bekreftet", N_("Tallet er så lite at det kan peke på noen. Bekreft at det kan stå."))
    gjeldende = queries.gjeldende_punkter(serie_id, [tall.periode], laas=True).get(tall.periode)
    finnes = gjeldende is not None and not gjeldende.slettet
    versjon = gjeldende.versjon if gjeldende is not None else 0
    if versjon != sett:
        if _likt(gjeldende, tall):
            return
        if finnes and not sett:
            raise UgyldigFelt("periode", N_("Det står et tall for perioden fra før. Velg «Rett» ved det i tabellen."))
        if sett:
            raise Endret
    _skriv([(serie, tall)], Endringsslag.RETTET if finnes else Endringsslag.FOERT, Hva.SERIETALL_FOERT, av=av)


def slett(serie_id: str, periode: str, *, sett: int, av: User) -> None:
    """Take a figure away; its versions stay in the history. Raises FinnesIkke, IngenTilgang, Endret."""
    require(av, Rettighet.SERIE_FOER)
    serie = queries.serie(av, serie_id)
    queries.krev_foere(av, serie)
    punkt = queries.gjeldende_punkter(serie_id, [periode], laas=True).get(periode)
    if punkt is None:
        raise FinnesIkke
    if punkt.slettet:
        return
    if punkt.versjon != sett:
        raise Endret
    endring = _endring(Endringsslag.SLETTET, av)
    _avloes(endring, [(punkt, _innholdet(punkt), True)])
    _lagre()
    audit.record(Hva.SERIETALL_FOERT, av=av, gjelder=Ting("serieendring", endring.id), detalj=serie_id)


def importer(rader: Sequence[tuple[Serie, Tall]], *, bekreftet: bool, av: User) -> int:
    """Write every figure of a file or none; what is there already is replaced, and what is the same is left.

    Returns how many were written. Raises IngenTilgang, UgyldigFelt, LiteTall.
    """
    require(av, Rettighet.SERIE_FOER)
    terskel = kommune().terskel
    queries.krev_foere(av, *{serie.id: serie for serie, _ in rader}.values())
    for serie, tall in rader:
        _sjekk(serie, tall)
        if not bekreftet and er_lite(serie.enhetsslag, tall.verdi, terskel):
            raise LiteTall("bekreftet", N_("Noen av tallene er så små at de kan peke på noen. Bekreft at de kan stå."))
    return _skriv(rader, Endringsslag.IMPORTERT, Hva.SERIETALL_FOERT, av=av)


def angre(endring_id: int, *, av: User) -> Serieendring:
    """Put back what stood before a change, in every series that it touched. Raises FinnesIkke, KanIkkeAngres."""
    require(av, Rettighet.SERIE_FOER)
    query = select(Seriepunkt).where(Seriepunkt.endring_id == endring_id).with_for_update()
    punkter = list(db.session.scalars(query.order_by(Seriepunkt.serie_id, Seriepunkt.periode)))
    if not punkter:
        raise FinnesIkke
    alle = {serie.id: serie for serie in queries.serier(av)}
    queries.krev_foere(av, *(alle[serie_id] for serie_id in sorted({punkt.serie_id for punkt in punkter})))
    if not all(punkt.gjeldende for punkt in punkter):
        raise KanIkkeAngres
    foer_dem = _forrige(punkter)
    endring = _endring(Endringsslag.ANGRET, av)
    par = [(punkt, foer_dem.get((punkt.serie_id, punkt.periode))) for punkt in punkter]
    _avloes(endring, [(p, _innholdet(forrige or p), forrige is None or forrige.slettet) for p, forrige in par])
    _lagre()
    audit.record(Hva.SERIETALL_ANGRET, av=av, gjelder=Ting("serieendring", endring.id))
    return endring


def _forrige(punkter: Iterable[Seriepunkt]) -> Mapping[tuple[str, str], Seriepunkt]:
    """The version before each of these points."""
    vil_ha = {(p.serie_id, p.periode): p.versjon - 1 for p in punkter}
    query = select(Seriepunkt).where(
        Seriepunkt.serie_id.in_(sorted({serie_id for serie_id, _ in vil_ha})),
        Seriepunkt.periode.in_(sorted({periode for _, periode in vil_ha})),
    )
    alle = {(p.serie_id, p.periode, p.versjon): p for p in db.session.scalars(query)}
    return {sted: alle[(*sted, versjon)] for sted, versjon in vil_ha.items() if (*sted, versjon) in alle}


def _sjekk(serie: Serie, tall: Tall) -> None:
    les_periode_i(serie, tall.periode, i_dag())
    sjekk_verdi(serie.enhetsslag, tall.verdi)
    sjekk_brudd(tall)


def _skriv(rader: Sequence[tuple[Serie, Tall]], slag: Endringsslag, hva: Hva, *, av: User) -> int:
    """One change with a new version of every point that becomes another."""
    perioder: dict[str, list[str]] = {}
    for serie, tall in rader:
        perioder.setdefault(serie.id, []).append(tall.periode)
    finnes = {serie_id: queries.gjeldende_punkter(serie_id, har, laas=True) for serie_id, har in perioder.items()}
    nye = [(s, t, g) for s, t in rader if not _likt(g := finnes[s.id].get(t.periode), t)]
    if not nye:
        return 0
    for serie in {s.id: s for s, _, _ in nye}.values():
        raden(serie, av=av)
    endring = _endring(slag, av)
    db.session.add_all(
        Seriepunkt(serie_id=serie.id, periode=tall.periode, versjon=1, endring=endring, **_innholdet(tall))
        for serie, tall, gjeldende in nye
        if gjeldende is None
    )
    _avloes(endring, [(gjeldende, _innholdet(tall), False) for _, tall, gjeldende in nye if gjeldende is not None])
    _lagre()
    audit.record(hva, av=av, gjelder=Ting("serieendring", endring.id), detalj=nye[0][0].id)
    return len(nye)


def raden(serie: Serie, *, av: User) -> Serierad:
    """What is stored of the series, made where nothing is."""
    require(av, Rettighet.SERIE_FOER)
    rad = queries.serierad(serie.id)
    if rad is None:
        rad = Serierad(
            id=serie.id, navn=serie.navn, enhet=serie.enhet, omraade=serie.omraade, opphav=serie.opphav,
            maaneder=serie.maaneder,
        )  # fmt: skip
        db.session.add(rad)
        _lagre()
    return rad


def _likt(punkt: Seriepunkt | None, tall: Tall) -> bool:
    har = punkt is not None and not punkt.slettet
    return har and all(getattr(punkt, navn) == getattr(tall, navn) for navn in _INNHOLD)


def _innholdet(punkt: Seriepunkt | Tall) -> dict[str, object]:
    return {navn: getattr(punkt, navn) for navn in _INNHOLD}


def _endring(slag: Endringsslag, av: User) -> Serieendring:
    endring = Serieendring(slag=slag, av_id=av.id)
    db.session.add(endring)
    return endring


def _avloes(endring: Serieendring, nye: Sequence[tuple[Seriepunkt, Mapping[str, object], bool]]) -> None:
    """New versions take the place of these points: what each is to hold, and whether it is deleted.

    The old ones are written first, so that no point ever has two that are the newest.
    """
    for punkt, _, _ in nye:
        punkt.gjeldende = False
    _lagre()
    db.session.add_all(
        Seriepunkt(
            serie_id=punkt.serie_id, periode=punkt.periode, versjon=punkt.versjon + 1, endring=endring,
            slettet=slettet, **innhold,
        )
        for punkt, innhold, slettet in nye
    )  # fmt: skip


def _lagre() -> None:
    try:
        db.session.flush()
    except IntegrityError:
        raise Endret from None
