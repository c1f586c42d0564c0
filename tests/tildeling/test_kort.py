"""Opplevelseskortet: ceilings across cases, the waiting list, lost and returned, and the new year."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from koordinering.db import db, i_dag, now, transaction
from koordinering.errors import DomainError, Endret, IngenTilgang, KanIkkeInnvilges, UgyldigFelt, UgyldigOvergang
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import queries, services
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.rules import Handling, Tildelingstilstand
from koordinering.tildeling.rules.runde import ANGREFRIST
from koordinering.tildeling.services import aarsskifte
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak import services as tiltak
from koordinering.tiltak.models import Kortaar, Tiltak
from koordinering.tiltak.rules import Kortenhet, Plasstilstand
from koordinering.users import Rolletildeling, User
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import gjoer, sjekk_beholdning, status, ta_imot, tilstander


def _sett(kortaar: Kortaar, *, antall: int = 40, per: Kortenhet = Kortenhet.FAMILIE, tak: int = 1, av: User) -> None:
    with transaction():
        av = db.session.get_one(User, av.id)
        aaret = db.session.get_one(Kortaar, kortaar.id)
        tiltak.endre_kortaar(aaret, antall=antall, per=per, tak=tak, versjon=aaret.versjon, av=av)


def _barn(*numre: str) -> list[Any]:
    return [fabrikk.barn(nummer=n) for n in numre]


@pytest.fixture
def utdeler(folk: Any) -> User:
    """Somebody who gives for Nav and cannot register families: she only ever sees a reference."""
    with transaction():
        roller = db.session.scalars(select(Rolletildeling).where(Rolletildeling.user_id == folk.kulturskole1.id))
        for rolle in roller:
            rolle.enhet_id = "nav"
    return db.session.get_one(User, folk.kulturskole1.id)


def test_a_family_known_to_two_services_gets_one_card_from_her_who_cannot_register(folk: Any, utdeler: User) -> None:
    fabrikk.kortaar()
    foerste = ta_imot(fabrikk.sak(folk.helse1, barna=_barn(*fabrikk.NUMRE), tiltak=[("4b-2", None)]), folk.nav1)
    gjoer(services.gi, foerste, av=folk.nav1)
    annen = ta_imot(fabrikk.sak(folk.kultur1, barna=_barn(*fabrikk.NUMRE), tiltak=[("4b-2", None)]), utdeler)
    with pytest.raises(KanIkkeInnvilges) as feil:
        gjoer(services.gi, annen, av=utdeler)
    assert feil.value.grunner == ("Taket er nådd: familien eller barnet har alt fått dette.",)  # Nav gave it


def test_the_ceiling_is_told_on_the_referrals_own_page_with_the_way_back(
    folk: Any, utdeler: User, nettleser: Nettleser
) -> None:
    fabrikk.kortaar()
    foerste = ta_imot(fabrikk.sak(folk.helse1, barna=_barn(*fabrikk.NUMRE), tiltak=[("4b-2", None)]), folk.nav1)
    gjoer(services.gi, foerste, av=folk.nav1)
    annen = ta_imot(fabrikk.sak(folk.kultur1, barna=_barn(*fabrikk.NUMRE), tiltak=[("4b-2", None)]), utdeler)
    sti = f"/henvisninger/{annen.id}"
    svar = nettleser.som(utdeler).send(f"{sti}/gi")
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert "Taket er nådd: familien eller barnet har alt fått dette." in html
    assert "Noe er endret" not in html
    assert html.count(f'href="{sti}"') == 2  # back, and «Avbryt»
    db.session.rollback()
    assert annen.status is Status.UNDER_BEHANDLING


def test_what_another_unit_gave_is_told_neutrally(folk: Any, utdeler: User) -> None:
    fabrikk.kortaar()
    foerste = ta_imot(fabrikk.sak(folk.helse1, barna=_barn(*fabrikk.NUMRE), tiltak=[("4b-2", None)]), folk.nav1)
    tildeling = gjoer(services.gi, foerste, av=folk.nav1)
    with transaction():
        db.session.get_one(Tildeling, tildeling.id).enhet_id = "inkluderingskonsulent"  # another unit handed it out
    annen = ta_imot(fabrikk.sak(folk.kultur1, barna=_barn(*fabrikk.NUMRE), tiltak=[("4b-2", None)]), utdeler)
    with pytest.raises(KanIkkeInnvilges) as feil:
        gjoer(services.gi, annen, av=utdeler)
    assert feil.value.grunner == ("Kan ikke innvilges nå.",)


def test_who_can_register_gives_a_card_per_service_and_one_within_the_service(folk: Any) -> None:
    fabrikk.kortaar()
    barn = _barn(*fabrikk.NUMRE)
    for hvem in (folk.helse1, folk.kultur1, folk.nav1):
        gjoer(services.gi, ta_imot(fabrikk.sak(hvem, barna=barn, tiltak=[("4b-2", None)]), folk.nav1), av=folk.nav1)
    igjen = ta_imot(fabrikk.sak(folk.helse1, barna=barn, tiltak=[("4b-2", None)], likevel=True), folk.nav1)
    with pytest.raises(KanIkkeInnvilges):
        gjoer(services.gi, igjen, av=folk.nav1)


def test_pages_weigh_only_the_familys_own_case(folk: Any) -> None:
    """What a list shows never depends on a link; the ceiling across cases is asked when something is given."""
    fabrikk.kortaar()
    foerste = ta_imot(fabrikk.sak(folk.helse1, barna=_barn(*fabrikk.NUMRE), tiltak=[("4b-2", None)]), folk.nav1)
    gjoer(services.gi, foerste, av=folk.nav1)
    annen = ta_imot(fabrikk.sak(folk.kultur1, barna=_barn(*fabrikk.NUMRE), tiltak=[("4b-2", None)]), folk.nav1)
    assert queries.kandidater([annen])[annen.id].gitt == ()
    assert len(queries.kandidat(annen).gitt) == 1


def test_two_cards_where_two_are_allowed(folk: Any, utdeler: User) -> None:
    kortaar = fabrikk.kortaar()
    _sett(kortaar, tak=2, av=folk.inkludering1)
    barn = _barn(*fabrikk.NUMRE)
    gitt = 0
    for hvem in (folk.nav1, folk.helse1, folk.kultur1):
        henvisning = ta_imot(fabrikk.sak(hvem, barna=barn, tiltak=[("4b-2", None)]), utdeler)
        try:
            gjoer(services.gi, henvisning, av=utdeler)
            gitt += 1
        except KanIkkeInnvilges:
            pass
    assert gitt == 2


def test_per_child_each_child_has_one(folk: Any) -> None:
    kortaar = fabrikk.kortaar()
    _sett(kortaar, per=Kortenhet.BARN, av=folk.inkludering1)
    sak = fabrikk.sak(folk.nav1, barna=_barn(*fabrikk.NUMRE), tiltak=[("4b-2", 0), ("4b-2", 1)])
    for nr in (0, 1):
        gjoer(services.gi, ta_imot(sak, folk.nav1, nr), av=folk.nav1)
    nok_en = fabrikk.sak(folk.nav1, barna=_barn(fabrikk.NUMRE[0]), tiltak=[("4b-2", 0)], likevel=True)
    igjen = ta_imot(nok_en, folk.nav1)
    with pytest.raises(KanIkkeInnvilges):
        gjoer(services.gi, igjen, av=folk.nav1)


def test_a_returned_card_goes_to_the_next_and_a_lost_one_does_not(folk: Any) -> None:
    kortaar = fabrikk.kortaar()
    _sett(kortaar, antall=2, av=folk.inkludering1)
    en, to, tre = (fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).henvisninger[0] for _ in range(3))
    for h in (en, to, tre):
        gjoer(services.gi_straks, h, av=folk.nav1)
    assert status(tre) is Status.VENTELISTE
    gjoer(services.meld_tapt, en, av=folk.nav1)
    assert _gi_neste(folk.nav1) is None
    gjoer(services.lever_tilbake, to, av=folk.nav1)
    assert _gi_neste(folk.nav1) == tre.id
    assert status(tre) is Status.INNVILGET
    assert tilstander(kortaar.beholdning_id) == {
        Plasstilstand.TAPT: 1,
        Plasstilstand.OPPTATT: 1,
        Plasstilstand.STENGT: 38,
    }
    sjekk_beholdning(kortaar.beholdning_id)


def _gi_neste(av: User) -> int | None:
    with transaction():
        try:
            funnet = services.gi_neste(db.session.get_one(Tiltak, "4b-2"), av=db.session.get_one(User, av.id))
        except DomainError:
            return None
        return funnet.id if funnet else None


def test_the_list_is_in_the_order_sent_then_by_lot_and_passes_over_who_cannot(folk: Any) -> None:
    kortaar = fabrikk.kortaar()
    barn = _barn(*fabrikk.NUMRE)
    har = ta_imot(fabrikk.sak(folk.nav1, barna=barn, tiltak=[("4b-2", None)]), folk.nav1)
    gjoer(services.gi, har, av=folk.nav1)
    koe = [
        ta_imot(fabrikk.sak(folk.nav1, barna=barna, tiltak=[("4b-2", None)], likevel=True), folk.nav1)
        for barna in (barn, None, None)
    ]
    for h in koe:
        gjoer(services.sett_paa_venteliste, h, av=folk.nav1)
    with transaction():
        for h, lodd in zip(koe, (1, 9, 3), strict=True):
            rad = db.session.get_one(Henvisning, h.id)
            rad.sendt, rad.lodd = db.session.get_one(Henvisning, koe[0].id).sendt, lodd
    assert [queries.plass_i_koeen(h) for h in koe] == [1, 3, 2]
    assert _gi_neste(folk.nav1) == koe[2].id  # the first has had one on another case of Nav's
    assert koe[0].status is Status.VENTELISTE
    assert _gi_neste(folk.nav1) == koe[1].id
    assert _gi_neste(folk.nav1) is None
    sjekk_beholdning(kortaar.beholdning_id)


@pytest.fixture
def desember(monkeypatch: pytest.MonkeyPatch) -> date:
    """The last month of this year, for the new-year routine."""
    dag = date(i_dag().year, 12, 31)
    monkeypatch.setattr(aarsskifte, "i_dag", lambda: dag)
    return dag


def _nytt_aar(av: User, aar: int) -> services.Aarsskifte:
    with transaction():
        return services.nytt_kortaar(db.session.get_one(Tiltak, "4b-2"), aar, av=db.session.get_one(User, av.id))


def test_the_new_year_closes_and_makes_again_and_does_nothing_twice(folk: Any, desember: date) -> None:
    kortaar = fabrikk.kortaar()
    _sett(kortaar, antall=10, tak=2, av=folk.inkludering1)
    ute, tapt = (fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).henvisninger[0] for _ in range(2))
    for h in (ute, tapt):
        gjoer(services.gi_straks, h, av=folk.nav1)
    gjoer(services.meld_tapt, tapt, av=folk.nav1)
    plan = services.planlegg(db.session.get_one(Tiltak, "4b-2"), desember.year)
    assert (plan.i_bruk, plan.ledige, plan.tapte, plan.nye, plan.stenges) == (1, 8, 1, 10, True)
    assert _nytt_aar(folk.inkludering1, desember.year) == plan
    assert (ute.status, ute.grunn) == (Status.AVSLUTTET, "utloept")
    assert [t.tilstand for t in queries.tildelinger(ute)] == [Tildelingstilstand.AVSLUTTET]
    assert tilstander(kortaar.beholdning_id) == {Plasstilstand.STENGT: 39, Plasstilstand.TAPT: 1}
    assert kortaar.beholdning.antall == 10  # what the year had
    nytt = tiltaket.kortaar("4b-2", desember.year + 1)
    assert nytt is not None
    assert (nytt.beholdning.antall, nytt.tak) == (10, 2)
    igjen = _nytt_aar(folk.inkludering1, desember.year)
    assert (igjen.stenges, igjen.nye) == (False, 0)
    assert len(db.session.scalars(select(Kortaar.id)).all()) == 2
    ny = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).henvisninger[0]
    assert gjoer(services.gi_straks, ny, av=folk.nav1) is None  # nothing more from the closed year


def test_the_new_year_waits_for_december_and_for_the_right(folk: Any) -> None:
    fabrikk.kortaar()
    with pytest.raises(DomainError):
        _nytt_aar(folk.inkludering1, i_dag().year + 1)
    for hvem in (folk.nav1, folk.kulturskole1, folk.koordinator1):
        with pytest.raises(IngenTilgang):
            _nytt_aar(hvem, i_dag().year - 1)


def test_a_closed_year_is_not_changed(folk: Any, desember: date) -> None:
    kortaar = fabrikk.kortaar()
    _nytt_aar(folk.inkludering1, desember.year)
    with pytest.raises(Endret):
        _sett(kortaar, antall=5, av=folk.inkludering1)


@pytest.mark.parametrize(("felt", "verdi"), [("antall", -1), ("antall", 5001), ("tak", 0), ("tak", 21)])
def test_numbers_that_cannot_be_meant(folk: Any, felt: str, verdi: int) -> None:
    kortaar = fabrikk.kortaar()
    with pytest.raises(UgyldigFelt) as feil:
        _sett(kortaar, **{felt: verdi}, av=folk.inkludering1)  # type: ignore[arg-type]
    assert feil.value.felt == felt


def test_the_stock_is_not_made_smaller_than_what_is_out(folk: Any) -> None:
    kortaar = fabrikk.kortaar()
    for _ in range(3):
        gjoer(services.gi_straks, fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).henvisninger[0], av=folk.nav1)
    with pytest.raises(UgyldigFelt) as feil:
        _sett(kortaar, antall=2, av=folk.inkludering1)
    assert feil.value.felt == "antall"
    _sett(kortaar, antall=3, av=folk.inkludering1)
    _sett(kortaar, antall=45, av=folk.inkludering1)
    assert tilstander(kortaar.beholdning_id) == {Plasstilstand.OPPTATT: 3, Plasstilstand.LEDIG: 42}
    sjekk_beholdning(kortaar.beholdning_id)


def test_a_card_handed_out_by_a_slip_is_undone_and_the_family_can_still_have_one(folk: Any) -> None:
    kortaar = fabrikk.kortaar(3)
    beholdning_id = kortaar.beholdning_id
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)], barna=_barn(fabrikk.NUMRE[0]))
    henvisning = sak.henvisninger[0]
    gjoer(services.gi_straks, henvisning, av=folk.nav1)
    assert status(henvisning) is Status.I_GANG
    assert Handling.ANGRE not in services.handlinger(henvisning, folk.nav2)  # only the one who gave
    gjoer(services.angre, henvisning, av=folk.nav1)
    assert (status(henvisning), henvisning.startet, henvisning.beskjed_gitt) == (Status.UNDER_BEHANDLING, False, None)
    assert tilstander(beholdning_id)[Plasstilstand.LEDIG] == 3
    gjoer(services.gi, henvisning, av=folk.nav1)  # the ceiling of one a year is not reached
    gjoer(services.bekreft_start, henvisning, av=folk.nav1)
    assert Handling.ANGRE not in services.handlinger(henvisning, folk.nav1)  # started by hand: the card is fetched
    sjekk_beholdning(beholdning_id)


def test_a_card_handed_out_ten_minutes_ago_stays(folk: Any) -> None:
    fabrikk.kortaar(3)
    henvisning = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).henvisninger[0]
    gjoer(services.gi_straks, henvisning, av=folk.nav1)
    foer = now() - ANGREFRIST
    with transaction() as session:
        session.execute(update(Tildeling).values(gitt=foer))
        session.execute(update(Henvisning).values(beskjed_gitt=foer))
    with pytest.raises(UgyldigOvergang):
        gjoer(services.angre, henvisning, av=folk.nav1)
