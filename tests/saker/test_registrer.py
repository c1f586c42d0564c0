"""Registering: what is made, what is sent, what is refused and where the message lands."""

import random
import re
from collections.abc import Mapping
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from koordinering.audit import Hva, Innslag
from koordinering.db import db, i_dag, transaction
from koordinering.errors import IngenTilgang, UgyldigFelt
from koordinering.saker import queries, services
from koordinering.saker.models import Barn, Henvisning, Hjemmel, Sak, Sakshendelse, Samtykke
from koordinering.saker.rules.behov import (
    STANDARD_OPPLYSNINGER,
    Grunnlag,
    JaNeiVetIkke,
    Kjoenn,
    SamtykkeFra,
    Samtykkemaate,
)
from koordinering.saker.rules.identitetsnummer import syntetisk
from koordinering.saker.rules.overganger import Status
from koordinering.saker.services import NyHenvisning, NyttBarn, NyttGrunnlag
from koordinering.tildeling import services as tildeling
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import User, kommune
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, friplass, indeks, kommando, nummer, registrert, samtykke, utfylt


def _kvittering(svar: Any) -> int:
    assert svar.status_code == 303, re.findall(r"validation-message.*?</p>", svar.get_data(as_text=True))
    funnet = re.fullmatch(r"/saker/(\d+)/kvittering", svar.location)
    assert funnet
    db.session.rollback()  # what the request wrote is read from here on
    return int(funnet[1])


def test_a_family_is_registered_on_one_page_and_gets_a_reference(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.kortaar()
    side = nettleser.som(folk.nav1)
    html = side.se("/saker/ny").get_data(as_text=True)
    assert html.index("adressesperre") < html.index("barn-0-foedselsaar")
    assert "Meldeplikten" in html
    assert re.search(r"\d+ av \d+ kort ledig", html)
    svar = side.send("/saker/ny", utfylt(barn=2, egen_referanse="NAV 2026/17", behov=["fritid", "ferie"]))
    sak = db.session.get_one(Sak, _kvittering(svar))
    assert [b.foedselsaar for b in sak.barn] == [AAR - 10, AAR - 11]
    assert services.les_egen_referanse(sak) == "NAV 2026/17"
    assert b"2026/17" not in (sak.egen_referanse or b"")
    kvittering = side.se(svar.location).get_data(as_text=True)
    assert sak.referanse in kvittering
    assert "Registrer en familie til" in kvittering


def test_a_card_is_handed_out_in_the_same_step(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.kortaar()
    side = nettleser.som(folk.nav1)
    svar = side.send("/saker/ny", utfylt(del_ut="y"))
    (henvisning,) = db.session.get_one(Sak, _kvittering(svar)).henvisninger
    assert henvisning.status is Status.I_GANG
    assert "Nummer" in side.se(svar.location).get_data(as_text=True)


def test_only_cards_are_handed_out_in_the_same_step(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.kortaar()
    side = nettleser.som(folk.nav1)
    svar = side.send("/saker/ny", utfylt(tiltak=["4b-2", "4b-12"], del_ut="y"))
    sak = db.session.get_one(Sak, _kvittering(svar))
    assert {h.tiltak_id: h.status for h in sak.henvisninger} == {"4b-2": Status.I_GANG, "4b-12": Status.SENDT}
    assert "gi dem kortet" in side.se(svar.location).get_data(as_text=True)


def test_handing_out_a_card_without_choosing_one_is_told_at_the_field(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.nav1)
    data = utfylt(tiltak=["4b-12"], del_ut="y", egen_referanse="NAV 2026/17")
    svar = side.send("/saker/ny", data)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert "del_ut-feil" in html
    assert "Velg kortet også" in html
    assert "NAV 2026/17" in html
    assert re.search(r'<input[^>]*checked[^>]*id="del_ut"|<input[^>]*id="del_ut"[^>]*checked', html)
    assert db.session.scalar(select(func.count()).select_from(Sak)) == 0
    utkast = side.send("/saker/ny", data | {"utkast": "1"})  # nothing is sent, so nothing can be handed out yet
    assert utkast.status_code == 303
    assert "gi dem kortet" not in side.se(utkast.location).get_data(as_text=True)


def test_the_receipt_names_the_card_only_where_one_was_given(folk: Any, nettleser: Nettleser) -> None:
    sak = registrert(folk.nav1, henvisninger=(NyHenvisning("4b-12"),))
    with transaction():
        tildeling.gi_straks(db.session.get_one(Sak, sak.id).henvisninger[0], av=folk.nav1)
    html = nettleser.som(folk.nav1).se(f"/saker/{sak.id}/kvittering").get_data(as_text=True)
    assert "Fortell familien hva de har fått." in html
    assert "gi dem kortet" not in html


def test_the_same_form_sent_twice_makes_one_case(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.nav1)
    html = side.se("/saker/ny").get_data(as_text=True)
    innsending = re.findall(r'name="innsending"[^>]*value="([^"]+)"', html)[0]
    skjema = utfylt(innsending=innsending, del_ut="y")
    foerste, andre = side.send("/saker/ny", skjema), side.send("/saker/ny", skjema)
    assert _kvittering(foerste) == _kvittering(andre)
    assert db.session.scalar(select(func.count()).select_from(Sak)) == 1


def test_anothers_form_token_is_no_key_to_her_case(folk: Any) -> None:
    registrert(folk.nav1, innsending="t" * 20)
    registrert(folk.helse1, "to_helsestasjon", innsending="t" * 20)
    assert db.session.scalar(select(func.count()).select_from(Sak)) == 2


def test_errors_land_at_their_fields_and_the_number_is_not_repeated(folk: Any, nettleser: Nettleser) -> None:
    feil = nummer()[:-1] + "x"
    data = utfylt(barn=2, barn_0_fnr=feil, barn_1_foedselsaar="1950", egen_referanse="vårt nummer")
    svar = nettleser.som(folk.nav1).send("/saker/ny", data)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert "barn-0-fnr-feil" in html
    assert feil not in html
    assert "vårt nummer" in html
    data |= {"barn-0-fnr": ""}
    html = nettleser.som(folk.nav1).send("/saker/ny", data).get_data(as_text=True)
    assert "barn-1-foedselsaar-feil" in html


def test_the_same_number_on_two_children_is_told_at_the_second(folk: Any, nettleser: Nettleser) -> None:
    samme = nummer()
    data = utfylt(barn=2, barn_0_fnr=samme, barn_1_fnr=samme)
    svar = nettleser.som(folk.nav1).send("/saker/ny", data)
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    sagt = re.findall(r'id="barn-\d-fnr-feil"><span class="ds-sr-only">Feil: </span>(.*?)</p>', html)
    assert ["to barn" in melding for melding in sagt] == [False, True]
    assert all("Skriv nummeret på nytt." in melding for melding in sagt), "neither stands on the page any more"
    assert samme not in html


def _ved_aaret(svar: Any, felt: str) -> str:
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422, html
    (melding,) = re.findall(rf'id="{felt}-feil"><span class="ds-sr-only">Feil: </span>(.*?)</p>', html)
    return str(melding)


@pytest.mark.parametrize("d_nummer", [False, True])
def test_a_year_that_is_not_the_numbers_is_told_at_the_year(folk: Any, nettleser: Nettleser, d_nummer: bool) -> None:
    side = nettleser.som(folk.nav1)
    tall = syntetisk(random.Random(d_nummer), date(AAR - 10, 4, 30), d_nummer)  # noqa: S311 - repeatable
    sagt = "Fødselsåret og nummeret passer ikke sammen. Se over begge."
    svar = side.send("/saker/ny", utfylt(barn=2, barn_0_fnr=tall, barn_0_foedselsaar=str(AAR - 9), i_maalgruppe=""))
    assert _ved_aaret(svar, "barn-0-foedselsaar") == sagt
    assert 'id="i_maalgruppe-feil"' in svar.get_data(as_text=True), "told together with what else is wrong"
    assert tall not in svar.get_data(as_text=True)
    sak = db.session.get_one(Sak, _kvittering(side.send("/saker/ny", utfylt(barn_0_fnr=tall))))
    (barn,), versjon, sak_id = sak.barn, str(sak.versjon), sak.id
    barn_id = barn.id
    db.session.rollback()
    skjema = {"foedselsaar": str(AAR - 9), "deltar": "nei", "spurt": "nei", "grunn": "feil", "versjon": versjon}
    for adresse in (f"/saker/{sak_id}/barn", f"/saker/barn/{barn_id}/rett"):
        assert _ved_aaret(side.send(adresse, skjema | {"fnr": tall}), "foedselsaar") == sagt
    assert side.send(f"/saker/barn/{barn_id}/rett", skjema).status_code == 303, "no number is written, and none is kept"


def test_spare_rows_stand_ready_without_javascript_and_empty_ones_are_no_children(
    folk: Any, nettleser: Nettleser
) -> None:
    side = nettleser.som(folk.nav1)
    html = side.se("/saker/ny").get_data(as_text=True)
    ledige = set(map(int, re.findall(r'name="barn-(\d+)-fnr"', html))) - {0}
    assert ledige == {1, 2, 3, 4, 5}
    tomme = {f"barn-{nr}-{felt}": "" for nr in ledige for felt in ("foedselsaar", "fnr", "oenske1", "oenske2")}
    ett, to = nummer(), nummer(date(AAR - 6, 2, 28))
    data = utfylt() | tomme | {"barn-0-fnr": ett}
    data |= {"barn-3-foedselsaar": str(AAR - 6), "barn-3-fnr": to, "barn-3-deltar": "ja", "barn-3-spurt": "nei"}
    data |= {"barn-4-foedselsaar": str(AAR - 5), "barn-4-utelat": "y"}
    sak = db.session.get_one(Sak, _kvittering(side.send("/saker/ny", data)))
    assert [b.blindindeks for b in sak.barn] == [indeks(ett), indeks(to)], "both numbers are there, after one sending"


def test_a_spare_row_with_anything_in_it_is_not_left_out_without_a_word(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.nav1)
    html = side.send("/saker/ny", utfylt() | {"barn-4-oenske1": "ski"}).get_data(as_text=True)
    assert "barn-1-foedselsaar-feil" in html
    assert 'name="barn-6-foedselsaar"' in html, "there are as many spare rows as before"
    html = side.send("/saker/ny", {"enhet": "nav"}).get_data(as_text=True)
    assert "barn-0-foedselsaar-feil" in html, "a page with no child at all tells of the first"


def test_a_row_that_javascript_removed_leaves_a_gap_that_is_understood(folk: Any, nettleser: Nettleser) -> None:
    data = utfylt()
    data |= {"barn-3-foedselsaar": "1950", "barn-3-deltar": "ja", "barn-3-spurt": "nei"}
    html = nettleser.som(folk.nav1).send("/saker/ny", data).get_data(as_text=True)
    assert "barn-1-foedselsaar-feil" in html


def test_another_unit_needs_a_basis_and_the_page_says_which(folk: Any, nettleser: Nettleser) -> None:
    data = utfylt(barn_0_tiltak=["4a-3"])
    svar = nettleser.som(folk.nav1).send("/saker/ny", data)
    assert svar.status_code == 422
    assert "Velg grunnlag for å sende til" in svar.get_data(as_text=True)


@pytest.mark.parametrize(
    ("valg", "status"),
    [
        ({"grunnlag": "samtykke", "maate": "muntlig", "fra": "foresatt"}, Status.SENDT),
        ({"grunnlag": "hjemmel", "hjemmel": "samarbeid_tjenester"}, Status.SENDT),
        ({"grunnlag": "senere"}, Status.VENTER_SAMTYKKE),
        ({"grunnlag": "samtykke", "maate": "muntlig", "fra": "foresatt", "utkast": "1"}, Status.UTKAST),
    ],
)
def test_consent_decides_what_is_sent(folk: Any, nettleser: Nettleser, valg: dict[str, Any], status: Status) -> None:
    data = utfylt(barn_0_tiltak=["4a-3"], tiltak=[], **valg)
    sak = db.session.get_one(Sak, _kvittering(nettleser.som(folk.nav1).send("/saker/ny", data)))
    (henvisning,) = sak.henvisninger
    assert henvisning.status is status
    assert henvisning.synlig is (status is Status.SENDT)
    assert (henvisning.sendt is None) is (status is not Status.SENDT)


def _rader(side: Nettleser) -> dict[str, str]:
    """Where on the page each receiving unit's own basis stands."""
    html = side.se("/saker/ny").get_data(as_text=True)
    return {v: f"mottakere-{nr}" for nr, v in re.findall(r'name="mottakere-(\d+)-mottaker"[^>]*value="([^"]+)"', html)}


def _med_rader(rader: Mapping[str, str], **felter: Mapping[str, str]) -> dict[str, str]:
    data = {f"{rad}-mottaker": mottaker for mottaker, rad in rader.items()}
    return data | {f"{rader[m]}-{felt}": verdi for m, valgt in felter.items() for felt, verdi in valgt.items()}


def test_one_unit_can_wait_while_the_rest_have_consent(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.nav1)
    data = utfylt(barn_0_tiltak=["4a-3", "4b-11"], grunnlag="samtykke", maate="skriftlig", fra="foresatt")
    data |= _med_rader(_rader(side), to_kulturskole={"valg": "senere"})
    sak = db.session.get_one(Sak, _kvittering(side.send("/saker/ny", data)))
    assert {h.tiltak_id: h.status for h in sak.henvisninger} == {
        "4b-2": Status.SENDT,
        "4a-3": Status.SENDT,
        "4b-11": Status.VENTER_SAMTYKKE,
    }
    assert [s.mottaker_id for s in sak.samtykker] == ["inkluderingskonsulent"]


def test_each_unit_can_have_a_consent_or_an_authority_of_its_own(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.nav1)
    da, til = i_dag() - timedelta(days=3), i_dag() + timedelta(days=90)
    eget = {"valg": "samtykke", "maate": "muntlig", "fra": "foresatt", "opplysninger": "referanse"}
    data = utfylt(barn_0_tiltak=["4a-3", "4b-11"], grunnlag="hjemmel", hjemmel="samarbeid_tjenester")
    data |= _med_rader(
        _rader(side), to_kulturskole={**eget, "gitt": da.isoformat(), "gyldig_til": til.strftime("%d.%m.%Y")}
    )
    sak = db.session.get_one(Sak, _kvittering(side.send("/saker/ny", data)))
    felles, egen = sorted(sak.samtykker, key=lambda s: s.mottaker_id)
    assert (felles.mottaker_id, felles.grunnlag, felles.hjemmel_id, felles.maate, felles.gitt) == (
        "inkluderingskonsulent", Grunnlag.HJEMMEL, "samarbeid_tjenester", None, i_dag(),
    )  # fmt: skip
    assert (egen.mottaker_id, egen.grunnlag, egen.hjemmel_id, egen.maate, egen.fra, egen.opplysninger) == (
        "to_kulturskole", Grunnlag.SAMTYKKE, None, Samtykkemaate.MUNTLIG, SamtykkeFra.FORESATT, ["referanse"],
    )  # fmt: skip
    assert (egen.gitt, egen.gyldig_til) == (da, til)
    assert {h.status for h in sak.henvisninger} == {Status.SENDT}


def test_what_is_wrong_with_each_unit_is_told_at_its_own_field_with_all_that_was_typed(
    folk: Any, nettleser: Nettleser
) -> None:
    side = nettleser.som(folk.nav1)
    rader = _rader(side)
    rad = rader["to_kulturskole"]
    data = utfylt(barn_0_tiltak=["4a-3", "4b-11"], grunnlag="samtykke", maate="skriftlig")
    fremtid = (i_dag() + timedelta(days=1)).isoformat()
    data |= _med_rader(rader, to_kulturskole={"valg": "samtykke", "fra": "ungdom", "gitt": fremtid, "gyldig_til": ""})
    svar = side.send("/saker/ny", data | {"barn-0-spurt": ""})
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    for felt in ("fra", f"{rad}-maate", f"{rad}-fra", f"{rad}-gitt", f"{rad}-opplysninger"):
        assert f'id="{felt}-feil"' in html, felt
    assert re.findall(r'<li><a class="ds-link" href="#([^"]+)">(?:Kulturskolen: )?', html) == [
        "barn-0-spurt-0", "fra-0", f"{rad}-maate-0", f"{rad}-fra-0", f"{rad}-gitt", f"{rad}-opplysninger-0",
    ]  # fmt: skip
    assert f'name="{rad}-gitt" type="date" value="{fremtid}"' in html
    assert re.search(rf'name="{rad}-fra" value="ungdom" checked', html)
    assert 'name="maate" value="skriftlig" checked' in html
    assert "<details open" in html.replace('class="ds-details" open', "open")


def test_a_consent_filled_in_for_a_unit_that_follows_the_rest_is_not_left_out_without_a_word(
    folk: Any, nettleser: Nettleser
) -> None:
    side = nettleser.som(folk.nav1)
    rader = _rader(side)
    data = utfylt(barn_0_tiltak=["4b-11"], grunnlag="senere")
    html = side.send("/saker/ny", data | _med_rader(rader, to_kulturskole={"maate": "muntlig"})).get_data(as_text=True)
    assert f'id="{rader["to_kulturskole"]}-valg-feil"' in html


def test_units_that_the_browser_hid_are_there_again_after_an_error(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.nav1)
    html = side.send("/saker/ny", utfylt(i_maalgruppe="")).get_data(as_text=True)
    assert len(re.findall(r'name="mottakere-\d+-valg"', html)) == len(_rader(side))
    standard = re.findall(r'name="(?:mottakere-\d+-)?opplysninger" value="referanse" checked', html)
    assert len(standard) == len(_rader(side)) + 1, "what was hidden is not unticked"


@pytest.mark.parametrize("krysset", [["aldersgruppe"], []])
def test_what_is_unticked_for_one_unit_alone_is_kept_after_an_error(
    folk: Any, nettleser: Nettleser, krysset: list[str]
) -> None:
    side = nettleser.som(folk.nav1)
    rader = _rader(side)
    sendt: dict[str, Any] = {
        f"{rad}-{navn}": verdi
        for rad in rader.values()
        for navn, verdi in {
            "valg": "",
            "hjemmel": "",
            "gitt": "",
            "gyldig_til": "",
            "opplysninger": [o.value for o in STANDARD_OPPLYSNINGER],
        }.items()
    }
    endret = f"{rader['to_kulturskole']}-opplysninger"
    sendt |= _med_rader(rader) | {endret: krysset}
    html = side.send("/saker/ny", utfylt(i_maalgruppe="") | sendt).get_data(as_text=True)
    kryss = re.findall(r'name="(mottakere-\d+-opplysninger)" value="([^"]+)" checked', html)
    assert [verdi for navn, verdi in kryss if navn == endret] == krysset
    assert {navn for navn, _ in kryss} | {endret} == {f"{rad}-opplysninger" for rad in rader.values()}
    assert _rader(side) == {
        v: f"mottakere-{nr}" for nr, v in re.findall(r'name="mottakere-(\d+)-mottaker"[^>]*value="([^"]+)"', html)
    }, "each unit stands where it stood"


def test_shown_the_way_closes_at_once(folk: Any) -> None:
    (henvisning,) = registrert(folk.helse1, "to_helsestasjon", henvisninger=(NyHenvisning("4b-3"),)).henvisninger
    assert henvisning.status is Status.VIST_TIL
    assert not henvisning.synlig


def test_a_young_person_consents_only_from_the_age_that_is_set(folk: Any) -> None:
    def med(foedt: int) -> Any:
        ungt = NyttGrunnlag(
            "inkluderingskonsulent", Grunnlag.SAMTYKKE, maate=Samtykkemaate.MUNTLIG, fra=SamtykkeFra.UNGDOM
        )
        return registrert(folk.nav1, barn=(NyttBarn(foedt),), henvisninger=(NyHenvisning("4a-3", 0),), grunnlag=(ungt,))

    with pytest.raises(UgyldigFelt, match="for ungt"):
        med(AAR - kommune().samtykkealder + 1)
    assert med(AAR - kommune().samtykkealder).henvisninger[0].status is Status.SENDT


@pytest.mark.parametrize(
    ("felter", "felt"),
    [
        ({"barn": ()}, "barn"),
        ({"barn": (NyttBarn(AAR + 1),)}, "barn-0-foedselsaar"),
        ({"barn": (NyttBarn(AAR - 25),)}, "barn-0-foedselsaar"),
        ({"barn": (NyttBarn(AAR - 8, oensker=(Aktivitet.SKI, Aktivitet.SKI)),)}, "barn-0-oenske1"),
        ({"barn": tuple(NyttBarn(AAR - 8) for _ in range(21))}, "barn"),
        ({"henvisninger": ()}, "tiltak"),
        ({"henvisninger": (NyHenvisning("6-1"),)}, "tiltak"),
        ({"henvisninger": (NyHenvisning("4a-3"),)}, "tiltak"),
        ({"henvisninger": (NyHenvisning("4a-3", 7),)}, "tiltak"),
        ({"henvisninger": (NyHenvisning("4b-2"), NyHenvisning("4b-2"))}, "tiltak"),
        ({"grunnlag": (NyttGrunnlag("to_kulturskole", Grunnlag.SAMTYKKE),)}, "maate"),
        (
            {"grunnlag": (NyttGrunnlag("to_kulturskole", Grunnlag.SAMTYKKE, maate=Samtykkemaate.MUNTLIG),)},
            "fra",
        ),
        ({"grunnlag": (NyttGrunnlag("to_kulturskole", Grunnlag.HJEMMEL, hjemmel_id="finnes_ikke"),)}, "hjemmel"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_nothing_is_kept(folk: Any, felter: Mapping[str, Any], felt: str) -> None:
    with pytest.raises(UgyldigFelt) as feil, transaction():
        services.registrer(kommando(**felter), av=folk.nav1)
    assert feil.value.felt == felt
    assert db.session.scalar(select(func.count()).select_from(Sak)) == 0


def test_the_units_own_reference_takes_no_identity_number(folk: Any) -> None:
    with pytest.raises(UgyldigFelt) as feil, transaction():
        services.registrer(kommando(egen_referanse=f"gjelder {nummer()}"), av=folk.nav1)
    assert feil.value.felt == "egen_referanse"


def test_nobody_registers_for_another_unit_or_without_the_right(folk: Any) -> None:
    for user in (folk.helse1, folk.navleder1, folk.koordinator1, folk.inkludering1):
        with pytest.raises(IngenTilgang), transaction():
            services.registrer(kommando("nav"), av=user)


def test_a_child_known_in_the_own_unit_offers_that_case(folk: Any, nettleser: Nettleser) -> None:
    kjent = nummer()
    sak = registrert(folk.nav2, barn=(NyttBarn(AAR - 10, blindindeks=indeks(kjent)),))
    side = nettleser.som(folk.nav1)
    svar = side.send("/saker/ny", utfylt(barn_0_fnr=kjent))
    html = svar.get_data(as_text=True)
    assert svar.status_code == 409
    assert sak.referanse in html
    assert f"/saker/{sak.id}" in html
    assert kjent not in html
    svar = side.send("/saker/ny", utfylt(barn_0_fnr=kjent, likevel="y"))
    assert _kvittering(svar) != sak.id


@pytest.mark.parametrize(
    ("skjema", "tittel"),
    [
        ({"utkast": "1"}, "Utkastet er lagret"),
        ({"utkast": "1", "tiltak": [], "barn_0_tiltak": []}, "Utkastet er lagret"),
        ({}, "Familien er registrert"),
    ],
)
def test_the_receipt_says_whether_anything_was_sent(
    folk: Any, nettleser: Nettleser, skjema: dict[str, Any], tittel: str
) -> None:
    side = nettleser.som(folk.nav1)
    svar = side.send("/saker/ny", utfylt(**skjema))
    assert svar.status_code == 303, svar.get_data(as_text=True)
    assert f"{tittel}</h1>" in side.se(svar.location).get_data(as_text=True)


def test_gender_is_kept_only_where_it_is_switched_on(folk: Any) -> None:
    barn = (NyttBarn(AAR - 10, kjoenn=Kjoenn.JENTE),)
    assert registrert(folk.nav1, barn=barn).barn[0].kjoenn is None
    with transaction():
        kommune().registrer_kjoenn = True
    assert registrert(folk.nav1, barn=barn).barn[0].kjoenn is Kjoenn.JENTE


def test_everything_is_in_the_log_and_the_history(folk: Any) -> None:
    sak = friplass(folk.nav1)
    logget = set(db.session.scalars(select(Innslag.hva)))
    assert {Hva.SAK_REGISTRERT, Hva.HENVISNING_LAGET, Hva.HENVISNING_STATUS, Hva.SAMTYKKE_REGISTRERT} <= logget
    assert db.session.scalars(select(Sakshendelse.slag)).all() == ["registrert"]
    assert [(h.fra, h.til, h.user_id) for h in sak.henvisninger[0].hendelser] == [("utkast", "sendt", folk.nav1.id)]


def test_the_command_says_nothing_about_itself() -> None:
    alt = kommando(barn=(NyttBarn(2015, deltar=JaNeiVetIkke.JA, blindindeks=b"hemmelig"),), egen_referanse="sak 7")
    assert repr(alt) == "NySak(...)"
    assert repr(alt.barn[0]) == "NyttBarn(...)"
    assert repr(samtykke("nav")) == "NyttGrunnlag(...)"


def test_the_list_of_authorities_is_loaded_again_and_leaves_what_was_changed(app: Any) -> None:
    antall = db.session.scalar(select(func.count()).select_from(Hjemmel))
    with transaction():
        db.session.get_one(Hjemmel, "samme_formaal").tekst = "Endret på siden"
    with transaction():
        assert services.last_hjemler() == 0
    assert db.session.scalar(select(func.count()).select_from(Hjemmel)) == antall == len(queries.hjemler())
    assert db.session.get_one(Hjemmel, "samme_formaal").tekst == "Endret på siden"


def test_rows_hang_together(folk: Any) -> None:
    sak = friplass(folk.nav1)
    assert db.session.scalar(select(func.count()).select_from(Barn)) == 1
    assert db.session.scalar(select(Samtykke.registrert_av)) == folk.nav1.id
    assert db.session.scalar(select(Henvisning.barn_id)) == sak.barn[0].id


def test_two_clicks_at_the_same_moment_make_one_case(app: Flask, folk: Any) -> None:
    user_id, utfall = folk.nav1.id, []
    klar = Barrier(4)

    def klikk() -> None:
        with app.app_context():
            klar.wait()
            try:
                with transaction():
                    user = db.session.get_one(User, user_id)
                    utfall.append(services.registrer(kommando(innsending="samme" * 5), av=user))
            except services.AlleredeRegistrert as feil:
                utfall.append(feil.sak_id)

    traader = [Thread(target=klikk) for _ in range(4)]
    for traad in traader:
        traad.start()
    for traad in traader:
        traad.join()
    db.session.rollback()
    assert len(utfall) == 4
    assert set(utfall) == set(db.session.scalars(select(Sak.id)))


def test_a_reference_in_use_is_drawn_again(folk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    brukt = registrert(folk.nav1).referanse
    trekk = iter([brukt, brukt, "F-7K3M-Q2"])
    monkeypatch.setattr("koordinering.saker.rules.referanse.ny", lambda: next(trekk))
    assert registrert(folk.nav1).referanse == "F-7K3M-Q2"
