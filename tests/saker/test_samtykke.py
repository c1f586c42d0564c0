"""Consent: who can give it, when it stands, the sheet that is signed, and what its case shows."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from koordinering.app import create_app
from koordinering.audit import Innslag
from koordinering.config import Config
from koordinering.db import db, i_dag, transaction
from koordinering.errors import ConfigError
from koordinering.saker.models import Samtykke
from koordinering.saker.rules.behov import STANDARD_OPPLYSNINGER, Opplysning, SamtykkeFra
from koordinering.saker.rules.samtykke import VARSLES, Tilstand, hvem_kan_samtykke, tilstand
from koordinering.saker.rules.samtykketekst import SKRIVER_UNDER, Arkslag, Utsagn, ark
from koordinering.saker.rules.tekstfil import les
from koordinering.saker.services import NyHenvisning
from koordinering.saker.services.samtykketekst import les_samtykketekster
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, registrert, utfylt

DAG = date(2026, 6, 15)
UNGDOM, FORESATT, BEGGE = (frozenset({en}) for en in (SamtykkeFra.UNGDOM, SamtykkeFra.FORESATT, SamtykkeFra.BEGGE))


@pytest.mark.parametrize(
    ("aldre", "kan"),
    [
        ([17], UNGDOM),
        ([17, 22], UNGDOM),
        ([16], UNGDOM | FORESATT),  # turns sixteen this year: the service knows the day
        ([16, 18], UNGDOM | BEGGE),
        ([15], FORESATT),
        ([17, 8], BEGGE),
        ([16, 8], FORESATT | BEGGE),
        ([], FORESATT),
    ],
)
def test_who_can_give_the_consent(aldre: list[int], kan: frozenset[SamtykkeFra]) -> None:
    assert hvem_kan_samtykke([2026 - alder for alder in aldre], 2026, 16) == kan


@given(st.booleans(), st.dates(DAG - VARSLES * 3, DAG + VARSLES * 3), st.none() | st.integers(-100, 100))
def test_where_a_consent_stands(trukket: bool, fra: date, slutt: int | None) -> None:
    til = None if slutt is None else DAG + timedelta(days=slutt)
    er = tilstand(trukket=trukket, fra=fra, til=til, dag=DAG)
    assert er.tillater == (not trukket and fra <= DAG and (til is None or til >= DAG))
    if er.tillater:
        assert (er is Tilstand.GAAR_UT) == (til is not None and til - DAG <= VARSLES)


@pytest.mark.parametrize(("alder", "fra", "melding"), [
    (18, "foresatt", "Ungdommen er gammel nok til å samtykke selv."),
    (9, "ungdom", "Barnet er for ungt til å gi samtykket selv."),
    (18, "ungdom", ""),
    (9, "foresatt", ""),
])  # fmt: skip
def test_the_form_demands_the_one_who_can_give_it(
    folk: Any, nettleser: Nettleser, alder: int, fra: str, melding: str
) -> None:
    sak_id = registrert(folk.nav1, barn=(fabrikk.barn(AAR - alder),)).id
    db.session.rollback()
    side, adresse = nettleser.som(folk.nav1), f"/saker/{sak_id}/samtykke"
    foreslaatt = "ungdom" if alder == 18 else "foresatt"
    assert f'value="{foreslaatt}" checked' in side.se(adresse).get_data(as_text=True)
    felt = {"mottaker": "to_kulturskole", "grunnlag": "samtykke", "maate": "muntlig", "opplysninger": ["behov"]}
    svar = side.send(adresse, felt | {"fra": fra})
    assert svar.status_code == (422 if melding else 303)
    assert melding in svar.get_data(as_text=True)


_SOESKEN = {"barn-0-foedselsaar": str(AAR - 17), "barn-1-foedselsaar": str(AAR - 8)}


@pytest.mark.parametrize(("fra", "melding"), [
    ("foresatt", "En av ungdommene er gammel nok til å samtykke selv, og må også ha sagt ja."),
    ("ungdom", "Et av barna er for ungt til å samtykke selv, og da må foresatt også ha sagt ja."),
    ("begge", ""),
])  # fmt: skip
def test_nobody_consents_for_an_older_or_a_younger_sibling(
    folk: Any, nettleser: Nettleser, fra: str, melding: str
) -> None:
    side, maater = nettleser.som(folk.nav1), {"grunnlag": "samtykke", "maate": "muntlig", "fra": fra}
    assert "må begge ha sagt ja" in side.se("/saker/ny").get_data(as_text=True)
    tiltak = {"barn-0-tiltak": ["4a-3"], "barn-1-tiltak": ["4a-3"]}
    svar = side.send("/saker/ny", utfylt(barn=2) | _SOESKEN | tiltak | maater)
    html = svar.get_data(as_text=True)
    assert svar.status_code == (422 if melding else 303), html
    sagt = re.findall(r'id="fra-feil"><span class="ds-sr-only">Feil: </span>(.*?)</p>', html)
    velg = "Velg «Både foresatt og ungdommen selv» når begge har samtykket."
    assert sagt == ([f"{melding} {velg}"] if melding else [])
    db.session.rollback()
    assert list(db.session.scalars(select(Samtykke.fra))) == ([] if melding else [SamtykkeFra.BEGGE])


@pytest.mark.parametrize(("barn", "fra"), [(0, "ungdom"), (1, "foresatt")])
def test_a_consent_about_one_sibling_is_that_ones_alone(folk: Any, nettleser: Nettleser, barn: int, fra: str) -> None:
    data = utfylt(barn=2, tiltak=[]) | _SOESKEN | {f"barn-{barn}-tiltak": ["4a-3", "4a-5"]}
    svar = nettleser.som(folk.nav1).send("/saker/ny", data | {"grunnlag": "samtykke", "maate": "muntlig", "fra": fra})
    assert svar.status_code == 303, svar.get_data(as_text=True)


def test_the_case_asks_who_consented_for_the_children_that_wait(folk: Any, nettleser: Nettleser) -> None:
    barna = (fabrikk.barn(AAR - 17), fabrikk.barn(AAR - 8))
    sak_id = registrert(folk.nav1, barn=barna, henvisninger=(NyHenvisning("4a-3", 1),)).id
    db.session.rollback()
    side, adresse = nettleser.som(folk.nav1), f"/saker/{sak_id}/samtykke"
    for hvor, valgt in (
        ("?mottaker=inkluderingskonsulent", ["foresatt"]),
        ("?mottaker=to_kulturskole", ["begge"]),
        ("", []),
    ):
        html = side.se(adresse + hvor).get_data(as_text=True)
        assert re.findall('name="fra" value="([a-z]+)" checked', html) == valgt
    felt = {"mottaker": "to_kulturskole", "grunnlag": "samtykke", "maate": "muntlig", "opplysninger": ["behov"]}
    assert side.send(adresse, felt | {"fra": "foresatt"}).status_code == 422
    assert side.send(adresse, felt | {"fra": "begge"}).status_code == 303
    assert "Muntlig, Både foresatt og ungdommen selv" in side.se(f"/saker/{sak_id}").get_data(as_text=True)
    ark = side.se(f"/saker/{sak_id}/samtykketekst").get_data(as_text=True)
    assert "skriver hver under på sitt eget ark" in ark
    assert re.findall('name="fra" value="([a-z]+)"', ark) == ["foresatt", "ungdom"]


def test_the_case_tells_before_a_consent_ends_and_when_it_has(folk: Any, nettleser: Nettleser) -> None:
    sak = fabrikk.sak(folk.nav1)
    sak_id = sak.id
    for dager, tekst in ((31, None), (30, "Går ut snart"), (0, "Går ut snart"), (-1, "Gått ut")):
        with transaction():
            db.session.scalars(select(Samtykke)).one().gyldig_til = i_dag() + timedelta(days=dager)
        html = nettleser.som(folk.nav1).se(f"/saker/{sak_id}").get_data(as_text=True)
        db.session.rollback()
        assert ("Går ut snart" in html, "Gått ut" in html) == (tekst == "Går ut snart", tekst == "Gått ut"), dager
        assert ("Grunnlaget for" in html) == (tekst == "Går ut snart")
        assert "Behov, Barnets ønske, Aldersgruppe, Referanse" in html


def test_the_sheet_is_made_from_the_case_in_each_language(folk: Any, nettleser: Nettleser) -> None:
    sak = registrert(folk.nav1, barn=(fabrikk.barn(AAR - 9),))
    sak_id, referanse = sak.id, sak.referanse
    db.session.rollback()
    side, adresse = nettleser.som(folk.nav1), f"/saker/{sak_id}/samtykketekst"
    assert 'value="to_kulturskole" checked' in side.se(f"{adresse}?mottaker=to_kulturskole").get_data(as_text=True)
    valg = "enhet=nav&mottaker=to_kulturskole&opplysninger=behov&opplysninger=oenske&fra=foresatt"
    for spraak, ord_ in (
        ("nb", ("Samtykke til å dele opplysninger", "Underskrift fra foresatt", "Hva det trengs hjelp til")),
        ("nn", ("Samtykke til å dele opplysningar", "Underskrift frå føresett", "Kva det trengst hjelp til")),
        ("en", ("Consent to share information", "Signature of parent or guardian", "What help is needed")),
    ):
        html = side.se(f"{adresse}?spraak={spraak}&{valg}&gyldig_til=2099-12-31").get_data(as_text=True)
        ark_ = html.split('class="samtykkeark"')[1].split("</main>")[0]
        assert all(et in html for et in ord_)
        assert "31.12.2099" in ark_
        assert f'lang="{spraak}" dir="ltr"' in html
        assert ark_.count("<li>") == 3  # one unit, two kinds of information
        assert referanse not in html
    for galt, melding in (
        (f"spraak=nb&{valg}&gyldig_til=2001-01-01", "Datoen må være i dag eller senere."),
        ("spraak=nb&enhet=nav&opplysninger=behov&fra=foresatt", "Velg hvem som får vite noe."),
        ("spraak=xx&enhet=nav&mottaker=to_kulturskole&fra=foresatt", "Velg hva samtykket omfatter."),
    ):
        svar = side.se(f"{adresse}?{galt}")
        assert svar.status_code == 422
        assert melding in svar.get_data(as_text=True)
    db.session.rollback()
    assert db.session.scalars(select(Innslag.gjelder_id).where(Innslag.hva == "samtykketekst")).first() == sak_id
    uten_sak = side.se(f"/samtykketekst?spraak=nb&{valg.replace('foresatt', 'ungdom')}").get_data(as_text=True)
    assert "Underskrift fra ungdommen" in uten_sak
    assert "Samtykket gjelder til det trekkes tilbake." in uten_sak
    assert "De får ikke vite hvilken tjeneste som spør." in uten_sak


def test_the_sheet_for_coordination_names_the_units_in_each_language(folk: Any, nettleser: Nettleser) -> None:
    sak = registrert(folk.nav1, barn=(fabrikk.barn(AAR - 9),))
    sak_id, referanse = sak.id, sak.referanse
    db.session.rollback()
    side, adresse = nettleser.som(folk.nav1), f"/saker/{sak_id}/samordning/ark"
    assert adresse in side.se(f"/saker/{sak_id}/samordning/ny").get_data(as_text=True)
    assert 'class="samtykkeark"' not in side.se(adresse).get_data(as_text=True), "nobody is named yet"
    valg = "enheter=to_kulturskole&enheter=to_helsestasjon&gyldig_til=31.12.2099"
    for spraak, ord_ in (
        ("nb", ("Samtykke til at tjenester samarbeider", "Underskrift fra foresatt", "barna dere har snakket med")),
        ("nn", ("Samtykke til at tenester samarbeider", "Underskrift frå føresett", "barna de har snakka med")),
        ("en", ("Consent for services to work together", "Signature of parent or guardian", "neither writes nor")),
    ):
        html = side.se(f"{adresse}?spraak={spraak}&fra=foresatt&{valg}").get_data(as_text=True)
        ark_ = html.split('class="samtykkeark"')[1].split("</main>")[0]
        assert all(et in html for et in ord_)
        assert "31.12.2099" in ark_
        assert ark_.count("<li>") == 3, "the own unit and two others"
        assert referanse not in html
    ungdom = side.se(f"{adresse}?spraak=nb&fra=ungdom&{valg}").get_data(as_text=True)
    assert "Underskrift fra ungdommen" in ungdom
    for galt, melding in (
        ("spraak=nb&fra=foresatt&gyldig_til=31.12.2099", "Velg minst én enhet familien har nevnt."),
        ("spraak=nb&fra=foresatt&enheter=to_kulturskole&gyldig_til=01.01.2001", "Datoen må være i dag eller senere."),
        ("spraak=xx&fra=ingen&enheter=fretex&gyldig_til=igaar", "Velg noe fra listen."),
    ):
        svar = side.se(f"{adresse}?{galt}")
        assert svar.status_code == 422
        assert melding in svar.get_data(as_text=True)
    assert nettleser.som(folk.helse1).se(adresse).status_code == 404


def test_a_language_without_the_sheet_for_coordination_is_still_used_for_the_other(
    config: Config, folk: Any, nettleser: Nettleser
) -> None:
    sak_id = registrert(folk.nav1, barn=(fabrikk.barn(AAR - 9),)).id
    mappe = config.tekster / "samtykketekster"
    mappe.mkdir()
    foran, _, resten = NB.read_text(encoding="utf-8").replace("Bokmål", "Soomaali", 1).partition("[samordning]")
    (mappe / "so.txt").write_text(foran + "[underskrift]" + resten.partition("[underskrift]")[2], encoding="utf-8")
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert "Soomaali" in side.se(f"/saker/{sak_id}/samtykketekst").get_data(as_text=True)
    assert "Soomaali" not in side.se(f"/saker/{sak_id}/samordning/ark").get_data(as_text=True)


NB = Path(__file__).parents[2] / "koordinering" / "data" / "samtykketekster" / "nb.txt"


def test_a_language_of_the_municipality_is_printed_from_the_right(
    config: Config, folk: Any, nettleser: Nettleser
) -> None:
    mappe = config.tekster / "samtykketekster"
    mappe.mkdir()
    tekst = NB.read_text(encoding="utf-8").replace("Bokmål", "العربية", 1).replace("# Samtykke til", "# موافقة", 1)
    (mappe / "ar.txt").write_text(tekst, encoding="utf-8")
    db.session.rollback()
    valg = "enhet=nav&mottaker=to_kulturskole&opplysninger=behov&fra=foresatt"
    html = nettleser.som(folk.nav1).se(f"/samtykketekst?spraak=ar&{valg}").get_data(as_text=True)
    assert 'lang="ar" dir="rtl"' in html
    assert "العربية" in html
    assert "<bdi>" in html  # a Norwegian name inside keeps its own direction
    (mappe / "so.txt").write_text("Soomaali\n[tekst]\n# Ogolaansho\n{hvem}\n", encoding="utf-8")
    html = nettleser.som(folk.nav1).se(f"/samtykketekst?spraak=ar&{valg}").get_data(as_text=True)
    assert "samtykketekster/so.txt, linje 4: {hvem} finnes ikke." in html
    with pytest.raises(ConfigError, match=r"so\.txt, linje 1: avsnittet \[opplysninger\] mangler"):
        create_app(config)


@pytest.mark.parametrize(
    "ord_", ["{avsender}", "{mottakere}", "{opplysninger}", "{til}", "{?uten_til}", "ungdom:", "oenske:"]
)
def test_what_a_file_lacks_is_told_with_file_and_line(tmp_path: Path, ord_: str) -> None:
    (tmp_path / "uk.txt").write_text(NB.read_text(encoding="utf-8").replace(ord_, ""), encoding="utf-8")
    lest = les_samtykketekster(tmp_path)
    assert sorted(lest.spraak) == ["en", "nb", "nn"]
    assert any(feil.startswith("samtykketekster/uk.txt, linje ") and "mangler" in feil for feil in lest.feil)


def test_our_own_languages_are_whole_and_say_the_same() -> None:
    lest = les_samtykketekster(Path("/finnes/ikke"))
    assert lest.feil == ()
    for fra in SKRIVER_UNDER:
        sagt = Utsagn("Nav", ("Kulturskolen",), STANDARD_OPPLYSNINGER, "", fra)
        arkene = {kode: ark(fil, sagt) for kode, fil in lest.spraak.items()}
        assert len({tuple(d.slag for d in a.deler) for a in arkene.values()}) == 1
        assert {len(a.underskrift) for a in arkene.values()} == {2}
        felles = [ark(fil, replace(sagt, til="1.1.2027"), Arkslag.SAMORDNING) for fil in lest.spraak.values()]
        assert len({tuple(d.slag for d in a.deler) for a in felles}) == 1
    med = ark(lest.spraak["nb"], Utsagn("Nav", ("K",), (Opplysning.AVSENDER,), "1.1.2027", SamtykkeFra.FORESATT))
    assert not any("hvilken tjeneste som spør." in linje for d in med.deler for linje in d.linjer)


@pytest.mark.parametrize(
    ("kode", "retning"), [("ar", "rtl"), ("ku-Arab", "rtl"), ("ti", "ltr"), ("so", "ltr"), ("ur", "rtl")]
)
def test_the_direction_follows_from_the_language(kode: str, retning: str) -> None:
    assert les(kode, b"x").retning == retning
