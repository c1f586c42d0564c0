"""The start page: the work that waits, for every role, at the same number of queries however much it is."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from koordinering.db import db, i_dag, now, tilfeldig_id, transaction
from koordinering.demo.brukere import demolisten
from koordinering.forside import queries
from koordinering.forside.paneler import EGEN_START, PANELER, paneler
from koordinering.roles import Rolle
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.behov import Spoersmaal
from koordinering.saker.rules.overganger import Status
from koordinering.saker.rules.referanse import ny as ny_referanse
from koordinering.sider import TELLES_TIL
from koordinering.tiltak.models import Beholdning, Kortaar, Plass, Tilbud
from koordinering.tiltak.rules import Aktivitet, Beholdningsslag, Plasstilstand
from koordinering.users import Koblingsmodus, Kommune, Rolletildeling, User
from koordinering.web.huset import Huset
from tests.nettleser import Nettleser


def _tekst(side: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", side.get_data(as_text=True)))


def _sak(user: User, enhet: str) -> Sak:
    return Sak(referanse=ny_referanse(), enhet_id=enhet, ansvarlig_id=user.id, i_maalgruppe=True, id=tilfeldig_id())


def _henvisning(sak: Sak, tiltak: str, mottaker: str, status: Status, **felt: Any) -> Henvisning:
    return Henvisning(
        sak_id=sak.id,
        tiltak_id=tiltak,
        avsender_id=sak.enhet_id,
        mottaker_id=mottaker,
        status=status,
        synlig=status not in {Status.UTKAST, Status.VENTER_SAMTYKKE},
        **felt,
    )


def _fyll(user: User, *, antall: int) -> None:
    """`antall` of each thing that can wait, from helse1's unit to two receivers."""
    with transaction() as session:
        sak = _sak(user, "to_helsestasjon")
        session.add(sak)
        session.flush()
        for _ in range(antall):
            session.add_all(
                (
                    _henvisning(sak, "4a-3", "inkluderingskonsulent", Status.UTKAST),
                    _henvisning(sak, "4a-3", "inkluderingskonsulent", Status.VENTER_SAMTYKKE),
                    _henvisning(sak, "4a-3", "inkluderingskonsulent", Status.PAA_VENT, spoersmaal=list(Spoersmaal)[0]),
                    _henvisning(sak, "4a-3", "inkluderingskonsulent", Status.VENTELISTE),
                    _henvisning(sak, "4b-2", "nav", Status.SENDT, beskjed_siden=now()),
                )
            )


def _beholdning(tiltak: str, slag: Beholdningsslag, antall: int, ledig: int) -> Beholdning:
    beholdning = Beholdning(tiltak_id=tiltak, slag=slag, antall=antall)
    db.session.add(beholdning)
    db.session.flush()
    for nummer in range(1, antall + 1):
        tilstand = Plasstilstand.LEDIG if nummer <= ledig else Plasstilstand.OPPTATT
        db.session.add(Plass(beholdning_id=beholdning.id, nummer=nummer, tilstand=tilstand))
    return beholdning


def _tilbud(*, til: date) -> Tilbud:
    beholdning = _beholdning("4a-3", Beholdningsslag.PLASS, 4, 3)
    return Tilbud(
        tiltak_id="4a-3",
        enhet_id="inkluderingskonsulent",
        beholdning_id=beholdning.id,
        arrangoertekst="Laget",
        aktivitet=Aktivitet.FOTBALL,
        navn="Fotball",
        sesong_fra=til - timedelta(days=100),
        sesong_til=til,
        alder_fra=6,
        alder_til=12,
    )


def test_every_role_has_a_panel() -> None:
    assert set(PANELER) == set(Rolle)
    assert {en.rolle for en in demolisten()} == set(Rolle), "and a demo user"


@pytest.mark.parametrize("rolle", list(Rolle))
def test_every_role_has_a_start_page_of_its_own(nettleser: Nettleser, folk: Any, rolle: Rolle) -> None:
    for en in demolisten():
        if en.rolle is rolle:
            egen = frozenset({rolle}) in EGEN_START
            tekst = _tekst(nettleser.som(getattr(folk, en.brukernavn)).se("/", follow_redirects=True))
            assert (en.navn if egen else f"Hei, {en.navn}") in tekst
            assert rolle.tekst in tekst


def test_every_link_of_a_start_page_opens(nettleser: Nettleser, folk: Any) -> None:
    for en in demolisten():
        person = nettleser.som(getattr(folk, en.brukernavn))
        side = person.se("/", follow_redirects=True).get_data(as_text=True)
        hoveddel = side.split("<main", 1)[1].split("</main", 1)[0]
        for adresse in sorted(set(re.findall(r'href="(/[^"]*)"', hoveddel))):
            assert person.se(adresse.replace("&amp;", "&")).status_code == 200, (en.brukernavn, adresse)


def test_the_referrer_sees_what_waits_in_her_unit_alone(app: Flask, folk: Any) -> None:
    _fyll(folk.helse1, antall=2)
    helse = queries.henviser(folk.helse1)
    assert {navn: helse[navn] for navn in ("utkast", "samtykke", "spoersmaal", "beskjed", "nye")} == {
        "utkast": 1,  # of cases, as many as the list it leads to shows: both referrals are of one
        "samtykke": 1,
        "spoersmaal": 1,
        "beskjed": 1,
        "nye": 0,
    }
    nav = queries.henviser(folk.nav1)
    assert (nav["utkast"], nav["nye"], nav["beskjed"]) == (0, 2, 0)


def test_the_receiver_sees_what_is_sent_and_visible(app: Flask, folk: Any) -> None:
    _fyll(folk.helse1, antall=3)
    with transaction() as session:
        session.add_all((_tilbud(til=i_dag() + timedelta(days=5)), _tilbud(til=i_dag() - timedelta(days=1))))
    antall = queries.mottaker(folk.inkludering1)
    samordning = {"samordning_nytt": 0, "samordning_moeter": 0, "samordning_foelger": 0}
    assert antall == {"nye": 0, "behandles": 0, "paa_vent": 3, "venteliste": 3, "plasser": 3, **samordning}
    assert queries.mottaker(folk.kulturskole1) == dict.fromkeys(antall, 0)


def test_cards_are_counted_where_they_are_handed_out(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    with transaction() as session:
        beholdning = _beholdning("4b-2", Beholdningsslag.KORT, 40, 12)
        session.add(Kortaar(tiltak_id="4b-2", aar=i_dag().year, beholdning_id=beholdning.id))
    assert queries.henviser(folk.nav1)["kort"] == 12
    assert "12 kort ledig hos enheten i år" in _tekst(nettleser.som(folk.nav1).se("/"))
    assert "kort ledig" not in _tekst(nettleser.som(folk.helse1).se("/"))


def test_the_leader_counts_the_units_open_cases(app: Flask, folk: Any) -> None:
    _fyll(folk.helse1, antall=1)
    with transaction() as session:
        session.add(_sak(folk.helse1, "to_helsestasjon"))
    assert queries.enhetsleder(folk.helseleder1) == {
        "aapne": 1,
        "deler": 0,
        "krav": 0,
        "krav_forfalt": 0,
        "rettigheter": 0,
    }
    assert queries.enhetsleder(folk.navleder1)["aapne"] == 0


def test_the_data_protection_officer_sees_the_decision_that_linking_rests_on(nettleser: Nettleser, folk: Any) -> None:
    tekst = _tekst(nettleser.som(folk.ombud1).se("/"))
    assert "Saker kobles med fødselsnummer" in tekst
    assert "01.11.2023" in tekst
    with transaction() as session:
        session.get_one(Kommune, 1).koblingsmodus = Koblingsmodus.INGEN
    tekst = _tekst(nettleser.som(folk.ombud1).se("/"))
    assert "Saker kobles ikke" in tekst
    assert "01.11.2023" not in tekst


def test_refusals_are_counted(nettleser: Nettleser, folk: Any) -> None:
    assert nettleser.som(folk.fretex1).se("/saker").status_code == 404
    db.session.rollback()  # what this test reads began before the other one's request
    assert queries.personvernombud()["nektet"] > 0
    assert queries.personvernombud()["i_dag"] >= 1


def test_roles_without_pages_of_their_own_say_so(nettleser: Nettleser, folk: Any) -> None:
    assert "venter på godkjenning" in _tekst(nettleser.som(folk.godkjenner1).se("/"))
    assert "Saker og henvisninger vises ikke" in _tekst(nettleser.som(folk.fretex1).se("/"))
    assert "Skriv vurderinger" in _tekst(nettleser.som(folk.tiltak1).se("/"))


def test_somebody_with_two_roles_sees_both_panels(app: Flask, nettleser: Nettleser, folk: Any) -> None:
    with transaction() as session:
        session.add(Rolletildeling(user_id=folk.nav1.id, rolle=Rolle.TILTAKSANSVARLIG, enhet_id="hr"))
    tekst = _tekst(nettleser.som(folk.nav1).se("/"))
    assert "Registrer familie" in tekst
    assert "vurderinger over fristen" in tekst


def test_somebody_without_a_role_is_told_whom_to_ask(app: Flask, nettleser: Nettleser, folk: Any) -> None:
    with transaction() as session:
        for rolle in session.get_one(User, folk.nav1.id).rolletildelinger:
            rolle.til = i_dag() - timedelta(days=1)
            rolle.fra = i_dag() - timedelta(days=9)
    assert "Du har ingen rolle i dag" in _tekst(nettleser.som(folk.nav1).se("/"))


def _spoerringer(app: Flask, user: User, huset: Huset) -> int:
    sett: list[str] = []

    def tell(_forb: Any, _markoer: Any, setning: str, *_: Any) -> None:
        sett.append(setning)

    event.listen(db.engine, "before_cursor_execute", tell)
    try:
        paneler(user, huset.config)
    finally:
        event.remove(db.engine, "before_cursor_execute", tell)
    return len(sett)


def test_the_number_of_queries_does_not_grow(app: Flask, folk: Any) -> None:
    huset = app.extensions["koordinering"]
    for user in (folk.nav1, folk.helse1, folk.inkludering1, folk.helseleder1, folk.tiltak1):
        _spoerringer(app, user, huset)
    foer = [_spoerringer(app, user, huset) for user in (folk.nav1, folk.helse1, folk.inkludering1, folk.helseleder1)]
    helse1 = folk.helse1
    _fyll(helse1, antall=40)
    for user in (folk.nav1, folk.helse1, folk.inkludering1, folk.helseleder1):
        assert user.roller  # read again after the transaction, before what is counted
        _ = [rolle.enhet for rolle in user.gjeldende]
    etter = [_spoerringer(app, user, huset) for user in (folk.nav1, folk.helse1, folk.inkludering1, folk.helseleder1)]
    assert etter == foer
    assert max(etter) <= 3


def test_many_are_not_counted_to_the_end(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    with transaction() as session:
        saker = [_sak(folk.helse1, "to_helsestasjon") for _ in range(50)]
        session.add_all(saker)
        session.flush()
        session.add_all(
            _henvisning(saker[nr % 50], "4a-3", "inkluderingskonsulent", Status.SENDT) for nr in range(TELLES_TIL + 5)
        )
    assert queries.mottaker(folk.inkludering1)["nye"] == TELLES_TIL + 1
    assert "over 1 000" in _tekst(nettleser.som(folk.inkludering1).se("/")).replace("\N{NO-BREAK SPACE}", " ")
