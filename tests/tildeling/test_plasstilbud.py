"""Places offered with a deadline, moving in the waiting order, and undoing: each through the front door."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from koordinering.db import OSLO, db, i_dag, now, transaction
from koordinering.errors import KanIkkeInnvilges, UgyldigFelt, UgyldigOvergang
from koordinering.saker import services as saker
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import services
from koordinering.tildeling.models import Plasstilbud, Tildeling
from koordinering.tildeling.queries.venter import Ventefilter, venteside
from koordinering.tildeling.rules import TELLER_MOT_TAK, Handling, Tildelingstilstand
from koordinering.tildeling.rules.runde import ANGREFRIST, Flyttegrunn, Koe, Tilbudssvar
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules import Aktivitet, Plasstilstand
from koordinering.web.side import tidspunkt
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.tildeling.gjoer import (
    LeserPaaNytt,
    gjoer,
    sjekk_beholdning,
    status,
    ta_imot,
    tilstander,
    venter_paa_plass,
)


@pytest.fixture
def nettleser(app: Flask) -> LeserPaaNytt:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def _tilby(henvisning: Henvisning, tilbud: Tilbud, folk: Any, dager: int = 7) -> None:
    gjoer(services.tilby, henvisning, tilbud, av=folk.inkludering1, frist_dager=dager)


def _svar(henvisning: Henvisning) -> list[Tilbudssvar]:
    query = select(Plasstilbud.svar).where(Plasstilbud.henvisning_id == henvisning.id)
    return list(db.session.scalars(query.order_by(Plasstilbud.laget, Plasstilbud.id)))


def _la_fristen_gaa() -> int:
    with transaction():
        db.session.execute(
            update(Plasstilbud).where(Plasstilbud.svar == Tilbudssvar.VENTER).values(frist=now() - timedelta(hours=1))
        )
    antall = services.la_tilbud_loepe_ut()
    db.session.rollback()
    return antall


def test_an_offered_place_waits_for_the_answer_and_becomes_granted(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    _tilby(henvisning, tilbud, folk)
    assert status(henvisning) is Status.VENTELISTE
    assert tilstander(tilbud.beholdning_id)[Plasstilstand.TILBUDT] == 1
    nav = nettleser.som(folk.nav1)
    side = nav.se(f"/henvisninger/{henvisning.id}").get_data(as_text=True)
    assert "Tilbudt plass" in side and "Familien takker ja" in side  # noqa: PT018 - one sentence
    assert (
        nettleser.som(folk.helse1).send(f"/henvisninger/{henvisning.id}/plasstilbud/svar", {"svar": "ja"}).status_code
        == 404
    )
    assert nav.send(f"/henvisninger/{henvisning.id}/plasstilbud/svar", {"svar": "ja"}).status_code == 303
    assert status(henvisning) is Status.INNVILGET
    assert henvisning.beskjed_siden is not None
    assert nav.send(f"/henvisninger/{henvisning.id}/plasstilbud/svar", {"svar": "ja"}).status_code == 409
    sjekk_beholdning(tilbud.beholdning_id)


def test_the_case_tells_of_the_offered_place_until_it_is_answered(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    henvisning = venter_paa_plass(folk)
    nav, sti, melding = nettleser.som(folk.nav1), f"/saker/{henvisning.sak_id}", "Familien er tilbudt en plass"
    assert melding not in nav.se(sti).get_data(as_text=True)
    _tilby(henvisning, tilbud, folk)
    side = nav.se(sti).get_data(as_text=True)
    varselet = side.split(melding, 1)[1].split("Mer om henvisningen", 1)[0]
    assert henvisning.svar_innen is not None
    assert f"Svar innen {tidspunkt(henvisning.svar_innen)}." in varselet
    assert re.search(rf'href="/henvisninger/{henvisning.id}"[^>]*>\s*Se plassen og svar', varselet)
    nav.send(f"/henvisninger/{henvisning.id}/plasstilbud/svar", {"svar": "nei"})
    assert melding not in nav.se(sti).get_data(as_text=True)


def test_a_yes_that_comes_to_nothing_is_not_called_a_change(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud, henvisning = fabrikk.tilbud(folk.inkludering1, antall=1), venter_paa_plass(folk)
    _tilby(henvisning, tilbud, folk)
    with transaction():
        db.session.get_one(Tilbud, tilbud.id).alder_fra = 12
    svar = nettleser.som(folk.nav1).send(f"/henvisninger/{henvisning.id}/plasstilbud/svar", {"svar": "ja"})
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert "Ingenting er endret. Kan ikke innvilges nå." in _tilbudt_plass(html)
    assert "Familien takker ja" in _tilbudt_plass(html)
    assert "Noe er endret" not in html
    assert tilstander(tilbud.beholdning_id)[Plasstilstand.TILBUDT] == 1


def _tilbudt_plass(html: str) -> str:
    """The part of the page about the offered place, without its tags; empty where there is none."""
    deler = re.split(r"<h2>\s*Tilbudt plass\s*</h2>", html)
    return re.sub(r"<[^>]+>|\s+", " ", deler[1].split("</section>", 1)[0]) if len(deler) > 1 else ""


def _sendt(nav: LeserPaaNytt, henvisning: Henvisning, svar: str | None) -> str:
    """The page of the referral that a refused answer ends on."""
    felt = {"svar": svar} if svar is not None else {}
    resultat = nav.send(f"/henvisninger/{henvisning.id}/plasstilbud/svar", felt)
    html: str = resultat.get_data(as_text=True)
    assert resultat.status_code in {409, 422}
    assert re.search(rf"<h1[^>]*>\s*Henvisning {henvisning.sak.referanse}\s*</h1>", html)
    assert "Ingenting er endret." in html
    return html


def test_an_answer_that_says_neither_yes_nor_no_is_asked_for_where_it_is_given(
    nettleser: LeserPaaNytt, folk: Any
) -> None:
    tilbud, henvisning = fabrikk.tilbud(folk.inkludering1, antall=1), venter_paa_plass(folk)
    _tilby(henvisning, tilbud, folk)
    for svar in (None, "kanskje"):
        html = _sendt(nettleser.som(folk.nav1), henvisning, svar)
        assert "Velg om familien takker ja eller nei." in _tilbudt_plass(html)


@pytest.mark.parametrize(
    ("hva", "melding"),
    [
        ("frist", "Fristen for å svare er ute, og plassen går til den neste på ventelisten."),
        ("utloept", "Fristen for å svare er ute, og plassen går til den neste på ventelisten."),
        ("trukket", "Tilbudet om plass er trukket."),
        ("ja", "Svaret er lagt inn fra før: Familien takket ja."),
        ("nei", "Svaret er lagt inn fra før: Familien takket nei."),
    ],
)
def test_an_answer_that_comes_too_late_ends_on_the_referral_and_tells_why(
    nettleser: LeserPaaNytt, folk: Any, hva: str, melding: str
) -> None:
    tilbud, henvisning = fabrikk.tilbud(folk.inkludering1, antall=1), venter_paa_plass(folk)
    _tilby(henvisning, tilbud, folk)
    if hva in {"ja", "nei"}:
        gjoer(services.svar_paa_tilbud, henvisning, av=folk.inkludering1, ja=hva == "ja")
    elif hva == "trukket":
        gjoer(services.trekk_tilbudet, henvisning, av=folk.inkludering1)
    else:
        venter_paa_plass(folk)  # gets the place when it is passed on
        with transaction():
            db.session.execute(update(Plasstilbud).values(frist=now() - timedelta(hours=1)))
        if hva == "utloept":
            services.la_tilbud_loepe_ut()
    html = _sendt(nettleser.som(folk.nav1), henvisning, "ja")
    assert melding in html
    assert bool(_tilbudt_plass(html)) is (hva == "frist")


def test_a_place_that_is_taken_back_twice_ends_on_the_referral(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud, henvisning = fabrikk.tilbud(folk.inkludering1, antall=1), venter_paa_plass(folk)
    _tilby(henvisning, tilbud, folk)
    inne, sti = nettleser.som(folk.inkludering1), f"/henvisninger/{henvisning.id}/plasstilbud/trekk"
    assert inne.send(sti).status_code == 303
    igjen = inne.send(sti)
    assert igjen.status_code == 409
    assert "Ingenting er endret. Dette kan ikke gjøres nå." in igjen.get_data(as_text=True)
    assert "Om henvisningen" in igjen.get_data(as_text=True)


def test_who_says_no_is_not_asked_again_by_itself(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    alene = venter_paa_plass(folk)
    _tilby(alene, tilbud, folk)
    gjoer(services.svar_paa_tilbud, alene, av=folk.nav1, ja=False)
    assert _svar(alene) == [Tilbudssvar.NEI]
    assert tilstander(tilbud.beholdning_id)[Plasstilstand.LEDIG] == 1
    _tilby(alene, tilbud, folk)  # by somebody who has talked with the family
    assert _svar(alene) == [Tilbudssvar.NEI, Tilbudssvar.VENTER]


def test_an_offer_is_not_taken_back_while_somebody_thinks(folk: Any, nettleser: Nettleser) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=2)
    henvisning = venter_paa_plass(folk)
    _tilby(henvisning, tilbud, folk)
    konsulent = nettleser.som(folk.inkludering1)
    svar = konsulent.send(f"/tilbud/{tilbud.id}/trekk", foelg=True)
    assert "har ikke svart" in svar.get_data(as_text=True)
    gjoer(services.trekk_tilbudet, henvisning, av=folk.inkludering1)
    assert "Tilbudet er trukket" in konsulent.send(f"/tilbud/{tilbud.id}/trekk", foelg=True).get_data(as_text=True)
    sjekk_beholdning(tilbud.beholdning_id)


def test_a_case_with_a_place_held_is_not_deleted_by_mistake(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    henvisning = venter_paa_plass(folk)
    _tilby(henvisning, tilbud, folk)
    with pytest.raises(saker.NoeErGitt), transaction():
        saker.slett(db.session.get_one(Sak, henvisning.sak_id), av=folk.nav1)
    gjoer(services.svar_paa_tilbud, henvisning, av=folk.nav1, ja=False)
    with transaction():
        saker.slett(db.session.get_one(Sak, henvisning.sak_id), av=folk.nav1)
    sjekk_beholdning(tilbud.beholdning_id)
    assert tilstander(tilbud.beholdning_id)[Plasstilstand.LEDIG] == 1


def test_silence_passes_it_on_to_the_next_who_fits_and_back_once(folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=1)
    foerste, annet_oenske, neste = (
        venter_paa_plass(folk),
        venter_paa_plass(folk, oensker=(Aktivitet.DANS,)),
        venter_paa_plass(folk, foedselsaar=i_dag().year - 9),
    )
    _tilby(foerste, tilbud, folk, dager=3)
    assert Handling.GI not in services.handlinger(foerste, folk.inkludering1)
    with pytest.raises(UgyldigOvergang):
        gjoer(services.gi, foerste, tilbud, av=folk.inkludering1)  # one thing at a time
    assert _la_fristen_gaa() == 1
    assert _svar(neste) == [Tilbudssvar.VENTER]
    assert _svar(annet_oenske) == []
    assert _la_fristen_gaa() == 1  # nobody answered: back to the first, for the last time
    assert _svar(foerste) == [Tilbudssvar.UTLOEPT, Tilbudssvar.VENTER]
    assert _la_fristen_gaa() == 1
    assert _svar(neste) == [Tilbudssvar.UTLOEPT, Tilbudssvar.VENTER]
    assert _la_fristen_gaa() == 1
    assert _la_fristen_gaa() == 0  # both have been asked twice
    assert tilstander(tilbud.beholdning_id)[Plasstilstand.LEDIG] == 1
    with pytest.raises(KanIkkeInnvilges):
        _tilby(foerste, tilbud, folk)
    gjoer(services.gi, foerste, tilbud, av=folk.inkludering1)  # giving is another matter
    assert {h.status for h in (annet_oenske, neste)} == {Status.VENTELISTE}


@pytest.mark.parametrize("slutt", ["trekk", "avslaa", "fortsett", "trekk_tilbudet"])
def test_what_ends_the_waiting_gives_the_offered_place_back(folk: Any, slutt: str) -> None:
    tilbud, henvisning = fabrikk.tilbud(folk.inkludering1, antall=1), venter_paa_plass(folk)
    _tilby(henvisning, tilbud, folk)
    if slutt == "trekk":
        gjoer(services.trekk, henvisning, "flyttet", av=folk.nav1)
    elif slutt == "avslaa":
        gjoer(services.avslaa, henvisning, "utenfor_sesong", av=folk.inkludering1)
    else:
        gjoer(getattr(services, slutt), henvisning, av=folk.inkludering1)
    assert henvisning.svar_innen is None
    assert _svar(henvisning) == [Tilbudssvar.TRUKKET]
    assert tilstander(tilbud.beholdning_id)[Plasstilstand.LEDIG] == 1


def test_yes_after_the_deadline_or_to_a_child_that_no_longer_fits_is_refused(folk: Any) -> None:
    tilbud, henvisning = fabrikk.tilbud(folk.inkludering1, antall=2), venter_paa_plass(folk)
    for dager in (0, 31):
        with pytest.raises(UgyldigFelt):
            _tilby(henvisning, tilbud, folk, dager=dager)
    _tilby(henvisning, tilbud, folk)
    with transaction():
        db.session.get_one(Tilbud, tilbud.id).alder_fra = 12
    with pytest.raises(KanIkkeInnvilges) as feil:
        gjoer(services.svar_paa_tilbud, henvisning, av=folk.nav1, ja=True)
    assert feil.value.grunner == ()  # the sender is told no reason
    with transaction():
        db.session.execute(update(Plasstilbud).values(frist=now() - timedelta(minutes=1)))
    with pytest.raises(UgyldigOvergang):
        gjoer(services.svar_paa_tilbud, henvisning, av=folk.nav1, ja=True)


def test_undone_within_ten_minutes_by_the_same_person_and_nobody_else(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud, henvisning = fabrikk.tilbud(folk.inkludering1, antall=1), venter_paa_plass(folk)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    assert "Ingen plasser" in nettleser.som(folk.inkludering1).se(f"/tilbud/{tilbud.id}/ark").get_data(as_text=True)
    assert nettleser.som(folk.inkludering1).send(f"/henvisninger/{henvisning.id}/angre").status_code == 303
    assert status(henvisning) is Status.VENTELISTE
    tildeling = db.session.scalars(select(Tildeling)).one()
    assert (tildeling.tilstand, tildeling.slutt is None) == (Tildelingstilstand.ANGRET, False)
    assert Tildelingstilstand.ANGRET not in TELLER_MOT_TAK
    assert tilstander(tilbud.beholdning_id)[Plasstilstand.LEDIG] == 1
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    assert Handling.ANGRE in services.handlinger(henvisning, folk.inkludering1)
    _senere(henvisning)
    assert Handling.ANGRE not in services.handlinger(henvisning, folk.inkludering1)
    assert nettleser.som(folk.inkludering1).send(f"/henvisninger/{henvisning.id}/angre").status_code == 409
    ark = nettleser.som(folk.inkludering1).se(f"/tilbud/{tilbud.id}/ark").get_data(as_text=True)
    assert "Plass 1" in ark and "ett barn" in ark  # noqa: PT018 - one sentence
    for hemmelig in (henvisning.sak.referanse, "Nav", str(henvisning.id)):
        assert hemmelig not in ark.split("<main", 1)[1].split("</main>", 1)[0]


def test_who_undoes_on_the_allocation_page_stays_there_and_is_told_which_place(
    nettleser: LeserPaaNytt, folk: Any
) -> None:
    tilbud, henvisning = fabrikk.tilbud(folk.inkludering1, antall=1, navn="Ski i lia"), venter_paa_plass(folk)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    inne, her = nettleser.som(folk.inkludering1), f"/fordel?aktivitet=fotball&tilbud={tilbud.id}"
    sti = re.search(r'action="(/fordel/angre\?[^"]*)"', inne.se(her).get_data(as_text=True))
    assert sti
    svar = inne.send(sti[1].replace("&amp;", "&"), {"henvisning_id": str(henvisning.id)})
    assert (svar.status_code, svar.location) == (303, her)
    side = inne.se(svar.location).get_data(as_text=True)
    assert "Tildelingen er angret. Plass 1 i Ski i lia er ledig." in side
    assert "Ledig plass i Ski i lia. Neste som passer:" in side
    assert "Tildelingen er angret." not in inne.se(her).get_data(as_text=True)
    # the referral waits itself, and its page does not go on telling of the place
    assert "Ledig plass i" not in inne.se(f"/henvisninger/{henvisning.id}").get_data(as_text=True)
    igjen = inne.send(sti[1].replace("&amp;", "&"), {"henvisning_id": str(henvisning.id)}, foelg=True)
    assert "Ingenting er endret. Plassen kan ikke angres lenger:" in igjen.get_data(as_text=True)
    assert inne.send("/fordel/angre", {"henvisning_id": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("handling", "sagt"),
    [
        ("angre", "Tildelingen er angret. Plass 1 i Fotball for alle er ledig."),
        ("ikke_moett", "Det er registrert at barnet ikke møtte. Plass 1 i Fotball for alle er ledig."),
        ("lever_tilbake", "Levert tilbake. Plass 1 i Fotball for alle er ledig."),
    ],
)
def test_the_page_says_which_place_is_free_again(nettleser: LeserPaaNytt, folk: Any, handling: str, sagt: str) -> None:
    tilbud, henvisning = fabrikk.tilbud(folk.inkludering1, antall=1), venter_paa_plass(folk)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    svar = nettleser.som(folk.inkludering1).send(f"/henvisninger/{henvisning.id}/{handling}", foelg=True)
    assert sagt in svar.get_data(as_text=True)


def _senere(henvisning: Henvisning) -> None:
    with transaction():
        db.session.execute(
            update(Tildeling).where(Tildeling.henvisning_id == henvisning.id).values(gitt=now() - ANGREFRIST)
        )


def test_nothing_is_undone_once_a_slip_is_printed_or_the_family_told(nettleser: LeserPaaNytt, folk: Any) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, antall=2)
    med_lapp, med_beskjed = venter_paa_plass(folk), venter_paa_plass(folk)
    for h in (med_lapp, med_beskjed):
        gjoer(services.gi, h, tilbud, av=folk.inkludering1)
    nav = nettleser.som(folk.nav1)
    assert nav.se(f"/henvisninger/{med_lapp.id}/lapp").status_code == 200
    assert nav.send(f"/saker/henvisninger/{med_beskjed.id}/beskjed").status_code == 303
    for h in (med_lapp, med_beskjed):
        with pytest.raises(UgyldigOvergang):
            gjoer(services.angre, h, av=folk.inkludering1)


def test_moving_in_the_queue_needs_a_reason_and_is_an_event(nettleser: LeserPaaNytt, folk: Any) -> None:
    foerste, siste = venter_paa_plass(folk), venter_paa_plass(folk)
    side = nettleser.som(folk.inkludering1)
    assert side.send(f"/henvisninger/{siste.id}/koe", {"til": "fram"}).status_code == 422
    assert side.send(f"/henvisninger/{siste.id}/koe", {"til": "fram", "grunn": "haster"}).status_code == 303
    html = side.se("/venteliste").get_data(as_text=True)
    assert html.index(f"/henvisninger/{siste.id}") < html.index(f"/henvisninger/{foerste.id}")
    assert "Foran de andre" in html
    for filter_ in ("lengst", "ingenting", "tilbudt", "flyttet", "tull"):
        assert side.se(f"/venteliste?filter={filter_}").status_code == 200
    lengst = side.se("/venteliste?filter=lengst").get_data(as_text=True)
    assert lengst.index(f"/henvisninger/{foerste.id}") < lengst.index(f"/henvisninger/{siste.id}")
    assert [h.slag for h in siste.hendelser][-1] == "flyttet"
    gjoer(services.flytt_i_koeen, siste, Koe.VANLIG, Flyttegrunn.FLYTTES_TILBAKE.value, av=folk.inkludering1)
    assert siste.koe == 0


def test_children_granted_nothing_this_year(nettleser: LeserPaaNytt, folk: Any) -> None:
    aar = i_dag().year
    familie = fabrikk.sak(
        folk.nav1, barna=[fabrikk.barn(aar - 8), fabrikk.barn(aar - 10)], tiltak=[("4a-3", 0), ("4a-3", 1)]
    )
    faar, faar_ikke = (ta_imot(familie, folk.inkludering1, nr) for nr in (0, 1))
    gjoer(services.gi, faar, fabrikk.tilbud(folk.inkludering1), av=folk.inkludering1)
    html = nettleser.som(folk.inkludering1).se("/venteliste?filter=ingenting").get_data(as_text=True)
    assert f"/henvisninger/{faar_ikke.id}" in html
    assert f"/henvisninger/{faar.id}" not in html


def test_granted_nothing_has_also_who_is_not_taken_up_waits_for_somebody_or_was_refused(folk: Any) -> None:
    def ny() -> Henvisning:
        return ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)

    sendt = fabrikk.sak(folk.nav1).henvisninger[0]
    paa_vent, avslaatt, trukket, avslaatt_i_fjor, venter_fra_i_fjor = (ny() for _ in range(5))
    gjoer(services.sett_paa_vent, paa_vent, "venter_familie", av=folk.inkludering1)
    for h in (avslaatt, avslaatt_i_fjor):
        gjoer(services.avslaa, h, "utenfor_maalgruppe", av=folk.inkludering1)
    gjoer(services.trekk, trukket, "feilregistrert", av=folk.nav1)
    i_fjor = now() - timedelta(days=366)
    with transaction():
        for h in (avslaatt_i_fjor, venter_fra_i_fjor):
            db.session.get_one(Henvisning, h.id).sendt = i_fjor
    funnet = {h.id for h in venteside(folk.inkludering1, Ventefilter.INGENTING).rader}
    assert funnet == {h.id for h in (sendt, paa_vent, avslaatt, venter_fra_i_fjor)}


def test_granted_this_year_is_by_the_day_it_was_given_not_by_the_season(folk: Any) -> None:
    """A season that began last year, given now, and one of this year, given last year."""
    gitt_naa, gitt_i_fjor = venter_paa_plass(folk), venter_paa_plass(folk)
    i_fjor = fabrikk.tilbud(folk.inkludering1, sesong_fra=date(i_dag().year - 1, 10, 1))
    gjoer(services.gi, gitt_naa, i_fjor, av=folk.inkludering1)
    gjoer(services.gi, gitt_i_fjor, fabrikk.tilbud(folk.inkludering1), av=folk.inkludering1)
    with transaction():
        nyttaar = datetime(i_dag().year, 1, 1, tzinfo=OSLO)
        db.session.execute(
            update(Tildeling)
            .where(Tildeling.henvisning_id == gitt_i_fjor.id)
            .values(gitt=nyttaar - timedelta(seconds=1))
        )
        for h in (gitt_naa, gitt_i_fjor):  # taken up again
            db.session.get_one(Henvisning, h.id).status = Status.UNDER_BEHANDLING
    db.session.rollback()
    funnet = {h.id for h in venteside(folk.inkludering1, Ventefilter.INGENTING).rader}
    assert funnet == {gitt_i_fjor.id}
