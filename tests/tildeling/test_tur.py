"""Nobody goes past those who wait without its being said, and the stock's page does only what is offered."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from koordinering.audit import Innslag
from koordinering.db import db, transaction
from koordinering.errors import UgyldigOvergang
from koordinering.saker.models import Hendelse, Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import queries, services
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import Handling, Tildelingstilstand
from koordinering.tildeling.services.handlinger import tilbys
from koordinering.tiltak import services as tiltak
from koordinering.tiltak.models import Plass, Tiltak
from koordinering.tiltak.rules import Plasstilstand
from koordinering.users import User
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import LeserPaaNytt, gjoer, sjekk_beholdning, status, ta_imot, tilstander

KORT = [("4b-2", None)]


@pytest.fixture
def nettleser(nettleser: Nettleser) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(nettleser.app)


def _straks(folk: Any, **felt: Any) -> Henvisning:
    henvisning = fabrikk.sak(folk.nav1, tiltak=KORT, **felt).henvisninger[0]
    gjoer(services.gi_straks, henvisning, av=folk.nav1)
    return henvisning


def _venter(folk: Any, **felt: Any) -> Henvisning:
    henvisning = ta_imot(fabrikk.sak(folk.nav1, tiltak=KORT, **felt), folk.nav1)
    gjoer(services.sett_paa_venteliste, henvisning, av=folk.nav1)
    return henvisning


def _kort(antall: int) -> int:
    """A year with so many cards; the stock's id."""
    kortaar = fabrikk.kortaar(antall)
    with transaction():
        tiltak.sett_antall(kortaar.beholdning, antall)
    return kortaar.beholdning_id


def _sendt_senere(henvisning: Henvisning, sekunder: int) -> None:
    rad = db.session.get_one(Henvisning, henvisning.id)
    assert rad.sendt is not None
    rad.sendt += timedelta(seconds=sekunder)


def _gitthendelse(henvisning: Henvisning) -> Hendelse:
    query = select(Hendelse).where(Hendelse.henvisning_id == henvisning.id, Hendelse.slag == "gitt")
    return db.session.scalars(query).one()


def test_a_returned_card_is_not_handed_out_past_those_who_wait(folk: Any) -> None:
    beholdning_id = _kort(1)
    har, venter = _straks(folk), _straks(folk)
    assert (status(har), status(venter)) == (Status.I_GANG, Status.VENTELISTE)
    gjoer(services.lever_tilbake, har, av=folk.nav1)
    ny = _straks(folk)
    assert status(ny) is Status.VENTELISTE
    assert tilstander(beholdning_id)[Plasstilstand.LEDIG] == 1
    with transaction():
        neste = services.gi_neste(db.session.get_one(Tiltak, "4b-2"), av=db.session.get_one(User, folk.nav1.id))
    assert neste is not None
    assert neste.id == venter.id


@pytest.mark.parametrize(("ledige", "ventende", "faar"), [(2, 1, True), (2, 2, False), (1, 2, False), (1, 0, True)])
def test_handed_out_at_once_only_when_more_are_free_than_wait(
    folk: Any, ledige: int, ventende: int, faar: bool
) -> None:
    beholdning_id = _kort(ledige)
    for _ in range(ventende):
        _venter(folk)
    assert (status(_straks(folk)) is Status.I_GANG) == faar
    sjekk_beholdning(beholdning_id)


def test_who_waits_and_has_had_what_they_may_have_holds_nobody_back(folk: Any) -> None:
    _kort(2)
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)], barna=[fabrikk.barn(nummer=fabrikk.NUMRE[0])])
    foerste = sak.henvisninger[0]
    gjoer(services.gi_straks, foerste, av=folk.nav1)
    annen = _venter(folk)
    with transaction():  # the same family once more, on the same case
        db.session.get_one(Henvisning, annen.id).sak_id = sak.id
    assert status(_straks(folk)) is Status.I_GANG


def test_the_same_number_of_queries_however_many_wait(folk: Any) -> None:
    _kort(9)
    antall = []
    for _ in range(2):
        _venter(folk)
        _venter(folk)
        henvisning = fabrikk.sak(folk.nav1, tiltak=KORT).henvisninger[0]
        setninger: list[str] = []

        def lytt(_c: Any, _cur: Any, setning: str, *_resten: Any, liste: list[str] = setninger) -> None:
            liste.append(setning)

        event.listen(db.engine, "before_cursor_execute", lytt)
        gjoer(services.gi_straks, henvisning, av=folk.nav1)
        event.remove(db.engine, "before_cursor_execute", lytt)
        assert status(henvisning) is Status.I_GANG
        antall.append(len(setninger))
    assert antall[0] == antall[1]


def test_follow_up_has_no_list_to_jump(folk: Any) -> None:
    henvisning = fabrikk.sak(folk.nav1, tiltak=[("4b-12", None)]).henvisninger[0]
    gjoer(services.gi_straks, henvisning, av=folk.nav1)
    assert status(henvisning) is Status.INNVILGET


def test_by_hand_another_may_be_chosen_and_the_event_tells_how_many_stood_in_front(folk: Any) -> None:
    _kort(5)
    en, to, tre = (_venter(folk) for _ in range(3))
    with transaction():
        for nr, h in enumerate((en, to, tre)):
            _sendt_senere(h, nr)
    gjoer(services.gi, tre, av=folk.nav1)
    assert (_gitthendelse(tre).felt, _gitthendelse(tre).fra) == ("forbi", "2")
    gjoer(services.gi, en, av=folk.nav1)
    assert (_gitthendelse(en).felt, _gitthendelse(en).fra) == (None, None)


def test_the_card_page_says_who_stands_in_front(folk: Any, nettleser: Nettleser) -> None:
    _kort(5)
    foerst, sist = _venter(folk), _venter(folk)
    with transaction():
        _sendt_senere(sist, 1)
    referanse = foerst.sak.referanse
    nav = nettleser.som(folk.nav1)
    rader = str(nav.se("/kort").get_data(as_text=True)).split("<tr")
    notis = f"{referanse} står foran i køen."
    assert [notis in rad for rad in rader if f"/henvisninger/{foerst.id}/gi" in rad] == [False]
    assert [notis in rad for rad in rader if f"/henvisninger/{sist.id}/gi" in rad] == [True]
    assert nav.send(f"/henvisninger/{sist.id}/gi").status_code == 303
    assert status(sist) is Status.INNVILGET


# --- What comes back from the stock's own page --------------------------------------------------------------


def _gi(folk: Any, slag: str) -> tuple[Henvisning, User]:
    """A referral that has just been given a card, a place or follow-up, and who gave it."""
    if slag == "plass":
        tilbud = fabrikk.tilbud(folk.inkludering1)
        henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
        gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
        return henvisning, folk.inkludering1
    fabrikk.kortaar()
    henvisning = ta_imot(fabrikk.sak(folk.nav1, tiltak=KORT if slag == "kort" else [("4b-12", None)]), folk.nav1)
    gjoer(services.gi, henvisning, av=folk.nav1)
    return henvisning, folk.nav1


def _alt() -> list[Any]:
    """Everything that an action could change."""
    db.session.rollback()
    return [
        db.session.execute(select(Henvisning.id, Henvisning.status, Henvisning.grunn).order_by(Henvisning.id)).all(),
        db.session.execute(select(Tildeling.id, Tildeling.tilstand, Tildeling.slutt)).all(),
        db.session.execute(select(Plass.id, Plass.tilstand).order_by(Plass.id)).all(),
        db.session.scalar(select(func.count()).select_from(Hendelse)),
        db.session.scalar(select(func.count()).select_from(Innslag)),
    ]


def _fra_beholdningen(tildeling_id: int, handling: Handling, av: User) -> None:
    with transaction():
        tildeling = db.session.get_one(Tildeling, tildeling_id)
        services.lever_tilbake_enhet(tildeling, handling, av=db.session.get_one(User, av.id))


@pytest.mark.parametrize("slag", ["kort", "plass", "oppfoelging"])
def test_what_is_not_offered_is_refused_and_changes_nothing(folk: Any, slag: str) -> None:
    henvisning, av = _gi(folk, slag)
    tildeling_id = queries.tildelinger(henvisning)[0].id
    gyldige = {"kort": {Handling.LEVER_TILBAKE, Handling.MELD_TAPT}, "plass": {Handling.LEVER_TILBAKE}}.get(slag, set())
    for stilling in Status:
        with transaction():
            db.session.get_one(Henvisning, henvisning.id).status = stilling
        tilbudt = gyldige if stilling in {Status.INNVILGET, Status.I_GANG} else set()
        assert {Handling.LEVER_TILBAKE, Handling.MELD_TAPT} & set(tilbys(henvisning)) == tilbudt
        foer = _alt()
        for handling in set(Handling) - tilbudt:
            with pytest.raises(UgyldigOvergang):
                _fra_beholdningen(tildeling_id, handling, av)
        assert _alt() == foer


@pytest.mark.parametrize(
    ("slag", "handling", "stilling"),
    [
        (slag, handling, stilling)
        for slag, handling in (
            ("kort", Handling.LEVER_TILBAKE),
            ("kort", Handling.MELD_TAPT),
            ("plass", Handling.LEVER_TILBAKE),
        )
        for stilling in (Status.INNVILGET, Status.I_GANG)
    ],
)
def test_what_is_offered_is_done_once(folk: Any, slag: str, handling: Handling, stilling: Status) -> None:
    henvisning, av = _gi(folk, slag)
    tildeling = queries.tildelinger(henvisning)[0]
    if stilling is Status.I_GANG:
        gjoer(services.bekreft_start, henvisning, av=av)
    _fra_beholdningen(tildeling.id, handling, av)
    tapt = handling is Handling.MELD_TAPT
    brukt = Tildelingstilstand.AVSLUTTET if stilling is Status.I_GANG else Tildelingstilstand.TILBAKELEVERT
    assert tildeling.tilstand is (Tildelingstilstand.TAPT if tapt else brukt)
    assert tildeling.plass is not None
    assert tildeling.plass.tilstand is (Plasstilstand.TAPT if tapt else Plasstilstand.LEDIG)
    assert status(henvisning) is Status.AVSLUTTET
    foer = _alt()
    with pytest.raises(UgyldigOvergang):
        _fra_beholdningen(tildeling.id, handling, av)
    assert _alt() == foer


def test_a_place_cannot_be_reported_lost_over_the_web(folk: Any, nettleser: Nettleser) -> None:
    henvisning, av = _gi(folk, "plass")
    tildeling = queries.tildelinger(henvisning)[0]
    inne = nettleser.som(av)
    assert inne.send(f"/kort/{tildeling.id}/tilbake", {"tapt": "1"}).status_code == 409
    assert status(henvisning) is Status.INNVILGET
    assert tildeling.plass is not None
    assert tildeling.plass.tilstand is Plasstilstand.OPPTATT
    assert inne.send(f"/kort/{tildeling.id}/tilbake").status_code == 303
