"""Journey 1 in a browser: by keyboard, without scripts on a narrow screen, and across a session that ends."""

import random
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from koordinering.db import db, i_dag, now, transaction
from koordinering.konto.models import Okt
from koordinering.saker.models import Barn, Sak, Samtykke
from koordinering.saker.rules import identitetsnummer
from koordinering.saker.rules.identitetsnummer import syntetisk
from koordinering.tildeling import services as tildeling
from koordinering.tiltak.models import Tilbud
from koordinering.users import Koblingsmodus, User, kommune
from tests import fabrikk
from tests.conftest import PASSORD
from tests.fabrikk import NUMRE
from tests.reiser.conftest import Reise
from tests.saker.skjema import nummer

pytestmark = pytest.mark.nettleser
bare_sqlite = pytest.mark.bare_sqlite
"""The page is the same on both databases, and the journey by keyboard goes to both."""

REFERANSE = re.compile(r"F-[0-9A-Z]{4}-[0-9A-Z]{2}")
AAR = i_dag().year


def valg(page: Page, gruppe: str, tekst: str) -> Locator:
    """A radio button or checkbox of a group, by what stands beside it."""
    return page.locator(f"#{gruppe}").get_by_label(tekst).first


def fyll_barn(page: Page, nr: int, foedselsaar: int, fnr: str = "") -> None:
    """The fields of a child that must be there, filled in with the mouse."""
    page.locator(f"#barn-{nr}-foedselsaar").fill(str(foedselsaar))
    page.locator(f"#barn-{nr}-fnr").fill(fnr)
    valg(page, f"barn-{nr}-deltar", "Nei").check()
    valg(page, f"barn-{nr}-spurt", "Ja").check()


def send(page: Page) -> None:
    """Press the button that ends the form."""
    page.locator("form.skjema > .handlinger").get_by_role("button", name="Send").click()


def gi_friplass(referanse: str, til: User) -> None:
    """The inkluderingskonsulent receives the family's referral to a free place and gives it one."""
    with transaction():
        sak = db.session.scalars(select(Sak).where(Sak.referanse == referanse)).one()
        (henvisning,) = (h for h in sak.henvisninger if h.tiltak_id == "4a-3")
        av = db.session.get_one(User, til.id)
        tildeling.ta_imot(henvisning, av=av)
        tildeling.gi(henvisning, db.session.scalars(select(Tilbud)).one(), av=av)


def barn_med_tastatur(r: Reise, nr: int, fnr: str) -> None:
    """A child by keyboard; the focus stands in the field before the year of birth, or in it."""
    page = r.page
    if not page.locator(f"#barn-{nr}-foedselsaar").evaluate("felt => felt === document.activeElement"):
        r.tast(page.locator(f"#barn-{nr}-foedselsaar"))
    page.keyboard.type(str(AAR - 10 - nr))
    r.skriv(page.locator(f"#barn-{nr}-fnr"), fnr)
    r.tast(page.locator(f"#barn-{nr}-deltar-0"), "Space", "ArrowRight")  # «Nei»
    r.tast(page.locator(f"#barn-{nr}-spurt-0"), "Space")
    r.skriv(page.locator(f"#barn-{nr}-oenske1"), "Fotball")


def logg_inn_med_tastatur(r: Reise) -> None:
    """User name, password, Enter."""
    r.aapne("/logg-inn")
    r.skriv(r.page.get_by_label("Brukernavn"), "nav1")
    r.skriv(r.page.get_by_label("Passord"), PASSORD)
    r.page.keyboard.press("Enter")
    expect(r.page.get_by_role("button", name="Logg ut")).to_be_visible()


def registrer_med_tastatur(r: Reise, numre: tuple[str, str]) -> None:
    """The whole page without a mouse."""
    page = r.page
    barn_med_tastatur(r, 0, numre[0])
    r.tast(valg(page, "barn-0-tiltak", "Friplass"), "Space")
    r.tast(page.get_by_role("button", name="Legg til et barn"), "Enter")
    barn_med_tastatur(r, 1, numre[1])
    expect(page.locator("[data-uten-skript]")).to_have_count(0)
    r.sjekk()
    r.tast(page.locator("#i_maalgruppe-0"), "Space")
    r.tast(valg(page, "behov", "Fritidsaktivitet"), "Space")
    r.tast(valg(page, "tiltak", "Opplevelseskortet"), "Space")
    r.tast(page.locator("#del_ut"), "Space")
    r.tast(valg(page, "grunnlag", "Samtykke"), "Space")
    r.tast(valg(page, "maate", "Skriftlig"), "Space")
    r.tast(valg(page, "fra", "Foresatt"), "Space")
    r.skriv(page.get_by_label("Enhetens egen referanse"), "NAV 2026/17")
    page.keyboard.press("Enter")  # sends, as Enter in a field does: it neither adds nor removes a child
    page.wait_for_url("**/kvittering")


def test_a_family_is_registered_by_keyboard_alone(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    fabrikk.kortaar()
    fabrikk.tilbud(folk.inkludering1)
    numre = (nummer(), nummer(date(AAR - 11, 5, 17)))
    r = reise()
    r.page.add_init_script("window.print = () => { window.skrevetUt = true; }")
    logg_inn_med_tastatur(r)
    r.sjekk()
    r.tast(r.page.get_by_role("main").get_by_role("link", name="Registrer familie"), "Enter")
    registrer_med_tastatur(r, numre)
    r.sjekk()
    referanse = r.page.locator(".referanse").first.inner_text()
    assert REFERANSE.fullmatch(referanse)
    rader = r.page.get_by_role("table").inner_text()
    assert "Nummer 1" in rader
    assert "Sendt" in rader
    gi_friplass(referanse, folk.inkludering1)
    gi_beskjed_med_tastatur(r, referanse)
    kjent_nummer(r, numre[0], referanse)


@bare_sqlite
def test_one_unit_gets_a_consent_of_its_own_by_keyboard(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    r = reise()
    r.logg_inn("nav1")
    r.aapne("/saker/ny")
    page = r.page
    fyll_barn(page, 0, AAR - 10)
    page.locator("#i_maalgruppe-0").check()
    egne = page.locator("summary", has_text="Ikke det samme for alle enhetene")
    expect(egne).to_be_hidden()
    for tiltak in ("Friplass", "kulturskole"):
        valg(page, "barn-0-tiltak", tiltak).check()
    valg(page, "grunnlag", "Hjemmel").check()
    page.locator("#hjemmel").select_option(index=1)
    page.locator("#hjemmel").focus()
    r.tast(egne, "Enter")
    eget_samtykke_med_tastatur(r)
    page.wait_for_url("**/kvittering*")  # the link of the error stays in the address
    db.session.rollback()
    samtykker = {s.mottaker_id: (s.hjemmel_id is None, s.maate) for s in db.session.scalars(select(Samtykke))}
    assert samtykker == {"inkluderingskonsulent": (False, None), "to_kulturskole": (True, "muntlig")}


def eget_samtykke_med_tastatur(r: Reise) -> None:
    """Consent for one unit: first without who gave it, which is told there, then whole."""
    page = r.page
    expect(page.locator("select[name$='-valg']:visible")).to_have_count(2)  # those that are to receive, no other
    kulturskolen = page.get_by_role("group", name="Kulturskolen")
    r.skriv(kulturskolen.locator("select[name$='-valg']"), "Samtykke")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # «Muntlig»
    r.sjekk()
    send(page)
    lenke = page.locator("[data-feiloppsummering] a")
    expect(lenke).to_have_text("Kulturskolen: Velg hvem som har gitt samtykket.")
    expect(kulturskolen.get_by_label("Muntlig")).to_be_checked()
    r.sjekk()
    r.tast(lenke, "Enter")
    foresatt = kulturskolen.get_by_label("Foresatt", exact=True)
    expect(foresatt).to_be_focused()  # the link leads into the part that was unfolded
    page.keyboard.press("Space")
    expect(foresatt).to_be_checked()
    send(page)


def gi_beskjed_med_tastatur(r: Reise, referanse: str) -> None:
    """From the receipt to the case, the slip, on paper, and the task ticked off."""
    page = r.page
    r.tast(page.get_by_role("link", name="Åpne saken"), "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Sak {referanse}")
    r.sjekk()
    r.tast(page.get_by_role("link", name="Åpne lappen"), "Enter")
    expect(page.get_by_role("main")).to_contain_text("Fotball for alle")
    r.sjekk()
    r.tast(page.get_by_role("button", name="Skriv ut"), "Enter")
    assert page.evaluate("window.skrevetUt")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Logg ut")).to_be_hidden()
    expect(page.get_by_text("Fotball for alle")).to_be_visible()
    page.emulate_media(media="screen")
    page.go_back()
    r.tast(page.get_by_role("button", name="Familien har fått beskjed"), "Enter")
    expect(page.get_by_role("button", name="Familien har fått beskjed")).to_have_count(0)
    r.sjekk()


def kjent_nummer(r: Reise, kjent: str, referanse: str) -> None:
    """A number that is known in the user's own unit offers that case; numbers are typed again."""
    page = r.page
    r.aapne("/saker/ny")
    fyll_barn(page, 0, AAR - 10, kjent)
    page.locator("#i_maalgruppe-0").check()
    valg(page, "tiltak", "Opplevelseskortet").check()
    send(page)
    expect(page.get_by_role("link", name=f"Åpne sak {referanse}")).to_be_visible()
    assert kjent not in page.content()
    r.sjekk()


@bare_sqlite
def test_without_scripts_on_a_narrow_screen_a_wrong_number_is_told_at_its_field(
    app: Flask, folk: Any, reise: Callable[..., Reise]
) -> None:
    fabrikk.kortaar()
    r = reise(bredde=320, skript=False)
    r.logg_inn("nav1")
    r.aapne("/saker/ny")
    page = r.page
    galt = nummer()[:-1]
    fyll_barn(page, 0, AAR - 10, galt)
    expect(page.get_by_role("button", name="Legg til et barn")).to_have_count(0)
    page.locator("summary", has_text="Barn 2").click()
    fyll_barn(page, 1, AAR - 4, nummer(date(AAR - 4, 5, 17)))
    expect(page.locator("#barn-0-fnr")).to_have_value(galt)
    r.sjekk()
    page.locator("#barn-1-oenske1").select_option(label="Svømming")
    page.locator("#i_maalgruppe-0").check()
    valg(page, "tiltak", "Opplevelseskortet").check()
    page.get_by_label("Enhetens egen referanse").fill("NAV 2026/18")
    send(page)
    feil_staar_ved_feltet(r, galt)
    page.locator("#barn-0-fnr").fill(nummer())
    page.locator("#barn-1-fnr").fill(nummer(date(AAR - 4, 5, 17)))
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Familien er registrert")
    db.session.rollback()
    assert [len(b.blindindeks or b"") for b in db.session.scalars(select(Barn))] == [32, 32]
    r.sjekk()


def feil_staar_ved_feltet(r: Reise, galt: str) -> None:
    """The message is at the field and in the list on top, the number nowhere, and the rest is still there."""
    page = r.page
    assert galt not in page.content()
    expect(page.locator("#barn-0-fnr-feil")).to_be_visible()
    expect(page.locator("#barn-0-fnr")).to_have_value("")
    expect(page.locator("#barn-0-fnr")).to_have_attribute("aria-invalid", "true")
    lenker = page.locator("[data-feiloppsummering] a")
    assert [a.get_attribute("href") for a in lenker.all()] == ["#barn-0-fnr", "#barn-1-fnr"]
    expect(page.locator("#barn-0-fnr-feil")).to_contain_text("Nummeret skal ha 11 sifre. Skriv nummeret på nytt.")
    expect(page.locator("#barn-1-fnr-feil")).to_contain_text(
        "Skriv nummeret på nytt. Det glemmes hver gang siden sendes"
    )
    expect(page.locator("#barn-1-foedselsaar")).to_have_value(str(AAR - 4))
    expect(page.locator("#barn-1-oenske1 option:checked")).to_have_text("Svømming")
    expect(valg(page, "barn-0-deltar", "Nei")).to_be_checked()
    expect(valg(page, "tiltak", "Opplevelseskortet")).to_be_checked()
    expect(page.get_by_label("Enhetens egen referanse")).to_have_value("NAV 2026/18")
    r.sjekk()


def ved(page: Page, felt: str) -> str:
    """What is told at a field, "" where nothing is."""
    melding = page.locator(f"#{felt}-feil")
    return melding.inner_text() if melding.count() else ""


def alt_er_sagt(page: Page) -> None:
    """Both children and the family, each at its field, and nothing where nothing is wrong."""
    ubesvart = "Svar på dette før du sender, så slipper du å skrive nummeret på nytt."
    assert "Sifrene passer ikke sammen. Se over nummeret." in ved(page, "barn-0-fnr")
    assert [ubesvart in ved(page, felt) for felt in ("barn-0-deltar", "barn-0-spurt", "i_maalgruppe")] == [True] * 3
    assert "passer ikke sammen. Se over begge." in ved(page, "barn-1-foedselsaar")
    assert ved(page, "barn-1-fnr") == ved(page, "barn-1-deltar") == ""


@bare_sqlite
def test_what_would_cost_the_number_is_told_before_it_is_sent(
    app: Flask, folk: Any, reise: Callable[..., Reise]
) -> None:
    r = reise(bredde=320)
    r.logg_inn("nav1")
    r.aapne("/saker/ny")
    page, rett, sendt = r.page, nummer(), list[str]()
    page.on("request", lambda bedt: sendt.append(bedt.url) if bedt.method == "POST" else None)
    galt = f"{rett[:6]} {rett[6:10]}{(int(rett[-1]) + 1) % 10}"
    page.locator("#barn-0-foedselsaar").fill(str(AAR - 10))
    page.locator("#barn-0-fnr").fill(galt)
    page.get_by_role("button", name="Legg til et barn").click()
    fyll_barn(page, 1, AAR - 4, nummer(date(AAR - 5, 5, 17)))
    page.locator("#barn-1-foedselsaar").fill(f"{(AAR - 4) // 1000} {(AAR - 4) % 1000:03d}")
    send(page)
    alt_er_sagt(page)
    assert sendt == []
    expect(page.locator("#barn-0-fnr")).to_be_focused()
    expect(page.locator("#barn-0-fnr")).to_have_value(galt)
    r.sjekk()
    page.locator("#barn-0-fnr").fill(f"{rett[:6]} {rett[6:]}")
    page.locator("#barn-1-foedselsaar").fill(str(AAR - 5))
    page.locator("#i_maalgruppe-0").check()
    page.get_by_role("button", name="Lagre som utkast").click()  # which needs no more
    page.wait_for_url("**/kvittering")
    assert len(sendt) == 1
    db.session.rollback()
    assert [len(b.blindindeks or b"") for b in db.session.scalars(select(Barn))] == [32, 32]


@bare_sqlite
def test_the_script_takes_the_numbers_that_the_server_takes(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    r = reise()
    r.logg_inn("nav1")
    r.aapne("/saker/ny")
    tilfeldig = random.Random(7)  # noqa: S311 - repeatable
    d_numre = [syntetisk(tilfeldig, date(AAR - 9, maaned, 29), d_nummer=True) for maaned in (1, 8, 12)]
    numre = [*NUMRE, *d_numre, *(nummer() for _ in range(20)), "12345678901", "00000000000", "1234", "0191159996x"]
    numre += [f"{en[:10]}{siffer}" for en in d_numre for siffer in range(10)]
    dommer = r.page.evaluate(
        """(numre) => {
            const felt = document.querySelector("#barn-0-fnr");
            return numre.map((nr) => { felt.value = nr; return wrongNumber(felt); });
        }""",
        numre,
    )
    assert dommer == [hvorfor_ikke(nr) for nr in numre]
    assert dommer.count("") >= 25


def hvorfor_ikke(nummer_: str) -> str:
    """What the server says of a number."""
    try:
        identitetsnummer.sjekk(nummer_, syntetisk=True)
    except identitetsnummer.Ugyldig as feil:
        return str(feil)
    return ""


def logg_inn_igjen(r: Reise) -> None:
    """Sign in on the page that one was sent to, and land where one was."""
    r.page.get_by_label("Brukernavn").fill("nav1")
    r.page.get_by_label("Passord").fill(PASSORD)
    r.sjekk()
    r.page.get_by_role("button", name="Logg inn").click()
    expect(r.page.get_by_role("heading", level=1)).to_have_text("Registrer familie")


@bare_sqlite
def test_a_session_that_ends_loses_nothing_but_the_number(app: Flask, folk: Any, reise: Callable[..., Reise]) -> None:
    r = reise()
    r.logg_inn("nav1")
    r.aapne("/saker/ny")
    page = r.page
    fnr = nummer()
    fyll_barn(page, 0, AAR - 10, fnr)
    page.get_by_role("button", name="Legg til et barn").click()
    fyll_barn(page, 1, AAR - 6)
    page.locator("#i_maalgruppe-0").check()
    valg(page, "tiltak", "Opplevelseskortet").check()
    page.get_by_label("Enhetens egen referanse").fill("NAV 2026/19")
    with transaction() as session:
        session.execute(update(Okt).where(Okt.user_id == folk.nav1.id).values(avsluttet=now()))
    send(page)
    logg_inn_igjen(r)
    expect(page.locator("#barn-0-foedselsaar")).to_have_value(str(AAR - 10))
    expect(page.locator("#barn-1-foedselsaar")).to_have_value(str(AAR - 6))
    expect(page.get_by_label("Enhetens egen referanse")).to_have_value("NAV 2026/19")
    expect(page.locator("#barn-0-fnr")).to_have_value("")
    assert fnr not in page.content()
    r.sjekk()
    send(page)
    page.wait_for_url("**/kvittering")


@bare_sqlite
@pytest.mark.parametrize(("bredde", "skript"), [(320, False), (1280, True)])
def test_a_family_takes_its_code_from_one_service_to_the_next(
    app: Flask, folk: Any, reise: Callable[..., Reise], bredde: int, skript: bool
) -> None:
    with transaction():
        kommune().koblingsmodus = Koblingsmodus.REFERANSE
    r = reise(bredde=bredde, skript=skript)
    r.logg_inn("nav1")
    r.aapne("/saker/ny")
    page = r.page
    expect(page.locator("#kode")).to_be_visible(visible=not skript)
    _familie_med_kode(page, "Familien får denne koden")
    r.sjekk()
    kode = _lappen(r)
    r.aapne("/saker/finn")
    page.locator("#kode").fill("K-0000")
    page.get_by_role("button", name="Finn").click()
    r.sjekk()
    r.aapne("/saker/ny")
    page.locator("#kodevalg").get_by_label("Familien har en kode").check()
    page.locator("#kode").fill(kode.lower())
    _familie_med_kode(page, "Familien har en kode")
    expect(page.get_by_text("Enheten din har allerede en sak med familiens kode")).to_be_visible()
    r.sjekk()
    page.get_by_role("link", name="Åpne sak").click()
    page.get_by_role("link", name="Rett saken").click()
    page.locator("#kodevalg").get_by_label("Uten kode").check()
    r.sjekk()


def _lappen(r: Reise) -> str:
    """The slip on the screen and on paper; the code that stands on it."""
    r.page.get_by_role("link", name="Skriv ut koden til familien").click()
    koden = r.page.locator(".stor-kode")
    expect(koden).to_be_visible()
    r.sjekk()
    r.page.emulate_media(media="print")
    expect(koden).to_be_visible()
    expect(r.page.get_by_role("link", name="Nynorsk")).to_be_hidden()
    assert r.bredde() == []
    r.page.emulate_media(media="screen")
    return koden.inner_text()


def _familie_med_kode(page: Page, kodevalg: str) -> None:
    page.locator("#barn-0-foedselsaar").fill(str(AAR - 10))
    valg(page, "barn-0-deltar", "Nei").check()
    valg(page, "barn-0-spurt", "Ja").check()
    page.locator("#i_maalgruppe-0").check()
    valg(page, "tiltak", "Opplevelseskortet").check()
    page.locator("#kodevalg").get_by_label(kodevalg).check()
    send(page)


@bare_sqlite
def test_an_identity_number_in_a_search_box_never_reaches_an_address(
    app: Flask, folk: Any, reise: Callable[..., Reise]
) -> None:
    r = reise()
    r.logg_inn("inkludering1")
    r.aapne("/lag")
    page, rett, bedt = r.page, nummer(), list[str]()
    page.on("request", lambda en: bedt.append(en.url))
    boks = page.get_by_label("Navn eller organisasjonsnummer")
    boks.fill(f"laget til {rett[:6]} {rett[6:]}")
    page.get_by_role("search").get_by_role("button", name="Søk").click()
    expect(page.get_by_text("Teksten har et fødselsnummer eller D-nummer.")).to_be_visible()
    expect(boks).to_be_focused()
    assert not any("/lag" in adresse for adresse in bedt)
    r.sjekk()
    boks.fill("987 654 321")
    page.get_by_role("search").get_by_role("button", name="Søk").click()
    page.wait_for_url("**/lag?*")
