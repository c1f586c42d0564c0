"""Coordination with consent: what the named units share, and that nobody else learns that there is something."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from koordinering import crypto, noekkellager
from koordinering.audit import Hva, Innslag
from koordinering.db import OSLO, db, i_dag, metadata, now, transaction
from koordinering.errors import FinnesIkke, UgyldigFelt
from koordinering.saker import queries as saker
from koordinering.saker import services as sakene
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.behov import SamtykkeFra
from koordinering.saker.samordning import queries, services
from koordinering.saker.samordning.models import Samordning, Samordningsavtale, Samordningsnotat
from koordinering.saker.samordning.rules import (
    NOTAT_SLETTES,
    NotaterStengt,
    Samordningsfilter,
    SamtykketGjelderIkke,
    gjelder,
    har_notater,
    kan_slette,
    sjekk_moetetid,
)
from tests import fabrikk
from tests.fabrikk import barn, bruker
from tests.nettleser import Nettleser
from tests.saker.samordnet import adgang, notat, ny, samordning
from tests.saker.skjema import nummer

HELSE, KULTUR, KONSULENT = "to_helsestasjon", "to_kultur_fritid", "inkluderingskonsulent"


@pytest.fixture
def familien(folk: Any) -> dict[str, Sak]:
    """The same two children known to NAV, the health station and culture; NAV has sent one to the consultant."""
    tall = [nummer(), nummer()]
    tiltak: dict[str, list[tuple[str, int | None]]] = {
        "nav1": [("4a-3", 0), ("4b-3", None)],
        "helse1": [("4b-3", None)],
        "kultur1": [("4b-2", None)],
    }
    saker_ = {
        hvem: fabrikk.sak(bruker(hvem), barna=[barn(nummer=t) for t in tall], tiltak=hvilke)
        for hvem, hvilke in tiltak.items()
    }
    db.session.rollback()
    return saker_


def _html(nettleser: Nettleser, hvem: str, url: str) -> str:
    return nettleser.som(bruker(hvem)).se(url).get_data(as_text=True)


def _konsulentens(familien: dict[str, Sak]) -> Henvisning:
    return db.session.scalars(select(Henvisning).where(Henvisning.mottaker_id == KONSULENT)).one()


# --- The rules, without a database -----------------------------------------------------------------------


def test_a_consent_stands_from_its_first_to_its_last_day() -> None:
    fra, til = date(2026, 3, 1), date(2026, 3, 31)
    assert [gjelder(fra, til, None, date(2026, m, d)) for m, d in ((2, 28), (3, 1), (3, 31), (4, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert not gjelder(fra, til, datetime(2026, 3, 5, tzinfo=UTC), date(2026, 3, 10))


def test_notes_are_never_from_or_to_health() -> None:
    assert har_notater(False, [False, True])
    assert not har_notater(True, [False])
    assert not har_notater(False, [True])


def test_a_note_is_deleted_by_its_author_within_ten_minutes_and_a_meeting_is_ahead() -> None:
    naa = now()
    assert kan_slette(1, naa - NOTAT_SLETTES, 1, naa)
    assert not kan_slette(1, naa - NOTAT_SLETTES - timedelta(seconds=1), 1, naa)
    assert not kan_slette(1, naa, 2, naa)
    sjekk_moetetid("dag", naa + timedelta(days=1), naa)
    for tid in (naa, naa + timedelta(days=400)):
        with pytest.raises(UgyldigFelt):
            sjekk_moetetid("dag", tid, naa)


# --- Registering ----------------------------------------------------------------------------------------


def test_the_consent_is_registered_on_the_page_of_the_case_and_withdrawn_in_two_clicks(
    familien: dict[str, Sak], nettleser: Nettleser
) -> None:
    sak = familien["nav1"]
    sak_id, barna = sak.id, [str(b.id) for b in sak.barn]
    db.session.rollback()
    nav = nettleser.som(bruker("nav1"))
    skjema = {
        "enheter": [HELSE, KONSULENT],
        "barn": barna,
        "maate": "skriftlig",
        "fra": "foresatt",
        "gitt": i_dag().strftime("%d.%m.%Y"),
        "gyldig_til": (i_dag() + timedelta(days=90)).strftime("%d.%m.%Y"),
    }
    assert 'value="nav"' not in nav.se(f"/saker/{sak_id}/samordning/ny").get_data(as_text=True), "always one of them"
    galt: list[dict[str, Any]] = [{"enheter": []}, {"barn": []}, {"gyldig_til": "01.01.2020"}, {"fra": ""}]
    for feil in galt:
        assert nav.send(f"/saker/{sak_id}/samordning/ny", skjema | feil).status_code == 422, feil
    assert nav.send(f"/saker/{sak_id}/samordning/ny", skjema).status_code == 303
    igjen = nav.send(f"/saker/{sak_id}/samordning/ny", skjema)
    assert (igjen.status_code, "gjelder allerede" in igjen.get_data(as_text=True)) == (422, True)
    db.session.rollback()
    en = db.session.scalars(select(Samordning)).one()
    html = nav.se(f"/saker/{sak_id}").get_data(as_text=True)
    trekk = f"/saker/{sak_id}/samordning/{en.id}/trekk"
    assert trekk in html
    db.session.rollback()
    assert nav.send(trekk).status_code == 303
    assert nav.send(trekk).status_code == 409
    assert nav.send(f"/saker/{sak_id}/samordning/ny", skjema).status_code == 303, "a new one may follow"
    db.session.rollback()
    hva = (Hva.SAMORDNING_REGISTRERT, Hva.SAMORDNING_TRUKKET)
    linjer = db.session.scalars(select(Innslag.hva).where(Innslag.hva.in_(hva)).order_by(Innslag.id))
    assert list(linjer) == [hva[0], hva[1], hva[0]]


@pytest.mark.bare_sqlite
def test_only_units_that_can_take_part_are_named_and_only_those_who_can_consent_do(familien: dict[str, Sak]) -> None:
    sak = familien["nav1"]
    nevnes = {enhet.id for enhet in queries.kan_nevnes(sak)}
    assert {HELSE, KULTUR, KONSULENT, "to_kulturskole"} <= nevnes
    assert not {"nav", "fretex"} & nevnes
    for feil, felt in (
        (ny(sak, "fretex"), "enheter"),
        (ny(sak, "nav"), "enheter"),
        (ny(sak, HELSE, barn=(1,)), "barn"),
        (ny(sak, HELSE, fra=SamtykkeFra.UNGDOM), "fra"),
    ):
        with pytest.raises(UgyldigFelt) as grunn, transaction():
            services.registrer(db.session.get_one(Sak, sak.id), feil, av=bruker("nav1"))
        assert grunn.value.felt == felt


# --- What the named units share --------------------------------------------------------------------------


def test_named_units_see_each_others_referrals_without_references(
    familien: dict[str, Sak], nettleser: Nettleser
) -> None:
    samordning(familien["nav1"], "nav1", HELSE, KONSULENT)
    referanser = {hvem: sak.referanse for hvem, sak in familien.items()}
    adresser = {hvem: f"/saker/{familien[hvem].id}/samordning" for hvem in ("nav1", "helse1", "kultur1")}
    adresser["inkludering1"] = f"/henvisninger/{_konsulentens(familien).id}/samordning"
    db.session.rollback()
    for hvem, adresse in adresser.items():
        html = _html(nettleser, hvem, adresse)
        if hvem == "kultur1":
            assert "Ingen samordning her" in html
            continue
        rader = html.count('role="rowheader"')
        assert rader == 3, f"{hvem}: two of NAV's and one of the health station's, none of culture's"
        assert not [r for r in referanser.values() if r in html], hvem
        assert "Kultur og fritid" not in html.replace("Kultur- og fritid", "")


def test_only_children_that_the_consent_is_for_are_covered(folk: Any) -> None:
    barna, hver = [barn(nummer=nummer()) for _ in range(2)], [("4a-3", 0), ("4a-3", 1)]
    nav = fabrikk.sak(folk.nav1, barna=barna, tiltak=[*hver, ("4b-3", None)])
    helse = fabrikk.sak(folk.helse1, barna=[*barna, barn()], tiltak=[*hver, ("4b-3", None)])
    ett = samordning(nav, "nav1", HELSE, barn=[0])
    linjer = queries.tidslinje(adgang(folk.helse1, ett.id, sak=db.session.get_one(Sak, helse.id))).rader
    forste = {(sak.id, db.session.get_one(Sak, sak.id).barn[0].id) for sak in (nav, helse)}
    assert {(h.sak_id, h.barn_id) for h in linjer} == forste, "neither the sibling's nor the whole family's"
    begge = samordning(helse, "helse1", "nav", barn=[0, 1])
    linjer = queries.tidslinje(adgang(folk.nav1, begge.id, sak=db.session.get_one(Sak, nav.id))).rader
    alle = [h.sak_id for h in linjer if h.barn_id is None]
    assert (len(linjer), alle) == (5, [nav.id]), "the health station's family has a third child"


def test_drafts_and_what_waits_for_a_receivers_consent_are_not_told(folk: Any) -> None:
    tall = nummer()
    nav = fabrikk.sak(folk.nav1, barna=[barn(nummer=tall)], tiltak=[("4a-3", 0)], samtykker=())
    fabrikk.sak(folk.helse1, barna=[barn(nummer=tall)], tiltak=[("4b-3", None)], utkast=True)
    en = samordning(nav, "nav1", HELSE)
    assert queries.tidslinje(adgang(folk.nav1, en.id, sak=db.session.get_one(Sak, nav.id))).rader == []


def test_the_page_of_a_colleagues_case_asks_why_first(familien: dict[str, Sak], nettleser: Nettleser) -> None:
    samordning(familien["nav1"], "nav1", HELSE)
    sak_id = familien["nav1"].id
    db.session.rollback()
    svar = nettleser.som(bruker("nav2")).se(f"/saker/{sak_id}/samordning")
    assert (svar.status_code, "/hvorfor" in svar.headers["Location"]) == (303, True)
    assert nettleser.som(bruker("navleder1")).se(f"/saker/{sak_id}/samordning").status_code == 404


# --- Notes -----------------------------------------------------------------------------------------------


def test_notes_go_between_units_that_are_not_health_and_are_sealed(
    familien: dict[str, Sak], nettleser: Nettleser
) -> None:
    en = samordning(familien["nav1"], "nav1", HELSE, KULTUR, KONSULENT)
    sid, nav_id, helse_id = en.id, familien["nav1"].id, familien["helse1"].id
    henvisning_id = _konsulentens(familien).id
    db.session.rollback()
    nav, helse = nettleser.som(bruker("nav1")), nettleser.som(bruker("helse1"))
    adresse = f"/saker/{nav_id}/samordning/{sid}/notat"
    for feil in ("", "x" * 301, f"ring om {nummer()}", "ring 91 23 45 67", "skriv til a@b.no"):
        assert nav.send(adresse, {"tekst": feil}).status_code == 422, feil
    assert nav.send(adresse, {"tekst": "Vi ringer skolen på mandag"}).status_code == 303
    konsulent = nettleser.som(bruker("inkludering1"))
    assert "Vi ringer skolen" in konsulent.se(f"/henvisninger/{henvisning_id}/samordning").get_data(as_text=True)
    svar = f"/henvisninger/{henvisning_id}/samordning/{sid}/notat"
    assert konsulent.send(svar, {"tekst": "Da venter vi med plassen"}).status_code == 303
    html = helse.se(f"/saker/{helse_id}/samordning").get_data(as_text=True)
    assert "mandag" not in html
    assert "otat" not in html.split("<main", 1)[1], "nothing is said of notes"
    for metode in (helse.se, helse.send):
        assert metode(f"/saker/{helse_id}/samordning/{sid}/notat").status_code == 409
    db.session.rollback()
    rad = db.session.scalars(select(Samordningsnotat).where(Samordningsnotat.enhet_id == "nav")).one()
    assert b"mandag" not in rad.tekst
    noekkel = noekkellager.hent(crypto.SAK, [nav_id])[nav_id]
    with pytest.raises(crypto.KanIkkeAapnes):  # sealed to its row
        crypto.dekrypter(
            crypto.gjeldende(), noekkel, rad.tekst, sak_id=nav_id, tabell="samordningsnotat", kolonne="tekst", rad=1
        )


def test_an_own_note_is_deleted_within_ten_minutes(familien: dict[str, Sak], nettleser: Nettleser) -> None:
    en = samordning(familien["nav1"], "nav1", KULTUR)
    nav_id, kultur_id, sid = familien["nav1"].id, familien["kultur1"].id, en.id
    mitt = notat("nav1", sid, "Feil familie", sak=familien["nav1"])
    gammelt = notat("nav1", sid, "Skrevet for lenge siden", sak=db.session.get_one(Sak, nav_id))
    with transaction():
        db.session.execute(
            update(Samordningsnotat).where(Samordningsnotat.id == gammelt).values(tid=now() - timedelta(minutes=11))
        )
    db.session.rollback()
    nav, kultur = nettleser.som(bruker("nav1")), nettleser.som(bruker("kultur1"))
    slett = f"/samordning/{sid}/notat/{{}}/slett"
    assert slett.format(mitt) in nav.se(f"/saker/{nav_id}/samordning").get_data(as_text=True)
    assert "/slett" not in kultur.se(f"/saker/{kultur_id}/samordning").get_data(as_text=True)
    assert kultur.send(f"/saker/{kultur_id}{slett.format(mitt)}").status_code == 409
    assert nav.send(f"/saker/{nav_id}{slett.format(gammelt)}").status_code == 409
    assert nav.send(f"/saker/{nav_id}{slett.format(mitt)}").status_code == 303
    assert nav.send(f"/saker/{nav_id}{slett.format(mitt)}").status_code == 303, "a second click"


# --- Meetings and who follows up -------------------------------------------------------------------------


def test_a_meeting_is_set_moved_and_cancelled_by_any_named_unit_with_history(
    familien: dict[str, Sak], nettleser: Nettleser
) -> None:
    en = samordning(familien["nav1"], "nav1", HELSE)
    sid, nav_id, helse_id = en.id, familien["nav1"].id, familien["helse1"].id
    db.session.rollback()
    nav, helse = nettleser.som(bruker("nav1")), nettleser.som(bruker("helse1"))
    fram = i_dag() + timedelta(days=7)
    moete = f"/samordning/{sid}/moete"
    for dag, kl in (("i morgen", "10.00"), (fram.strftime("%d.%m.%Y"), "25.00"), ("01.01.2020", "10.00")):
        assert nav.send(f"/saker/{nav_id}{moete}", {"dag": dag, "klokkeslett": kl}).status_code == 422
    satt = {"dag": fram.strftime("%d.%m.%Y"), "klokkeslett": "13.30"}
    assert nav.send(f"/saker/{nav_id}{moete}", satt).status_code == 303
    assert "13.30" in helse.se(f"/saker/{helse_id}/samordning").get_data(as_text=True)
    assert "13.30" in helse.se(f"/saker/{helse_id}{moete}").get_data(as_text=True), "moved from what it is"
    flyttet = {"dag": fram.isoformat(), "klokkeslett": "14:15"}
    assert helse.send(f"/saker/{helse_id}{moete}", flyttet).status_code == 303
    assert "samarbeidsmøter som kommer" in nav.se("/").get_data(as_text=True)
    for side, sak_id in ((nav, nav_id), (helse, helse_id)):
        assert "14.15" in side.se(f"/saker/{sak_id}").get_data(as_text=True), "the case's page tells of it too"
    assert "14.15" in nav.se("/samordning?filter=moeter").get_data(as_text=True)
    assert nav.send(f"/saker/{nav_id}{moete}/avlys").status_code == 303
    assert nav.send(f"/saker/{nav_id}{moete}/avlys").status_code == 303
    assert "14.15" not in nav.se("/samordning?filter=moeter").get_data(as_text=True)
    html = helse.se(f"/saker/{helse_id}/samordning").get_data(as_text=True)
    assert [t in html for t in ("Ikke avtalt", "ble avlyst", "13.30", "14.15")] == [True] * 4
    db.session.rollback()
    tider = db.session.scalars(select(Samordningsavtale.moete).order_by(Samordningsavtale.id)).all()
    assert [t and t.astimezone(OSLO).strftime("%H.%M") for t in tider] == ["13.30", "14.15", None]


def test_who_follows_up_is_a_colleague_or_another_unit_and_stands_on_the_start_page(
    familien: dict[str, Sak], nettleser: Nettleser, folk: Any
) -> None:
    en = samordning(familien["nav1"], "nav1", HELSE)
    sid, nav_id = en.id, familien["nav1"].id
    db.session.rollback()
    nav, helse = nettleser.som(folk.nav1), nettleser.som(folk.helse1)
    adresse = f"/saker/{nav_id}/samordning/{sid}/oppfoelger"
    for feil in (f"{HELSE}:{folk.helse1.id}", "fretex", "", "nav:x"):
        assert nav.send(adresse, {"hvem": feil}).status_code == 422, feil
    assert nav.send(adresse, {"hvem": f"nav:{folk.nav2.id}"}).status_code == 303
    kollega = nettleser.som(folk.nav2)
    referanse = familien["nav1"].referanse
    db.session.rollback()
    assert referanse in kollega.se("/samordning?filter=foelger").get_data(as_text=True)
    assert referanse not in nav.se("/samordning?filter=foelger").get_data(as_text=True)
    assert nav.send(adresse, {"hvem": HELSE}).status_code == 303
    assert referanse not in kollega.se("/samordning?filter=foelger").get_data(as_text=True)
    egen = familien["helse1"].referanse
    db.session.rollback()
    assert egen in helse.se("/samordning?filter=foelger").get_data(as_text=True), "the unit is proposed: anybody there"
    sted = adgang(bruker("nav1"), sid, sak=db.session.get_one(Sak, nav_id))
    with pytest.raises(UgyldigFelt), transaction():  # the service asks as well
        services.pek_ut(sted, HELSE, folk.helse1.id, av=bruker("nav1"))


def test_what_others_do_is_new_until_the_unit_has_looked(familien: dict[str, Sak], folk: Any) -> None:
    def nytt(hvem: str) -> int:
        db.session.rollback()
        return len(queries.side(bruker(hvem), Samordningsfilter.NYTT).rader)

    def se(hvem: str) -> None:
        sted = adgang(bruker(hvem), sid, sak=db.session.get_one(Sak, familien[hvem].id))
        db.session.rollback()
        services.merk_sett(sted, now(), av=bruker(hvem))

    sid = samordning(familien["nav1"], "nav1", HELSE, KULTUR).id
    assert [nytt(hvem) for hvem in ("nav1", "helse1", "kultur1", "inkludering1")] == [0, 1, 1, 0]
    se("helse1")
    se("kultur1")
    assert [nytt("helse1"), nytt("kultur1")] == [0, 0]
    notat("nav1", sid, "Vi har snakket med familien", sak=familien["nav1"])
    assert [nytt("nav1"), nytt("helse1"), nytt("kultur1")] == [0, 0, 1], "a note is nothing to health"
    with transaction():
        sted = adgang(bruker("helse1"), sid, sak=db.session.get_one(Sak, familien["helse1"].id))
        services.avtal_moete(sted, now() + timedelta(days=3), av=bruker("helse1"))
    assert [nytt("nav1"), nytt("helse1")] == [1, 0]


# --- When it ends ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("slutt", ["trukket", "utloept"])
def test_when_it_ends_others_see_nothing_and_the_registering_unit_keeps_its_notes(
    familien: dict[str, Sak], nettleser: Nettleser, slutt: str
) -> None:
    sid = samordning(familien["nav1"], "nav1", HELSE, KULTUR, KONSULENT).id
    henvisning = _konsulentens(familien)
    notat("kultur1", sid, "Kultur har en plass", sak=familien["kultur1"])
    nav_id, steder = familien["nav1"].id, {h: f"/saker/{familien[h].id}" for h in ("helse1", "kultur1")}
    steder["inkludering1"] = f"/henvisninger/{henvisning.id}"
    with transaction():
        if slutt == "trukket":
            services.trekk(db.session.get_one(Samordning, sid), av=bruker("nav1"))
        else:
            db.session.execute(update(Samordning).values(gyldig_til=i_dag() - timedelta(days=1)))
    for hvem, sted in steder.items():
        side = nettleser.som(bruker(hvem))
        assert "Ingen samordning her" in side.se(f"{sted}/samordning").get_data(as_text=True)
        assert "Åpne samordningen" not in side.se(sted).get_data(as_text=True)
        assert "Ingen samordning her" in side.se("/samordning").get_data(as_text=True)
        for gjoer in ("notat", "moete", "oppfoelger", "moete/avlys"):
            assert side.send(f"{sted}/samordning/{sid}/{gjoer}").status_code == 404
    html = _html(nettleser, "nav1", f"/saker/{nav_id}/samordning?om={sid}")
    assert "Kultur har en plass" in html
    assert 'role="rowheader"' not in html, "the common time line is gone for the registering unit too"
    assert nettleser.som(bruker("nav1")).send(f"/saker/{nav_id}/samordning/{sid}/notat").status_code == 409


def test_whoever_had_the_page_open_when_it_ended_is_too_late(familien: dict[str, Sak]) -> None:
    sid, nav_id = samordning(familien["nav1"], "nav1", KULTUR).id, familien["nav1"].id
    aapnet = adgang(bruker("kultur1"), sid, sak=db.session.get_one(Sak, familien["kultur1"].id))
    with transaction():
        services.trekk(db.session.get_one(Samordning, sid), av=bruker("nav1"))
    db.session.rollback()
    with pytest.raises(FinnesIkke), transaction():  # whoever had the page open is too late
        services.skriv_notat(aapnet, "For sent", av=bruker("kultur1"))
    eget = adgang(bruker("nav1"), sid, sak=db.session.get_one(Sak, nav_id))
    with pytest.raises(SamtykketGjelderIkke), transaction():
        services.skriv_notat(eget, "For sent", av=bruker("nav1"))


def test_deleting_a_case_deletes_its_part(familien: dict[str, Sak]) -> None:
    def slett(hvem: str) -> None:
        with transaction():
            sakene.slett(saker.sak(bruker(hvem), familien[hvem].id), av=bruker(hvem))

    sid = samordning(familien["nav1"], "nav1", KULTUR).id
    notat("nav1", sid, "Navs notat", sak=familien["nav1"])
    notat("kultur1", sid, "Kulturs notat", sak=db.session.get_one(Sak, familien["kultur1"].id))
    slett("kultur1")
    assert db.session.scalars(select(Samordningsnotat.enhet_id)).all() == ["nav"]
    slett("nav1")
    for navn in sorted(n for n in metadata.tables if n.startswith("samordning")):
        assert db.session.scalar(select(func.count()).select_from(metadata.tables[navn])) == 0, navn


@pytest.mark.bare_sqlite
def test_the_services_ask_themselves_who_it_is(familien: dict[str, Sak]) -> None:
    sid = samordning(familien["nav1"], "nav1", HELSE).id
    helse = adgang(bruker("helse1"), sid, sak=db.session.get_one(Sak, familien["helse1"].id))
    with pytest.raises(NotaterStengt), transaction():
        services.skriv_notat(helse, "Fra helse", av=bruker("helse1"))
    with pytest.raises(NotaterStengt), transaction():
        services.slett_notat(helse, 1, av=bruker("helse1"))
    for user in ("kultur1", "navleder1", "system1", "ombud1"):
        with pytest.raises(FinnesIkke):
            adgang(bruker(user), sid, sak=db.session.get_one(Sak, familien["nav1"].id))


def test_what_was_written_from_a_case_that_is_locked_is_hidden_until_it_is_opened(
    familien: dict[str, Sak], nettleser: Nettleser
) -> None:
    om = samordning(familien["nav1"], "nav1", KULTUR).id
    notat("kultur1", om, "Vi tar kontakt", sak=familien["kultur1"])
    with transaction():
        services.avtal_moete(
            adgang(bruker("kultur1"), om, sak=familien["kultur1"]), now() + timedelta(days=2), av=bruker("kultur1")
        )
    side = f"/saker/{familien['nav1'].id}/samordning"
    for laast, synes in ((None, True), (now(), False), (None, True)):
        with transaction():
            db.session.execute(update(Sak).where(Sak.id == familien["kultur1"].id).values(begrenset=laast))
        html = _html(nettleser, "nav1", side)
        assert ("Vi tar kontakt" in html) is synes
        assert bool(queries.avtalt([om])[om].moete) is synes
        db.session.rollback()


def test_a_look_without_a_consent_names_the_referral_and_not_its_case(
    familien: dict[str, Sak], nettleser: Nettleser
) -> None:
    henvisning = _konsulentens(familien)
    henvisning_id, sak_id = henvisning.id, henvisning.sak_id
    db.session.rollback()
    _html(nettleser, "inkludering1", f"/henvisninger/{henvisning_id}/samordning")
    db.session.rollback()
    lest = db.session.execute(
        select(Innslag.gjelder, Innslag.gjelder_id).where(Innslag.hva == Hva.SAMORDNING_LEST)
    ).all()
    assert [tuple(rad) for rad in lest] == [("henvisning", henvisning_id)]
    assert sak_id not in {nummer_ for _, nummer_ in lest}
