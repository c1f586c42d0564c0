"""What can be done with cards and places: with one referral, and with the stock."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select, update

from koordinering.db import db, i_dag, now, transaction
from koordinering.errors import Endret
from koordinering.saker import services as saker
from koordinering.saker.models import Henvisning, Samtykke
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.tildeling import queries, services
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.tildeling.rules import Handling
from koordinering.tildeling.rules.flere import MED_TILBUD, Tillegg
from koordinering.tildeling.rules.runde import Maate, Tilbudssvar
from koordinering.tildeling.services.flere import beslutt, gjennomfoer
from koordinering.tiltak import services as tiltak
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler import services as pengene
from koordinering.tiltak.midler.models import Tilsagn
from koordinering.tiltak.models import Beholdning, Kortaar, Tilbud, Tiltak
from koordinering.tiltak.rules import Kortenhet
from tests import fabrikk, penger
from tests.kapasitet.byen import By, Post
from tests.tildeling.gjoer import gjoer

Steg = Callable[[By, int], object]
MedPost = Callable[[By, Post], object]

_NUMRE = count(1)


def _post(steg: MedPost, *, midler: bool = False) -> Steg:
    """With the nth referral; `midler`: only one that money can be given to instead of a place."""

    def med(by: By, nr: int) -> object:
        post = by.familier.poster[nr % len(by.familier.poster)]
        if midler and post.tilbud != by.familier.tilbud["4a-3"]:
            raise Endret
        return steg(by, post)

    return med


def _mottaker(tjeneste: Callable[..., Any], *valg: object, **kw: Any) -> Steg:
    return _post(lambda _by, p: gjoer(tjeneste, p.id, *valg, av=fabrikk.bruker(p.mottaker), **kw))


def _avsender(tjeneste: Callable[..., Any], *valg: object, **kw: Any) -> Steg:
    return _post(lambda _by, p: gjoer(tjeneste, p.id, *valg, av=fabrikk.bruker(p.avsender), **kw))


def _noe(steg: Steg) -> Steg:
    """A step that answers with nothing when there was nobody, or nothing left."""

    def gjort(by: By, nr: int) -> object:
        if (svar := steg(by, nr)) is None:
            raise Endret
        return svar

    return gjort


def _tilbud(post: Post) -> Tilbud | None:
    return db.session.get_one(Tilbud, post.tilbud) if post.tilbud else None


def _gi(_by: By, post: Post) -> object:
    return gjoer(services.gi, post.id, _tilbud(post), av=fabrikk.bruker(post.mottaker))


def _tilby(_by: By, post: Post) -> object:
    tilbud = _tilbud(post)
    if tilbud is None:
        raise Endret
    return gjoer(services.tilby, post.id, tilbud, av=fabrikk.bruker(post.mottaker), frist_dager=3)


def _flere(by: By, nr: int) -> None:
    """One action on all that wait for a club's place, whatever they hold and wherever they stand."""
    maate = list(Maate)[nr % len(Maate)]
    tillegg = Tillegg("utenfor_sesong" if maate is Maate.AVSLAA else "avbrutt", deltar=JaNeiVetIkke.JA)
    with transaction():
        konsulent = fabrikk.bruker("inkludering1")
        alle = [db.session.get_one(Henvisning, p.id) for p in by.familier.poster if p.mottaker == "inkludering1"]
        tilbud = db.session.get_one(Tilbud, by.familier.tilbud["4a-3"]) if maate in MED_TILBUD else None
        for forslag in beslutt(alle, maate, tilbud, tillegg=tillegg, av=konsulent):
            for linje in forslag.linjer:
                gjennomfoer(linje, forslag, tillegg=tillegg, av=konsulent)


def _utloep(_by: By, _nr: int) -> None:
    """Every deadline passes, and what nobody answered goes on."""
    with transaction():
        venter = update(Plasstilbud).where(Plasstilbud.svar == Tilbudssvar.VENTER)
        db.session.execute(venter.values(frist=now() - timedelta(hours=1)))
    services.la_tilbud_loepe_ut()


def _fra_beholdningen(handling: Handling) -> Steg:
    def handle(_by: By, post: Post) -> None:
        with transaction():
            for tildeling in queries.tildelinger(db.session.get_one(Henvisning, post.id))[-1:]:
                services.lever_tilbake_enhet(tildeling, handling, av=fabrikk.bruker(post.mottaker))

    return _post(handle)


def _trekk_samtykke(_by: By, post: Post) -> None:
    with transaction():
        sak_id = db.session.get_one(Henvisning, post.id).sak_id
        query = select(Samtykke).where(Samtykke.sak_id == sak_id, Samtykke.trukket.is_(None))
        for samtykke in db.session.scalars(query).all():
            services.trekk_samtykke(samtykke, av=fabrikk.bruker(post.avsender))


def _slett(_by: By, post: Post) -> None:
    with transaction():
        saker.slett(db.session.get_one(Henvisning, post.id).sak, av=fabrikk.bruker(post.avsender))


# --- The stock -------------------------------------------------------------------------------------------


def _i_beholdningen(steg: Steg) -> Steg:
    def gjort(by: By, nr: int) -> object:
        assert by.familier.tilbud
        with transaction():
            return steg(by, nr)

    return gjort


def _offer(by: By, nr: int) -> Tilbud:
    alle = list(by.familier.tilbud.values())
    return db.session.get_one(Tilbud, alle[nr % len(alle)])


def _holder(tilbud: Tilbud) -> Any:
    return fabrikk.bruker("kulturskole1" if tilbud.tiltak_id == "4b-11" else "inkludering1")


def _neste(by: By, nr: int) -> object:
    tilbud = _offer(by, nr)
    return services.tilby_neste(tilbud, av=_holder(tilbud))


def _trekk_tilbud(by: By, nr: int) -> None:
    tilbud = _offer(by, nr)
    tiltak.trekk_tilbud(tilbud, av=_holder(tilbud))


def _endre_kortaar(by: By, nr: int) -> None:
    antall, kortaar = nr % 5, db.session.get_one(Kortaar, by.familier.kortaar)
    tak = 2 if antall == 4 else 1
    tiltak.endre_kortaar(
        kortaar,
        antall=antall,
        per=Kortenhet.FAMILIE,
        tak=tak,
        versjon=kortaar.versjon,
        av=fabrikk.bruker("inkludering1"),
    )
    by.familier.tak = max(by.familier.tak, tak)


def _sett_antall(by: By, nr: int) -> None:
    tiltak.sett_antall(db.session.get_one(Beholdning, _offer(by, nr).beholdning_id), nr % 4)


def _steng_aaret(by: By, _nr: int) -> None:
    antall = db.session.get_one(Beholdning, by.familier.kort).antall
    services.nytt_kortaar(db.session.get_one(Tiltak, "4b-2"), i_dag().year, av=fabrikk.bruker("inkludering1"))
    if by.familier.stengt_med is None:
        by.familier.stengt_med = antall


# --- Money instead of a place ----------------------------------------------------------------------------


def _siste_tilsagn(post: Post) -> Tilsagn:
    har = select(Tilsagn).join(Tildeling, Tildeling.tilsagn_id == Tilsagn.id)
    har = har.where(Tildeling.henvisning_id == post.id).order_by(Tilsagn.gitt.desc(), Tilsagn.id)
    funnet = db.session.scalars(har.limit(1)).one_or_none()
    if funnet is None:
        raise Endret
    return funnet


def _midler(by: By, post: Post) -> None:
    budsjett, laget = by.budsjett(), db.session.get_one(Lag, by.laget)
    henvisning = db.session.get_one(Henvisning, post.id)
    penger.gjoer(services.gi_midler, henvisning, budsjett, laget, 200_000, av=fabrikk.bruker("inkludering1"))


def _mer(_by: By, post: Post) -> None:
    vist = _siste_tilsagn(post).beloep_oere
    gjoer(services.oek_midler, post.id, vist + 100_000, vist_oere=vist, av=fabrikk.bruker("inkludering1"))


def _faktura(_by: By, post: Post) -> None:
    """Also on a commitment that is closed."""
    penger.faktura(fabrikk.bruker("inkludering1"), _siste_tilsagn(post), 120_000, f"h{next(_NUMRE)}")


def _kreditnota(_by: By, post: Post) -> None:
    for faktura in _siste_tilsagn(post).fakturaer[-1:]:
        nummer = f"h{next(_NUMRE)}"
        penger.gjoer(pengene.foer_kreditnota, faktura, nummer, 60_000, av=fabrikk.bruker("inkludering1"))


PLASS_ELLER_KORT: dict[str, Steg] = {
    "ta_imot": _mottaker(services.ta_imot),
    "gi": _post(_gi),
    "straks": _noe(_mottaker(services.gi_straks)),
    "vent": _mottaker(services.sett_paa_venteliste),
    "start": _mottaker(services.bekreft_start),
    "ikke_moett": _mottaker(services.ikke_moett),
    "lever_tilbake": _mottaker(services.lever_tilbake),
    "kort_tapt": _mottaker(services.meld_tapt),
    "enhet_tilbake": _fra_beholdningen(Handling.LEVER_TILBAKE),
    "enhet_tapt": _fra_beholdningen(Handling.MELD_TAPT),
    "avslutt": _mottaker(services.avslutt, "avbrutt", JaNeiVetIkke.JA),
    "avslaa": _mottaker(services.avslaa, "ingen_kapasitet"),
    "gjenaapne": _mottaker(services.gjenaapne, "feil"),
    "trekk": _avsender(services.trekk, "flyttet"),
    "trekk_samtykke": _post(_trekk_samtykke),
    "slett": _post(_slett),
    "tilby": _post(_tilby),
    "ja": _avsender(services.svar_paa_tilbud, ja=True),
    "nei": _avsender(services.svar_paa_tilbud, ja=False),
    "trekk_plasstilbudet": _mottaker(services.trekk_tilbudet),
    "utloep": _utloep,
    "flere": _flere,
    "angre": _mottaker(services.angre),
    "kort_neste": _noe(
        _i_beholdningen(
            lambda _by, _nr: services.gi_neste(db.session.get_one(Tiltak, "4b-2"), av=fabrikk.bruker("nav1"))
        )
    ),
    "plass_neste": _noe(_i_beholdningen(_neste)),
    "endre_kortaar": _i_beholdningen(_endre_kortaar),
    "sett_antall": _i_beholdningen(_sett_antall),
    "trekk_tilbud": _i_beholdningen(_trekk_tilbud),
    "steng_kortaaret": _i_beholdningen(_steng_aaret),
    "midler": _post(_midler, midler=True),
    "midler_mer": _post(_mer, midler=True),
    "midler_faktura": _post(_faktura, midler=True),
    "midler_kreditnota": _post(_kreditnota, midler=True),
}
