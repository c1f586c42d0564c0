"""The pages of giving, as people use them: who sees what, and what each click does."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from koordinering.audit import Hva, Innslag
from koordinering.config import Config
from koordinering.db import db, i_dag, transaction
from koordinering.saker import services as saker
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.behov import Opplysning
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import services
from koordinering.tildeling.services.lapp import spraak
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.tiltak.rules import Aktivitet
from koordinering.web.side import dato
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR
from tests.tildeling.gjoer import LeserPaaNytt, gjoer, ta_imot


@pytest.fixture
def nettleser(app: Flask) -> Nettleser:
    """A browser, and a test that sees what it has written."""
    return LeserPaaNytt(app)


def _tekst(svar: Any) -> str:
    return str(svar.get_data(as_text=True))


def test_the_inbox_shows_what_waits_and_opens_it_by_one_click(folk: Any, nettleser: Nettleser) -> None:
    henvisning = fabrikk.sak(folk.nav1).henvisninger[0]
    inne = nettleser.som(folk.inkludering1)
    assert f"/henvisninger/{henvisning.id}" in _tekst(inne.se("/innboks"))
    assert f"/henvisninger/{henvisning.id}" not in _tekst(inne.se("/innboks?filter=avsluttet"))
    svar = inne.send(f"/henvisninger/{henvisning.id}/ta_imot", foelg=True)
    assert "Under behandling" in _tekst(svar)
    assert henvisning.status is Status.UNDER_BEHANDLING
    assert f"/henvisninger/{henvisning.id}" not in _tekst(nettleser.som(folk.kulturskole1).se("/innboks"))


@pytest.mark.parametrize("filter_", ["nye", "tull", "venteliste", "klager"])
def test_every_filter_opens(folk: Any, nettleser: Nettleser, filter_: str) -> None:
    assert nettleser.som(folk.nav1).se(f"/innboks?filter={filter_}&side=tull").status_code == 200


def test_a_page_of_the_inbox_costs_the_same_whatever_is_on_it(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    inne = nettleser.som(folk.inkludering1)

    def antall() -> int:
        setninger: list[str] = []

        def lytt(_c: Any, _cur: Any, setning: str, *_resten: Any) -> None:
            setninger.append(setning)

        event.listen(db.engine, "before_cursor_execute", lytt)
        assert inne.se("/innboks").status_code == 200
        event.remove(db.engine, "before_cursor_execute", lytt)
        return len(setninger)

    for _ in range(2):
        fabrikk.sak(folk.nav1)
    faa = antall()
    for _ in range(12):
        fabrikk.sak(folk.helse1)
    assert antall() == faa


def test_the_receiver_sees_neither_sender_nor_names_and_the_sender_sees_all(folk: Any, nettleser: Nettleser) -> None:
    sak = fabrikk.sak(folk.nav1)
    henvisning = ta_imot(sak, folk.inkludering1)
    mottaker = _tekst(nettleser.som(folk.inkludering1).se(f"/henvisninger/{henvisning.id}"))
    assert sak.referanse in mottaker
    assert "Fotball" in mottaker
    hoved = mottaker.split("<main", 1)[1].split("</main>", 1)[0]
    assert "Nav" not in hoved
    assert folk.nav1.visningsnavn not in hoved
    avsender = _tekst(nettleser.som(folk.nav2).se(f"/henvisninger/{henvisning.id}"))
    assert folk.inkludering1.visningsnavn in avsender
    for annen in (folk.helse1, folk.kulturskole1):
        assert nettleser.som(annen).se(f"/henvisninger/{henvisning.id}").status_code == 404


def test_the_receiver_sees_only_what_the_consent_covers(folk: Any, nettleser: Nettleser) -> None:
    sak = fabrikk.sak(folk.nav1)
    with transaction():
        for samtykke in sak.samtykker:
            samtykke.opplysninger = [Opplysning.BEHOV.value]
    side = _tekst(nettleser.som(folk.inkludering1).se(f"/henvisninger/{sak.henvisninger[0].id}"))
    assert sak.referanse not in side
    assert "Uten referanse" in side
    assert "Fotball" not in side
    assert "6–12" not in side


def test_opening_is_logged_before_it_is_shown(folk: Any, nettleser: Nettleser) -> None:
    henvisning = fabrikk.sak(folk.nav1).henvisninger[0]
    nettleser.som(folk.inkludering1).se(f"/henvisninger/{henvisning.id}")
    linje = db.session.scalars(select(Innslag).where(Innslag.hva == Hva.HENVISNING_LEST)).one()
    assert (linje.gjelder_id, linje.user_id) == (henvisning.id, folk.inkludering1.id)


@pytest.mark.parametrize("handling", ["spoer", "sett_paa_vent", "avslaa", "videresend"])
def test_an_action_that_asks_for_more_has_a_page_and_keeps_what_is_wrong(
    folk: Any, nettleser: Nettleser, handling: str
) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    inne = nettleser.som(folk.inkludering1)
    assert inne.se(f"/henvisninger/{henvisning.id}/{handling}").status_code == 200
    assert inne.send(f"/henvisninger/{henvisning.id}/{handling}").status_code == 422
    assert inne.send(f"/henvisninger/{henvisning.id}/{handling}", {"grunn": "tull"}).status_code == 422
    assert henvisning.status is Status.UNDER_BEHANDLING


def test_refusing_and_reopening(folk: Any, nettleser: Nettleser) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    inne = nettleser.som(folk.inkludering1)
    sti = f"/henvisninger/{henvisning.id}"
    feil = inne.send(f"{sti}/avslaa", {"grunn": "annet", "fritekst": "Ring 41 23 45 67"})
    assert feil.status_code == 422
    assert inne.send(f"{sti}/avslaa", {"grunn": "annet", "fritekst": "Hallen er stengt"}).status_code == 303
    assert "Hallen er stengt" in _tekst(inne.se(sti))
    assert inne.send(f"{sti}/avslaa", {"grunn": "annet"}).status_code == 422  # nothing said
    assert inne.send(f"{sti}/avslaa", {"grunn": "utenfor_alder"}).status_code == 409
    assert inne.send(f"{sti}/gjenaapne", {"grunn": "feil"}).status_code == 303
    assert henvisning.status is Status.UNDER_BEHANDLING
    assert inne.se(f"{sti}/tull").status_code == 404
    assert inne.se(f"{sti}/gjenaapne").status_code == 303


def test_asking_and_answering(folk: Any, nettleser: Nettleser) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    sti = f"/henvisninger/{henvisning.id}"
    inne = nettleser.som(folk.inkludering1)
    assert inne.send(f"{sti}/spoer", {"spoersmaal": "oenske_staar_fast"}).status_code == 303
    nav = nettleser.som(folk.nav1)
    assert "Står ønsket fast?" in _tekst(nav.se(sti))
    assert nav.send(f"/saker{sti}/svar", {"svar": "ja"}).status_code == 303
    assert henvisning.status is Status.UNDER_BEHANDLING
    assert "Står ønsket fast?" in _tekst(inne.se(sti))


# --- Journey 2 -------------------------------------------------------------------------------------------


def test_journey_2_give_a_place(folk: Any, nettleser: Nettleser) -> None:
    passer = fabrikk.tilbud(folk.inkludering1, antall=1)
    annet = fabrikk.tilbud(folk.inkludering1, navn="Dans for små", aktivitet=Aktivitet.DANS, alder_fra=3, alder_til=5)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    inne = nettleser.som(folk.inkludering1)
    assert f"henvisning={henvisning.id}" in _tekst(inne.se("/fordel"))
    valgt = _tekst(inne.se(f"/fordel?henvisning={henvisning.id}"))
    assert "Barnet er for gammelt." in valgt
    assert "Ønske 1" in valgt
    assert f'value="{passer.id}"' in valgt
    assert f'value="{annet.id}"' not in valgt
    felter = {"henvisning_id": str(henvisning.id), "tilbud_id": str(passer.id)}
    assert inne.send("/fordel/gi", felter).status_code == 303
    assert henvisning.status is Status.INNVILGET
    neste = ta_imot(fabrikk.sak(folk.helse1), folk.inkludering1)
    assert inne.send("/fordel/gi", felter | {"henvisning_id": str(neste.id)}).status_code == 409
    assert "Ingen ledige." in _tekst(inne.se(f"/fordel?tilbud={passer.id}"))
    assert inne.send("/fordel/venteliste", {"henvisning_id": str(neste.id)}).status_code == 303
    assert neste.status is Status.VENTELISTE
    tildeling = gjoer(lambda h, av: services.handlinger(h, av), henvisning, av=folk.inkludering1)
    assert "lever_tilbake" in tildeling
    assert inne.send(f"/henvisninger/{henvisning.id}/lever_tilbake").status_code == 303
    assert inne.send("/fordel/gi", felter | {"henvisning_id": str(neste.id)}).status_code == 303


@pytest.mark.parametrize("sok", ["henvisning=1", "tilbud=1", "henvisning=tull", "tilbud=99999999999999999999"])
def test_choosing_what_is_not_there(folk: Any, nettleser: Nettleser, sok: str) -> None:
    assert nettleser.som(folk.inkludering1).se(f"/fordel?{sok}").status_code in {200, 404}


def test_another_units_offer_cannot_be_given(folk: Any, nettleser: Nettleser) -> None:
    kulturskolens = fabrikk.tilbud(folk.kulturskole1, tiltak_id="4b-11")
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    inne = nettleser.som(folk.inkludering1)
    felter = {"henvisning_id": str(henvisning.id), "tilbud_id": str(kulturskolens.id)}
    assert inne.send("/fordel/gi", felter).status_code == 404
    assert inne.se(f"/fordel?tilbud={kulturskolens.id}").status_code == 404


# --- Cards -----------------------------------------------------------------------------------------------


def test_the_card_page_hands_out_takes_back_and_tells_who_is_next(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.kortaar()
    henvisning = ta_imot(fabrikk.sak(folk.helse1, tiltak=[("4b-2", None)]), folk.nav1)
    nav = nettleser.som(folk.nav1)
    assert f"/henvisninger/{henvisning.id}/gi" in _tekst(nav.se("/kort"))
    assert nav.send(f"/henvisninger/{henvisning.id}/gi").status_code == 303
    venter = ta_imot(fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]), folk.nav1)
    gjoer(services.sett_paa_venteliste, venter, av=folk.nav1)
    side = _tekst(nav.se("/kort"))
    tilbake = side.split('action="/kort/')[2].split('"')[0]
    svar = _tekst(nav.send(f"/kort/{tilbake}", foelg=True))
    assert f"Neste i køen: {venter.sak.referanse}" in svar
    assert "Kort gitt til" in _tekst(nav.send("/kort/neste", {"tiltak": "4b-2"}, foelg=True))
    assert venter.status is Status.INNVILGET
    assert "Ingen på ventelisten" in _tekst(nav.send("/kort/neste", {"tiltak": "4b-2"}, foelg=True))


def test_who_hands_nothing_out_sees_the_stock_and_no_family(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.kortaar()
    sak = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)])
    gjoer(services.gi_straks, sak.henvisninger[0], av=folk.nav1)
    for hvem in (folk.inkludering1, folk.kulturskole1):
        side = _tekst(nettleser.som(hvem).se("/kort"))
        assert "ute hos familier" in side
        assert sak.referanse not in side


def test_the_years_cards_are_changed_on_a_page(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.kortaar()
    inne = nettleser.som(folk.inkludering1)
    assert inne.send("/kort/endre?tiltak=4b-2", {"antall": "-1", "per": "familie", "tak": "1"}).status_code == 422
    assert inne.send("/kort/endre?tiltak=4b-2", {"antall": "tull", "per": "x", "tak": ""}).status_code == 422
    svar = inne.send("/kort/endre?tiltak=4b-2", {"antall": "50", "per": "barn", "tak": "2", "versjon": "1"}, foelg=True)
    assert "Høyst 2 kort per barn i året." in _tekst(svar)
    neste = "/kort/endre?tiltak=4b-2&aar=2099"
    assert inne.send(neste, {"antall": "5", "per": "familie", "tak": "1"}).status_code == 303
    assert inne.se("/kort?aar=2099").status_code == 200


def _versjon(html: str) -> str:
    funnet = re.search(r'name="versjon"[^>]* value="(\d*)"', html)
    assert funnet, "no version on the page"
    return funnet[1]


@pytest.mark.parametrize("aar", [AAR, 2099], ids=["changed since", "made since"])
def test_a_colleagues_change_of_the_years_cards_is_told_and_what_was_typed_stays(
    folk: Any, nettleser: Nettleser, aar: int
) -> None:
    fabrikk.kortaar()
    inne, sti = nettleser.som(folk.inkludering1), f"/kort/endre?tiltak=4b-2&aar={aar}"
    gammel = _versjon(_tekst(inne.se(sti)))
    kollegas = {"antall": "45", "per": "familie", "tak": "1", "versjon": gammel}
    assert inne.send(sti, kollegas).status_code == 303
    mitt = {"antall": "50", "per": "barn", "tak": "2", "versjon": gammel}
    svar = inne.send(sti, mitt)
    side = _tekst(svar)
    assert svar.status_code == 409
    assert "Noen andre har endret dette" in side
    assert "Nå står det: 45 kort." in side
    assert re.search(r'name="antall"[^>]* value="50"', side)
    kortaar = tiltaket.kortaar("4b-2", aar)
    assert kortaar is not None
    assert (kortaar.beholdning.antall, kortaar.tak) == (45, 1)
    db.session.rollback()
    assert inne.send(sti, mitt | {"versjon": _versjon(side)}).status_code == 303  # seen, and meant
    assert "Høyst 2 kort per barn i året." in _tekst(inne.se(f"/kort?aar={aar}"))


def test_the_new_year_shows_first_what_it_will_do(folk: Any, nettleser: Nettleser) -> None:
    kortaar = fabrikk.kortaar()
    inne = nettleser.som(folk.inkludering1)
    assert "Dette kommer til å skje" in _tekst(inne.se(f"/aarsskifte?aar={kortaar.aar}"))
    forrige = kortaar.aar - 1
    assert inne.send(f"/aarsskifte?aar={forrige}").status_code == 303
    assert inne.send(f"/aarsskifte?aar={forrige + 3}").status_code == 422


def test_a_year_long_past_without_cards_makes_no_new_year(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.kortaar()
    inne = nettleser.som(folk.inkludering1)
    grunn = "Det finnes ingenting å avslutte for dette året."
    side = _tekst(inne.se("/aarsskifte?aar=2003"))
    assert grunn in side
    assert "Dette kommer til å skje" not in side
    svar = inne.send("/aarsskifte?aar=2003")
    assert svar.status_code == 422
    assert grunn in _tekst(svar)
    assert tiltaket.kortaar("4b-2", 2004) is None


# --- The slip --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kode", "ord_"), [("nb", "Plassnummer: 1"), ("nn", "Stad:"), ("en", "Place number: 1")])
def test_the_slip_tells_what_is_needed_and_nothing_more(folk: Any, nettleser: Nettleser, kode: str, ord_: str) -> None:
    tilbud = fabrikk.tilbud(folk.inkludering1, egenandel_oere=25000)
    sak = fabrikk.sak(folk.nav1)
    henvisning = ta_imot(sak, folk.inkludering1)
    sti = f"/henvisninger/{henvisning.id}/lapp?spraak={kode}"
    nav = nettleser.som(folk.nav1)
    assert nav.se(sti).status_code == 303  # nothing to tell yet
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    side = _tekst(nav.se(sti))
    lapp = side.split("<main", 1)[1].split("</main>", 1)[0]
    assert ord_ in lapp
    assert "250" in lapp
    assert "Møt ved klubbhuset" in lapp
    for hemmelig in ("Nav", sak.referanse, "Inkluderingskonsulent", "fattig"):
        assert hemmelig not in lapp.split("ikke-utskrift")[0]
    assert db.session.scalar(select(func.count()).select_from(Innslag).where(Innslag.hva == Hva.LAPP_SKREVET)) == 1
    assert nettleser.som(folk.helse1).se(sti).status_code == 404


@pytest.mark.parametrize(
    ("fra", "til", "sagt"),
    [
        (20, 120, {"Begynner: {fra}", "Slutter: {til}"}),
        (0, 120, {"Sesongen er i gang. Den begynte {fra}.", "Slutter: {til}"}),
        (-30, 0, {"Sesongen er i gang. Den begynte {fra}.", "Slutter: {til}"}),
        (-90, -1, {"Sesongen er over. Den sluttet {til}."}),
    ],
)
def test_the_slip_tells_when_the_season_is_whatever_day_it_is_printed(
    folk: Any, nettleser: Nettleser, fra: int, til: int, sagt: set[str]
) -> None:
    dager = {"fra": i_dag() + timedelta(days=fra), "til": i_dag() + timedelta(days=til)}
    tilbud = fabrikk.tilbud(folk.inkludering1)
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    gjoer(services.gi, henvisning, tilbud, av=folk.inkludering1)
    with transaction():  # the season went by after the place was given
        sesong = {"sesong_fra": dager["fra"], "sesong_til": dager["til"]}
        db.session.execute(update(Tilbud).where(Tilbud.id == tilbud.id).values(**sesong))
    lapp = _tekst(nettleser.som(folk.nav1).se(f"/henvisninger/{henvisning.id}/lapp"))
    linjer = re.findall(r"<p>((?:Begynner|Slutter|Sesongen)[^<]*)</p>", lapp)
    skrevet = {navn: dato(dag) for navn, dag in dager.items()}
    assert set(linjer) == {linje.format(**skrevet) for linje in sagt}
    assert ("Ta med plassnummeret" in lapp) is (til >= 0)


def test_the_family_that_is_shown_the_way_gets_a_slip(folk: Any, nettleser: Nettleser) -> None:
    henvisning = fabrikk.sak(folk.nav1, tiltak=[("4b-3", None)]).henvisninger[0]
    assert henvisning.status is Status.VIST_TIL
    side = _tekst(nettleser.som(folk.nav1).se(f"/henvisninger/{henvisning.id}/lapp"))
    assert db.session.get_one(Tiltak, "4b-3").kortnavn in side


def test_a_card_and_follow_up_have_slips_too(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.kortaar()
    nav = nettleser.som(folk.nav1)
    for tiltak, ord_ in (("4b-2", "Kortnummer: 1"), ("4b-12", "oppfølging")):
        henvisning = fabrikk.sak(folk.nav1, tiltak=[(tiltak, None)]).henvisninger[0]
        gjoer(services.gi_straks, henvisning, av=folk.nav1)
        lapp = _tekst(nav.se(f"/henvisninger/{henvisning.id}/lapp")).split("<main", 1)[1].split("</main>", 1)[0]
        assert ord_ in lapp
        assert "Nav" not in lapp.replace("NAVN", "")


def test_the_municipality_adds_a_language_by_a_text_file(folk: Any, nettleser: Nettleser, config: Config) -> None:
    mappe = config.data / "lapper"
    mappe.mkdir()
    egen = "Soomaali\n[kort]\n# Kaarka\nLambarka: {nummer}\n{ukjent}Ikke med\n"
    (mappe / "so.txt").write_text(egen, encoding="utf-8")
    (mappe / "README.md").write_text("no language", encoding="utf-8")
    fabrikk.kortaar()
    henvisning = fabrikk.sak(folk.nav1, tiltak=[("4b-2", None)]).henvisninger[0]
    gjoer(services.gi_straks, henvisning, av=folk.nav1)
    side = _tekst(nettleser.som(folk.nav1).se(f"/henvisninger/{henvisning.id}/lapp?spraak=so"))
    assert "Lambarka: 1" in side
    assert "Ikke med" not in side
    assert 'lang="so"' in side


def test_every_language_that_is_shipped_has_every_section(tmp_path: Path) -> None:
    alle = spraak(tmp_path / "finnes_ikke")
    assert set(alle) == {"nb", "nn", "en"}
    for ett in alle.values():
        assert set(ett.seksjoner) - {"ord"} == {"kort", "plass", "midler", "oppfoelging", "vist_til", "kode"}


def test_a_note_with_what_looks_like_a_name_is_asked_about_and_goes_through(folk: Any, nettleser: Nettleser) -> None:
    """Without JavaScript: the box stands below the field the second time, for these words and no others."""
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    inne, sti = nettleser.som(folk.inkludering1), f"/henvisninger/{henvisning.id}/avslaa"
    felt = {"grunn": "annet", "fritekst": "Hallen hos Vestre Nes er stengt"}
    spurt = inne.send(sti, felt)
    html = spurt.get_data(as_text=True)
    assert spurt.status_code == 422
    assert "To ord med stor forbokstav etter hverandre kan være et navn." in html
    assert "Hallen hos Vestre Nes er stengt" in html
    boks = re.search(r'name="fritekst-navn" value="([0-9a-f]{16})"', html)
    assert boks
    andre = inne.send(sti, felt | {"fritekst": "Hallen hos Kari Nordmann er stengt", "fritekst-navn": boks[1]})
    assert andre.status_code == 422
    assert 'name="fritekst-navn"' in andre.get_data(as_text=True)
    assert inne.send(sti, felt | {"fritekst-navn": boks[1]}).status_code == 303
    db.session.rollback()
    siste = db.session.get_one(Henvisning, henvisning.id).hendelser[-1]
    assert saker.les_fritekst(henvisning.sak, siste) == "Hallen hos Vestre Nes er stengt"


@pytest.mark.parametrize(
    ("tekst", "melding"),
    [
        ("barnet er 019115.99968", "Teksten har et fødselsnummer eller D-nummer."),
        ("skriv til a@b.no", "Teksten har en e-postadresse. Ta den bort."),
        ("hun har angst", "Ordet «angst» hører hjemme i en journal eller hos barnevernet."),
    ],
)
def test_what_is_found_in_a_note_is_told_at_its_field(
    folk: Any, nettleser: Nettleser, tekst: str, melding: str
) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    svar = nettleser.som(folk.inkludering1).send(
        f"/henvisninger/{henvisning.id}/avslaa", {"grunn": "annet", "fritekst": tekst}
    )
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert html.count(melding) == 2  # at the top, and at the field
    assert tekst.removesuffix("019115.99968").strip() in html  # nothing is lost but the number
    assert "019115.99968" not in html


def _ved_fritekst(html: str) -> tuple[str, str]:
    """The label of the text and what is wrong with it."""
    etikett = re.search(r'<label class="ds-label" for="fritekst">(.*?)</label>', html)
    feil = re.search(r'id="fritekst-feil"><span class="ds-sr-only">Feil: </span>([^<]*)', html)
    return etikett[1] if etikett else "", feil[1] if feil else ""


def test_withdrawing_for_another_reason_asks_for_the_text_that_the_label_speaks_of(
    folk: Any, nettleser: Nettleser
) -> None:
    henvisning = fabrikk.sak(folk.nav1).henvisninger[0]
    nav, sti = nettleser.som(folk.nav1), f"/saker/henvisninger/{henvisning.id}/trekk"
    etikett = "Kort forklaring når grunnen er «Annet»"  # and not «(valgfritt)»
    assert _ved_fritekst(_tekst(nav.se(sti))) == (etikett, "")
    uten = nav.send(sti, {"grunn": "annet", "fritekst": "  "})
    assert (uten.status_code, _ved_fritekst(_tekst(uten))) == (422, (etikett, "Skriv kort hva grunnen er."))
    feil_grunn = nav.send(sti, {"grunn": "flyttet", "fritekst": "Flyttet i mai"})
    assert (feil_grunn.status_code, _ved_fritekst(_tekst(feil_grunn))[1]) == (
        422,
        "Du kan bare skrive tekst når grunnen er «Annet».",
    )
    assert nav.send(sti, {"grunn": "annet", "fritekst": "Vil vente til høsten"}).status_code == 303
    assert henvisning.status is Status.TRUKKET
    assert saker.les_fritekst(henvisning.sak, henvisning.hendelser[-1]) == "Vil vente til høsten"
    igjen = nav.send(sti, {"grunn": "flyttet", "fritekst": ""}, foelg=True)
    assert igjen.status_code == 200, "the second click ends on the case"
    assert "Henvisningen har fått en ny status" in _tekst(igjen)


def test_a_unit_that_writes_no_text_withdraws_for_another_reason_without_it(folk: Any, nettleser: Nettleser) -> None:
    henvisning = fabrikk.sak(folk.helse1).henvisninger[0]
    helse, sti = nettleser.som(folk.helse1), f"/saker/henvisninger/{henvisning.id}/trekk"
    assert _ved_fritekst(_tekst(helse.se(sti))) == ("", "")
    assert helse.send(sti, {"grunn": "annet"}).status_code == 303
    assert henvisning.status is Status.TRUKKET


def test_the_text_of_a_refusal_is_not_called_voluntary(folk: Any, nettleser: Nettleser) -> None:
    henvisning = ta_imot(fabrikk.sak(folk.nav1), folk.inkludering1)
    side = _tekst(nettleser.som(folk.inkludering1).se(f"/henvisninger/{henvisning.id}/avslaa"))
    assert _ved_fritekst(side)[0] == "Utdyp når grunnen er «Annet»"
