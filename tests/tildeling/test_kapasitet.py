"""Units given, free and lost are always the stock: any sequence of actions, and many at one moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import NoResultFound

from koordinering.db import db, now, transaction
from koordinering.errors import DomainError, IngenTilgang, KanIkkeInnvilges, Oppbrukt
from koordinering.saker import services as saker
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.tildeling import queries, services
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.tildeling.queries.tilbudt import aapent
from koordinering.tildeling.rules.flere import MED_TILBUD, Tillegg
from koordinering.tildeling.rules.runde import Maate, Tilbudssvar
from koordinering.tildeling.services.flere import beslutt, gjennomfoer
from koordinering.tiltak import services as tiltak
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler import services as pengene
from koordinering.tiltak.midler.models import Budsjett, Postering, Tilsagn
from koordinering.tiltak.models import Kortaar, Plass, Tilbud, Tiltak
from koordinering.tiltak.rules import Kortenhet, Plasstilstand
from koordinering.users import Rolletildeling, User
from tests import fabrikk, penger
from tests.tildeling.gjoer import gjoer, sjekk_beholdning, ta_imot, tilstander


def _slett(henvisning_id: int, av: User) -> None:
    with transaction():
        saker.slett(db.session.get_one(Henvisning, henvisning_id).sak, av=av)


def _utloep() -> None:
    """Every deadline passes, and what nobody answered goes on."""
    with transaction():
        venter = update(Plasstilbud).where(Plasstilbud.svar == Tilbudssvar.VENTER)
        db.session.execute(venter.values(frist=now() - timedelta(hours=1)))
    services.la_tilbud_loepe_ut()


def _neste(tilbud_id: int, av: User) -> None:
    with transaction():
        services.tilby_neste(db.session.get_one(Tilbud, tilbud_id), av=db.session.get_one(User, av.id))


def _flere(maate: Maate, tilbud_id: int, av: User) -> None:
    """One action on the three that were sent last, whatever they hold and wherever they stand."""
    tillegg = Tillegg("utenfor_sesong" if maate is Maate.AVSLAA else "avbrutt", deltar=JaNeiVetIkke.JA)
    with transaction():
        user, tilbud = db.session.get_one(User, av.id), db.session.get_one(Tilbud, tilbud_id)
        siste = select(Henvisning).where(Henvisning.tiltak_id == tilbud.tiltak_id).order_by(Henvisning.sendt.desc())
        alle = db.session.scalars(siste.limit(3)).all()
        (forslag,) = beslutt(alle, maate, tilbud if maate in MED_TILBUD else None, tillegg=tillegg, av=user)
        for linje in forslag.linjer:
            gjennomfoer(linje, forslag, tillegg=tillegg, av=user)


def _midler(henvisning_id: int, av: User) -> None:
    budsjett, laget = db.session.scalars(select(Budsjett)).one(), db.session.scalars(select(Lag)).one()
    penger.gjoer(
        services.gi_midler, db.session.get_one(Henvisning, henvisning_id), budsjett, laget, 200_000, av=av
    )


def _siste_tilsagn(henvisning_id: int) -> Tilsagn:
    har = select(Tilsagn).join(Tildeling, Tildeling.tilsagn_id == Tilsagn.id)
    har = har.where(Tildeling.henvisning_id == henvisning_id).order_by(Tilsagn.gitt.desc(), Tilsagn.id)
    return db.session.scalars(har.limit(1)).one()


def _faktura(henvisning_id: int, av: User) -> None:
    """Also on a commitment that is closed."""
    penger.faktura(av, _siste_tilsagn(henvisning_id), 120_000, str(next(_FAKTURAER)))


def _mer(henvisning_id: int, av: User) -> None:
    vist = _siste_tilsagn(henvisning_id).beloep_oere
    gjoer(services.oek_midler, henvisning_id, vist + 100_000, vist_oere=vist, av=av)


def _kreditnota(henvisning_id: int, av: User) -> None:
    for faktura in _siste_tilsagn(henvisning_id).fakturaer[-1:]:
        penger.gjoer(pengene.foer_kreditnota, faktura, str(next(_FAKTURAER)), 60_000, av=av)


_FAKTURAER = count(1)

HANDLINGER: dict[str, Callable[[int, Any, int], object]] = {
    "ta_imot": lambda h, folk, _: gjoer(services.ta_imot, h, av=folk.inkludering1),
    "gi": lambda h, folk, tilbud: gjoer(services.gi, h, db.session.get_one(Tilbud, tilbud), av=folk.inkludering1),
    "vent": lambda h, folk, _: gjoer(services.sett_paa_venteliste, h, av=folk.inkludering1),
    "tilby": lambda h, folk, tilbud: gjoer(
        services.tilby, h, db.session.get_one(Tilbud, tilbud), av=folk.inkludering1, frist_dager=3
    ),
    "ja": lambda h, folk, _: gjoer(services.svar_paa_tilbud, h, av=folk.nav1, ja=True),
    "nei": lambda h, folk, _: gjoer(services.svar_paa_tilbud, h, av=folk.nav1, ja=False),
    "trekk_tilbudet": lambda h, folk, _: gjoer(services.trekk_tilbudet, h, av=folk.inkludering1),
    "angre": lambda h, folk, _: gjoer(services.angre, h, av=folk.inkludering1),
    "start": lambda h, folk, _: gjoer(services.bekreft_start, h, av=folk.inkludering1),
    "ikke_moett": lambda h, folk, _: gjoer(services.ikke_moett, h, av=folk.inkludering1),
    "tilbake": lambda h, folk, _: gjoer(services.lever_tilbake, h, av=folk.inkludering1),
    "avslutt": lambda h, folk, _: gjoer(services.avslutt, h, "avbrutt", JaNeiVetIkke.JA, av=folk.inkludering1),
    "trekk": lambda h, folk, _: gjoer(services.trekk, h, "flyttet", av=folk.nav1),
    "slett": lambda h, folk, _: _slett(h, folk.nav1),
    "gjenaapne": lambda h, folk, _: gjoer(services.gjenaapne, h, "feil", av=folk.inkludering1),
    "utloep": lambda _h, _folk, _: _utloep(),
    "neste": lambda _h, folk, tilbud: _neste(tilbud, folk.inkludering1),
    "flere_gi": lambda _h, folk, tilbud: _flere(Maate.GI, tilbud, folk.inkludering1),
    "flere_tilby": lambda _h, folk, tilbud: _flere(Maate.TILBY, tilbud, folk.inkludering1),
    "flere_avslaa": lambda _h, folk, tilbud: _flere(Maate.AVSLAA, tilbud, folk.inkludering1),
    "flere_tilbake": lambda _h, folk, tilbud: _flere(Maate.TILBAKE, tilbud, folk.inkludering1),
    "midler": lambda h, folk, _: _midler(h, folk.inkludering1),
    "faktura": lambda h, folk, _: _faktura(h, folk.inkludering1),
    "mer": lambda h, folk, _: _mer(h, folk.inkludering1),
    "kreditnota": lambda h, folk, _: _kreditnota(h, folk.inkludering1),
}


def _penger_til(folk: Any) -> None:
    """So much is free again that two places can be paid for, whatever the example before left."""
    if db.session.scalars(select(Lag)).first() is None:
        penger.lag(folk.inkludering1)
    bundet = db.session.scalar(select(Budsjett.bundet_oere)) or 0
    penger.budsjett(folk.inkludering1, ramme_oere=bundet + 450_000)


def _sjekk_pengene() -> None:
    """Granted is never more than the budget, the balance is the sum of the ledger, and is what is set aside."""
    budsjett = db.session.scalars(select(Budsjett).execution_options(populate_existing=True)).one()
    assert budsjett.bundet_oere + budsjett.betalt_oere <= budsjett.ramme_oere
    poster = select(func.sum(Postering.bundet_oere)).where(Postering.budsjett_id == budsjett.id)
    satt_av = select(func.sum(Tilsagn.beloep_oere)).where(Tilsagn.budsjett_id == budsjett.id)
    assert budsjett.bundet_oere == (db.session.scalar(poster) or 0) == (db.session.scalar(satt_av) or 0)


@pytest.mark.begrenset
@given(
    steg=st.lists(
        st.one_of(
            st.tuples(st.sampled_from(sorted(HANDLINGER)), st.integers(0, 2)),
            st.tuples(st.just("antall"), st.integers(0, 4)),
        ),
        min_size=5,
        max_size=25,
    )
)
def test_whatever_is_done_the_states_add_up_to_the_stock(folk: Any, steg: list[tuple[str, int]]) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=2)
    henvisninger = [fabrikk.sak(folk.nav1).henvisninger[0].id for _ in range(3)]
    tilbud_id, beholdning_id = tilbud.id, tilbud.beholdning_id
    _penger_til(folk)
    for navn, tall in steg:
        try:
            if navn == "antall":
                with transaction():
                    tiltak.sett_antall(db.session.get_one(Tilbud, tilbud_id).beholdning, tall)
            else:
                HANDLINGER[navn](henvisninger[tall], folk, tilbud_id)
        except (DomainError, IngenTilgang, NoResultFound):
            pass
        sjekk_beholdning(beholdning_id)
        _sjekk_pengene()
    for henvisning in db.session.scalars(select(Henvisning).where(Henvisning.id.in_(henvisninger))):
        holder = queries.aapen_tildeling(henvisning) is not None
        assert holder == (henvisning.status in {"innvilget", "i_gang"})
        tilbudt = aapent(henvisning) is not None
        assert tilbudt == (henvisning.svar_innen is not None)
        assert not tilbudt or henvisning.status == "venteliste"


def _samtidig(app: Flask, oppgaver: list[Callable[[], object]]) -> list[object]:
    """Start all at one moment, each with a session of its own; an error is an answer."""
    start = threading.Barrier(len(oppgaver))

    def en(oppgave: Callable[[], object]) -> object:
        with app.app_context():
            start.wait()
            try:
                return oppgave()
            except DomainError as feil:
                return type(feil)
            finally:
                db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(len(oppgaver)) as kjoerere:
        return list(kjoerere.map(en, oppgaver))


def _gi(henvisning_id: int, user_id: int, tilbud_id: int | None = None) -> int:
    with transaction():
        tilbud = db.session.get_one(Tilbud, tilbud_id) if tilbud_id else None
        henvisning, av = db.session.get_one(Henvisning, henvisning_id), db.session.get_one(User, user_id)
        plass = services.gi(henvisning, tilbud, av=av).plass
        return plass.nummer if plass else 0


def test_eight_at_one_moment_and_one_place(app: Flask, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    ider = [ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1).id for _ in range(8)]
    user, tilbud_id, beholdning_id = folk.inkludering1.id, tilbud.id, tilbud.beholdning_id
    svar = _samtidig(app, [lambda h=h: _gi(h, user, tilbud_id) for h in ider])  # type: ignore[misc]
    assert sorted(map(str, svar)) == sorted(map(str, [1, *[Oppbrukt] * 7]))
    sjekk_beholdning(beholdning_id)


def test_twelve_at_one_moment_and_five_cards(app: Flask, folk: Any) -> None:
    kortaar = fabrikk.kortaar()
    with transaction():
        tiltak.sett_antall(db.session.get_one(Kortaar, kortaar.id).beholdning, 5)
    ider = [ta_imot(fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]), folk.nav1).id for _ in range(12)]
    user, beholdning_id = folk.nav1.id, kortaar.beholdning_id
    svar = _samtidig(app, [lambda h=h: _gi(h, user) for h in ider])  # type: ignore[misc]
    assert sorted(n for n in svar if isinstance(n, int)) == [1, 2, 3, 4, 5]
    assert svar.count(Oppbrukt) == 7
    sjekk_beholdning(beholdning_id)


def _gi_straks(henvisning_id: int, user_id: int) -> bool:
    with transaction():
        henvisning, av = db.session.get_one(Henvisning, henvisning_id), db.session.get_one(User, user_id)
        return services.gi_straks(henvisning, av=av) is not None


def test_those_who_register_at_one_moment_leave_a_card_for_the_one_who_waits(app: Flask, folk: Any) -> None:
    kortaar = fabrikk.kortaar()
    with transaction():
        tiltak.sett_antall(db.session.get_one(Kortaar, kortaar.id).beholdning, 2)
    venter = ta_imot(fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]), folk.nav1)
    gjoer(services.sett_paa_venteliste, venter, av=folk.nav1)
    ider = [fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).henvisninger[0].id for _ in range(4)]
    user, beholdning_id = folk.nav1.id, kortaar.beholdning_id
    svar = _samtidig(app, [lambda h=h: _gi_straks(h, user) for h in ider])  # type: ignore[misc]
    assert svar.count(True) == 1
    assert svar.count(False) == 3
    assert tilstander(beholdning_id)[Plasstilstand.LEDIG] == 1
    sjekk_beholdning(beholdning_id)


def _gi_neste(user_id: int) -> int:
    with transaction():
        neste = services.gi_neste(db.session.get_one(Tiltak, "4b-2"), av=db.session.get_one(User, user_id))
        return neste.id if neste is not None else 0


def test_the_next_on_the_list_for_four_at_one_moment_is_four_families(app: Flask, folk: Any) -> None:
    kortaar = fabrikk.kortaar()
    with transaction():
        tiltak.sett_antall(db.session.get_one(Kortaar, kortaar.id).beholdning, 5)
    ider = [ta_imot(fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]), folk.nav1).id for _ in range(4)]
    for id_ in ider:
        gjoer(services.sett_paa_venteliste, id_, av=folk.nav1)
    user, beholdning_id = folk.nav1.id, kortaar.beholdning_id
    svar = _samtidig(app, [lambda: _gi_neste(user)] * 4)
    assert sorted(map(str, svar)) == sorted(map(str, ider))
    sjekk_beholdning(beholdning_id)


def test_one_year_made_by_four_at_one_moment_is_one_year(app: Flask, folk: Any) -> None:
    fabrikk.kortaar()

    def nytt() -> int:
        with transaction():
            return tiltak.opprett_kortaar(db.session.get_one(Tiltak, "4b-2"), 2098, antall=3, av=None).id

    svar = _samtidig(app, [nytt] * 4)
    aaret = db.session.scalars(select(Kortaar).where(Kortaar.aar == 2098)).one()
    assert svar == [aaret.id] * 4
    assert len(db.session.scalars(select(Plass.id).where(Plass.beholdning_id == aaret.beholdning_id)).all()) == 3
    sjekk_beholdning(aaret.beholdning_id)


def test_one_family_known_to_two_services_gets_one_card_at_one_moment(app: Flask, folk: Any) -> None:
    """From somebody who gives for Nav and cannot register families."""
    kortaar = fabrikk.kortaar()
    with transaction():
        for rolle in db.session.scalars(select(Rolletildeling).where(Rolletildeling.user_id == folk.kulturskole1.id)):
            rolle.enhet_id = "nav"
    barn = [fabrikk.barn(nummer=fabrikk.NUMRE[0]), fabrikk.barn(nummer=fabrikk.NUMRE[1])]
    ider = [
        ta_imot(fabrikk.sak(hvem, barna=barn, tiltak=[("4b-2", None)]), folk.nav1).id
        for hvem in (folk.nav1, folk.helse1, folk.kultur1)
    ]
    user, beholdning_id = folk.kulturskole1.id, kortaar.beholdning_id
    svar = _samtidig(app, [lambda h=h: _gi(h, user) for h in ider])  # type: ignore[misc]
    assert svar.count(KanIkkeInnvilges) == 2
    assert tilstander(beholdning_id)[Plasstilstand.OPPTATT] == 1


def test_the_same_referral_twice_at_one_moment_holds_one(app: Flask, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=4)
    h = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1).id
    user, tilbud_id, beholdning_id = folk.inkludering1.id, tilbud.id, tilbud.beholdning_id
    svar = _samtidig(app, [lambda: _gi(h, user, tilbud_id)] * 4)
    assert len([n for n in svar if isinstance(n, int)]) == 1
    sjekk_beholdning(beholdning_id)


def test_giving_while_the_stock_is_made_smaller(app: Flask, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=4)
    ider = [ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1).id for _ in range(4)]
    user, tilbud_id, beholdning_id = folk.inkludering1.id, tilbud.id, tilbud.beholdning_id

    def mindre() -> None:
        with transaction():
            tiltak.sett_antall(db.session.get_one(Tilbud, tilbud_id).beholdning, 2)

    _samtidig(app, [*[lambda h=h: _gi(h, user, tilbud_id) for h in ider], mindre])
    sjekk_beholdning(beholdning_id)


def test_the_wall_behind_the_door(folk: Any) -> None:
    """The index refuses a second open tildeling even when nobody asked first; the service says Oppbrukt."""
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    foerste, annen = (ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1) for _ in range(2))
    tildeling = gjoer(services.gi, foerste, tilbud, av=folk.inkludering1)
    with transaction():
        tiltak.skift(tildeling.plass_id, Plasstilstand.OPPTATT, Plasstilstand.LEDIG)  # a fault somewhere else
    with pytest.raises(Oppbrukt):
        gjoer(services.gi, annen, tilbud, av=folk.inkludering1)
    assert db.session.scalars(select(Tildeling.henvisning_id)).all() == [foerste.id]


def test_a_unit_cannot_be_given_back_twice(folk: Any) -> None:
    beholdning_id = fabrikk.tilbud(folk.inkludering1, antall=1).beholdning_id
    with transaction():
        plass = tiltak.ta(beholdning_id)
        tiltak.gi_tilbake(plass)
        with pytest.raises(DomainError):
            tiltak.gi_tilbake(plass)
        tiltak.ta_plass(plass.id)
        with pytest.raises(Oppbrukt):
            tiltak.ta_plass(plass.id)


@pytest.mark.parametrize("per", Kortenhet)
def test_the_same_number_of_queries_whether_or_not_anybody_else_knows_the_family(folk: Any, per: Kortenhet) -> None:
    """Nobody learns from the work done that another service knows the family."""
    kortaar = fabrikk.kortaar()
    with transaction():
        db.session.get_one(Kortaar, kortaar.id).per = per
    kjent, ukjent = fabrikk.barn(nummer=fabrikk.NUMRE[0]), fabrikk.barn(nummer=fabrikk.NUMRE[1])
    fabrikk.sak(folk.helse1, barna=[kjent], tiltak=[("4b-2", 0)])
    antall = []
    for barn in (kjent, ukjent):
        sak = fabrikk.sak(folk.nav1, barna=[barn], tiltak=[("4b-2", 0)])
        henvisning = ta_imot(sak, folk.nav1)
        setninger: list[str] = []

        def lytt(_c: Any, _cur: Any, setning: str, *_resten: Any, liste: list[str] = setninger) -> None:
            liste.append(setning)

        event.listen(db.engine, "before_cursor_execute", lytt)
        gjoer(services.gi, henvisning, av=folk.nav1)
        event.remove(db.engine, "before_cursor_execute", lytt)
        antall.append(len(setninger))
    assert antall[0] == antall[1]
