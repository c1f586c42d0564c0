"""The linking code that a family carries: typed, found, corrected, printed, and counted as numbers are."""

import random
import re
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from koordinering import crypto, noekkellager
from koordinering.audit import Hva, Innslag
from koordinering.db import db, transaction
from koordinering.saker import queries, services
from koordinering.saker.models import Barn, Sak, Sakshendelse
from koordinering.saker.rules import koblingskode
from koordinering.saker.rules.behov import Behov, Rettegrunn
from koordinering.saker.services import KjentIEgenEnhet, Koblingskode, NyttBarn, SakRettelse
from koordinering.users import Koblingsmodus, User, kommune
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, indeks, nummer, registrert, utfylt

HELSE, KULTUR = "to_helsestasjon", "to_kultur_fritid"


def modus(valgt: Koblingsmodus) -> None:
    with transaction():
        kommune().koblingsmodus = valgt
    db.session.rollback()


@pytest.fixture
def koder(folk: Any) -> None:
    modus(Koblingsmodus.REFERANSE)


def kode() -> Koblingskode:
    return Koblingskode(koblingskode.ny())


def med_kode(user: User, kode_: Koblingskode | None, *alder: int, enhet: str = "nav", **felt: Any) -> Sak:
    return registrert(user, enhet, barn=tuple(NyttBarn(AAR - a) for a in alder), kode=kode_, **felt)


def rett(sak: Sak, kode_: Koblingskode | None, *, av: User, likevel: bool = False) -> None:
    rettelse = SakRettelse(True, frozenset[Behov](), None, Rettegrunn.FEIL, bytt_kode=True, kode=kode_, likevel=likevel)
    with transaction():
        services.rett_sak(queries.sak(av, sak.id), rettelse, av=av)


def lenker(sak: Sak) -> list[bytes | None]:
    db.session.rollback()
    return [barn.blindindeks for barn in db.session.get_one(Sak, sak.id).barn]


# --- The code itself ---------------------------------------------------------------------------------------


@st.composite
def skrevet(draw: st.DrawFn) -> tuple[str, str]:
    """A code, and the same as somebody types it."""
    riktig = koblingskode.ny(random.Random(draw(st.integers(0, 2**32))))  # noqa: S311 - repeatable
    tegn = riktig[2:].replace("-", "")
    for lest, skrives in (("0", "oO0"), ("1", "iIlL1")):
        tegn = "".join(draw(st.sampled_from(skrives)) if t == lest else t for t in tegn)
    tegn = "".join(t.lower() if draw(st.booleans()) else t for t in tegn)
    skille = draw(st.sampled_from(["", " ", "-", "–", " - "]))
    return riktig, draw(st.sampled_from(["", "K", "k-", "K "])) + skille.join((tegn[:4], tegn[4:8], tegn[8:]))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])  # the keys alone are used
@given(typet=skrevet(), aar=st.integers(2002, 2026), antall=st.integers(1, 4))
def test_the_index_is_the_same_however_the_code_is_typed_and_another_for_any_other(
    app: Flask, typet: tuple[str, str], aar: int, antall: int
) -> None:
    riktig, slik = typet
    lest = koblingskode.normaliser(slik)
    assert lest == riktig
    assert lest is not None
    alle = [aar] * antall + [aar + 1]
    en, annen = Koblingskode.klar(riktig, alle), Koblingskode.klar(lest, alle)
    assert (en.indeks, en.barnas(alle)) == (annen.indeks, annen.barnas(alle))
    fremmed = kode()
    assert len({en.indeks, *en.barnas(alle), fremmed.indeks, *fremmed.barnas(alle)}) == 2 * (antall + 2)


def test_a_slip_of_the_finger_is_always_seen_and_a_code_never_tells_itself() -> None:
    riktig = koblingskode.ny()
    assert re.fullmatch(r"K(-[0-9A-HJKMNP-TV-Z]{4}){3}", riktig)
    tegn = riktig[2:].replace("-", "")
    for nr, t in enumerate(tegn):
        assert koblingskode.normaliser(tegn[:nr] + ("Z" if t != "Z" else "Y") + tegn[nr + 1 :]) is None
    for nr, (t, neste) in enumerate(zip(tegn, tegn[1:], strict=False)):
        if t != neste:
            assert koblingskode.normaliser(tegn[:nr] + neste + t + tegn[nr + 2 :]) is None
    for galt in ("", "K", "F-7K3M-Q2", riktig + "0", "F" + tegn, "K-æøå²-7K3M-Q2Q2", riktig * 9):
        assert koblingskode.normaliser(galt) is None
    assert len({koblingskode.ny() for _ in range(500)}) == 500
    assert riktig not in repr(Koblingskode(riktig))


def test_an_index_of_a_code_is_never_one_of_a_number(app: Flask) -> None:
    assert crypto.kodeindeks(crypto.gjeldende(), "01911599968") != indeks("01911599968")
    assert crypto.kodeindeks(crypto.gjeldende(), "K", 2014, 11) != crypto.kodeindeks(crypto.gjeldende(), "K", 20141, 1)


# --- One family --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("koder")
def test_the_code_makes_two_services_cases_one_family_whatever_the_order_of_the_children(folk: Any) -> None:
    tvillinger = kode()
    hos_nav = med_kode(folk.nav1, tvillinger, 8, 8, 11)
    hos_helse = med_kode(folk.helse1, tvillinger, 11, 8, 8, enhet=HELSE)
    en_av_dem = med_kode(folk.kultur1, tvillinger, 8, enhet=KULTUR)
    assert queries.koblede_saker(hos_nav.id) == {hos_nav.id, hos_helse.id, en_av_dem.id}
    assert len({*lenker(hos_nav)}) == 3
    assert set(lenker(hos_nav)) == set(lenker(hos_helse))
    assert set(lenker(en_av_dem)) < set(lenker(hos_nav))


@pytest.mark.usefixtures("koder")
def test_two_homes_with_two_codes_are_two_families_and_half_siblings_follow_the_home(folk: Any) -> None:
    hos_mor, hos_far = kode(), kode()
    mors = med_kode(folk.nav1, hos_mor, 8, 10)
    fars = med_kode(folk.helse1, hos_far, 8, 3, enhet=HELSE)  # the eight-year-old again, with a half-sibling
    mors_igjen = med_kode(folk.kultur1, hos_mor, 10, enhet=KULTUR)
    assert queries.koblede_saker(mors.id) == {mors.id, mors_igjen.id}
    assert queries.koblede_saker(fars.id) == {fars.id}
    uten = med_kode(folk.helse1, None, 8, 10, enhet=HELSE)
    assert queries.koblede_saker(uten.id) == {uten.id}
    assert set(lenker(uten)) == {None}


@pytest.mark.usefixtures("koder")
def test_children_that_come_go_or_get_another_year_are_linked_as_if_registered_so(folk: Any) -> None:
    familien = kode()
    sak = med_kode(folk.nav1, familien, 8, 8)
    with transaction():
        services.legg_til_barn(queries.sak(folk.nav1, sak.id), NyttBarn(AAR - 8), av=folk.nav1)
    assert lenker(sak) == familien.barnas([AAR - 8] * 3)
    foerste = db.session.get_one(Sak, sak.id).barn[0].id
    with transaction():
        services.rett_barn(queries.barn(folk.nav1, foerste), NyttBarn(AAR - 9), Rettegrunn.FEIL, av=folk.nav1)
    assert lenker(sak) == familien.barnas([AAR - 9, AAR - 8, AAR - 8])
    with transaction():
        services.fjern_barn(queries.barn(folk.nav1, db.session.get_one(Sak, sak.id).barn[1].id), av=folk.nav1)
    assert lenker(sak) == familien.barnas([AAR - 9, AAR - 8])


@pytest.mark.usefixtures("koder")
def test_what_was_made_ready_for_another_code_is_not_used(folk: Any) -> None:
    foer, naa = kode(), kode()
    sak = med_kode(folk.nav1, foer, 8)
    klar = services.klar_kode(sak, [AAR - 8, AAR - 5])
    rett(sak, naa, av=folk.nav1)
    with transaction():
        services.legg_til_barn(queries.sak(folk.nav1, sak.id), NyttBarn(AAR - 5), av=folk.nav1, kode=klar)
    assert lenker(sak) == naa.barnas([AAR - 8, AAR - 5])


# --- Corrected, found, deleted -----------------------------------------------------------------------------


@pytest.mark.usefixtures("koder")
def test_a_code_typed_again_links_anew_and_the_history_says_the_same_either_way(folk: Any) -> None:
    riktig, feil = kode(), kode()
    hos_helse = med_kode(folk.helse1, riktig, 8, enhet=HELSE)
    sak = med_kode(folk.nav1, feil, 8)
    for ny, familie in ((riktig, {sak.id, hos_helse.id}), (riktig, {sak.id, hos_helse.id}), (kode(), {sak.id})):
        rett(sak, ny, av=folk.nav1)
        assert queries.koblede_saker(sak.id) == familie
        assert services.les_koblingskode(db.session.get_one(Sak, sak.id)) == ny.kode
    linjer = db.session.scalars(select(Sakshendelse).where(Sakshendelse.slag == "rettet")).all()
    assert {(h.felt, h.fra, h.til, h.grunn) for h in linjer} >= {("koblingskode", None, None, "feil")}
    assert len([h for h in linjer if h.felt == "koblingskode"]) == 3
    rett(sak, None, av=folk.nav1)
    assert (lenker(sak), db.session.get_one(Sak, sak.id).kodeindeks) == ([None], None)


@pytest.mark.usefixtures("koder")
def test_the_units_own_case_with_the_code_is_offered_and_anothers_never(folk: Any) -> None:
    felles = kode()
    med_kode(folk.helse1, felles, 8, enhet=HELSE)
    vaar = med_kode(folk.nav1, felles, 8)  # another unit's case says nothing
    with pytest.raises(KjentIEgenEnhet) as kjent:
        med_kode(folk.nav2, felles, 3)  # another child of the family
    assert kjent.value.saker == (vaar.id,)
    en_til = med_kode(folk.nav2, felles, 8, likevel=True)
    annen = med_kode(folk.nav1, kode(), 8)
    with pytest.raises(KjentIEgenEnhet):
        rett(annen, felles, av=folk.nav1)
    rett(annen, felles, av=folk.nav1, likevel=True)
    assert queries.koblede_saker(vaar.id) >= {vaar.id, en_til.id, annen.id}


@pytest.mark.usefixtures("koder")
def test_the_code_is_sealed_and_goes_with_the_case(folk: Any) -> None:
    familien = kode()
    sak = med_kode(folk.nav1, familien, 8)
    assert familien.kode.encode() not in (sak.koblingskode or b"")
    assert sak.kodeindeks == familien.indeks
    sak_id = sak.id
    with transaction():
        services.slett(queries.sak(folk.nav1, sak.id), av=folk.nav1)
    assert db.session.scalar(select(func.count(Sak.id))) == db.session.scalar(select(func.count(Barn.id))) == 0
    noekkellager.fullfoer_slettinger()
    assert noekkellager.hent(crypto.SAK, [sak_id]) == {}


# --- Modes that change -------------------------------------------------------------------------------------


def test_links_of_one_mode_stay_and_never_meet_those_of_another(folk: Any) -> None:
    a, familien = nummer(), kode()
    modus(Koblingsmodus.INGEN)
    ukoblet = med_kode(folk.nav1, familien, 8)
    assert (ukoblet.koblingskode, ukoblet.kodeindeks, lenker(ukoblet)) == (None, None, [None])
    modus(Koblingsmodus.NUMMER)
    barnet = (NyttBarn(AAR - 8, blindindeks=indeks(a)),)
    med_nummer = registrert(folk.nav1, barn=barnet)
    modus(Koblingsmodus.REFERANSE)
    kodet = med_kode(folk.helse1, familien, 8, enhet=HELSE)
    en_til = med_kode(folk.kultur1, familien, 8, enhet=KULTUR)
    assert queries.koblede_saker(kodet.id) == {kodet.id, en_til.id}
    assert lenker(med_nummer) == [indeks(a)]
    modus(Koblingsmodus.NUMMER)
    igjen = registrert(folk.kultur1, KULTUR, barn=barnet)
    assert queries.koblede_saker(igjen.id) == {igjen.id, med_nummer.id}
    assert queries.koblede_saker(kodet.id) == {kodet.id, en_til.id}


@pytest.mark.usefixtures("koder")
def test_a_code_sleeps_in_another_mode_and_wakes_when_the_municipality_goes_back(folk: Any) -> None:
    familien, a = kode(), nummer()
    kodet = med_kode(folk.helse1, familien, 8, enhet=HELSE)
    modus(Koblingsmodus.NUMMER)
    med_nummer = registrert(folk.nav1, barn=(NyttBarn(AAR - 8, blindindeks=indeks(a)),))
    with transaction():  # not read, not used, not lost
        services.legg_til_barn(queries.sak(folk.helse1, kodet.id), NyttBarn(AAR - 5), av=folk.helse1)
    assert services.les_koblingskode(db.session.get_one(Sak, kodet.id)) is None
    assert lenker(kodet) == [*familien.barnas([AAR - 8]), None]
    modus(Koblingsmodus.REFERANSE)
    assert services.les_koblingskode(db.session.get_one(Sak, kodet.id)) == familien.kode
    rett(kodet, familien, av=folk.helse1)
    assert lenker(kodet) == familien.barnas([AAR - 8, AAR - 5])
    rett(med_nummer, familien, av=folk.nav1)  # the family's code takes the place of the number
    assert lenker(med_nummer) == familien.barnas([AAR - 8])


# --- Pages -------------------------------------------------------------------------------------------------

_NY = re.compile(r'name="ny_kode" type="hidden" value="(K-[0-9A-Z-]+)"')


@pytest.fixture
def nav(folk: Any, nettleser: Nettleser, koder: None) -> Nettleser:
    return nettleser.som(folk.nav1)


def _saken() -> Sak:
    db.session.rollback()
    return db.session.scalars(select(Sak)).one()


def _tilbudt(html: str) -> str:
    funnet = _NY.search(html)
    assert funnet is not None
    return funnet[1]


def test_the_page_gives_a_new_code_that_stands_on_the_receipt_and_the_slip(nav: Nettleser, folk: Any) -> None:
    html = nav.se("/saker/ny").get_data(as_text=True)
    ny = _tilbudt(html)
    vist = re.search(r"Familien får denne koden: ([^<\s]+)", html)
    assert vist is not None
    assert koblingskode.normaliser(vist[1]) == ny, "what is read from the page and typed is the code"
    assert "fnr" not in html
    svar = nav.send("/saker/ny", utfylt(kodevalg="ny", ny_kode=ny))
    kvittering = nav.se(svar.location).get_data(as_text=True)
    assert ny in kvittering
    sak = _saken()
    assert "Skriv ut koden til familien" in nav.se(f"/saker/{sak.id}").get_data(as_text=True)
    for spraak, ord_ in (("nb", "Koden deres"), ("nn", "Koden dykkar"), ("en", "Your code"), ("xx", "Koden deres")):
        lapp = nav.se(f"/saker/{sak.id}/kode?spraak={spraak}").get_data(as_text=True)
        assert ord_ in lapp
        assert ny in lapp
    assert nav.som(folk.helse1).se(f"/saker/{sak.id}/kode").status_code == 404
    db.session.rollback()
    detaljer = db.session.scalars(select(Innslag.detalj).where(Innslag.hva == Hva.LAPP_SKREVET)).all()
    assert detaljer == ["kode"] * 4


def test_a_wrong_code_is_told_at_its_field_and_never_in_the_message(nav: Nettleser) -> None:
    svarene: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "Velg om familien har en kode."),
        ({"kodevalg": "tull"}, "ds-validation-message"),
        ({"kodevalg": "har"}, "Skriv koden familien har."),
        ({"kodevalg": "har", "kode": "K-0000-0000-0001"}, "Dette er ikke en koblingskode."),
        ({"kodevalg": "uten", "kode": "K-0000-0000-0001"}, "Velg at familien har en kode, eller tøm feltet."),
    )
    for felt, melding in svarene:
        svar = nav.send("/saker/ny", utfylt(egen_referanse="2026-0417", **felt))
        html = svar.get_data(as_text=True)
        assert (svar.status_code, melding in html, "2026-0417" in html) == (422, True, True), felt
        assert not re.search(r'ds-validation-message"[^>]*>[^<]*K-0000', html)
    assert nav.send("/saker/ny", utfylt(kodevalg="ny", ny_kode="K-0000-0000-0001")).status_code == 303
    assert nav.send("/saker/ny", utfylt(kodevalg="uten")).status_code == 303


def test_the_code_is_found_met_corrected_and_counted_as_a_look_up(
    nav: Nettleser, folk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("koordinering.saker.services.innboks.OPPSLAG_PER_DAG", 4)
    kjent, ukjent = koblingskode.ny(), koblingskode.ny()
    med_kode(folk.helse1, Koblingskode(ukjent), 8, enhet=HELSE)
    sted = nav.send("/saker/ny", utfylt(kodevalg="har", kode=kjent.lower().replace("-", " "))).location
    sak_id = sted.rsplit("/", 2)[1]
    annen_id = nav.send("/saker/ny", utfylt(kodevalg="uten")).location.rsplit("/", 2)[1]
    assert nav.send("/saker/finn", {"kode": kjent}).location.endswith(f"/saker/{sak_id}")
    assert "Fant ingen sak i enheten din" in nav.send("/saker/finn", {"kode": ukjent}).get_data(as_text=True)
    assert "Dette er ikke en koblingskode" in nav.send("/saker/finn", {"kode": "K-1"}).get_data(as_text=True)
    assert nav.send("/saker/finn", {"kode": kjent, "referanse": "F-7K3M-Q2"}).status_code == 422
    assert "Skriv en referanse eller en kode" in nav.send("/saker/finn", {}).get_data(as_text=True)
    moett = nav.send("/saker/ny", utfylt(kodevalg="har", kode=kjent))
    assert (moett.status_code, "allerede en sak med familiens kode" in moett.get_data(as_text=True)) == (409, True)
    db.session.rollback()
    versjon = str(db.session.get_one(Sak, int(annen_id)).versjon)
    retter = {"versjon": versjon, "i_maalgruppe": "ja", "grunn": "feil", "kodevalg": "har", "kode": kjent}
    side = nav.send(f"/saker/{annen_id}/rett", retter)
    assert (side.status_code, "Lagre likevel" in side.get_data(as_text=True)) == (409, True)
    assert nav.send(f"/saker/{annen_id}/rett", {**retter, "likevel": "Lagre likevel"}).status_code == 422, "too many"
    assert nav.send(f"/saker/{annen_id}/rett", {**retter, "kodevalg": "behold", "kode": ""}).status_code == 303
    stanset = nav.send("/saker/finn", {"kode": ukjent})
    assert (stanset.status_code, "så mange numre eller koder" in stanset.get_data(as_text=True)) == (429, True)
    db.session.rollback()
    soek = db.session.scalars(select(Innslag.detalj).where(Innslag.hva == Hva.SAK_SOEKT)).all()
    assert sorted(soek, key=str) == ["kode", "kode", "registrering", "registrering"]


def test_children_are_added_corrected_and_removed_by_the_pages(nav: Nettleser) -> None:
    kode_ = koblingskode.ny()
    nav.send("/saker/ny", utfylt(kodevalg="har", kode=kode_))
    sak = _saken()
    barnet = {"versjon": str(sak.versjon), "foedselsaar": str(AAR - 10), "deltar": "nei", "spurt": "ja"}
    assert nav.send(f"/saker/{sak.id}/barn", barnet).status_code == 303
    familien = Koblingskode(kode_)
    assert lenker(sak) == familien.barnas([AAR - 10] * 2)
    foerste, andre = (barn.id for barn in db.session.get_one(Sak, sak.id).barn)
    versjon = str(db.session.get_one(Sak, sak.id).versjon)
    rettet = {**barnet, "foedselsaar": str(AAR - 11), "versjon": versjon, "grunn": "feil"}
    assert nav.send(f"/saker/barn/{foerste}/rett", rettet).status_code == 303
    assert lenker(sak) == familien.barnas([AAR - 11, AAR - 10])
    assert nav.send(f"/saker/barn/{foerste}/fjern").status_code == 303
    assert lenker(sak) == familien.barnas([AAR - 10])
    assert [b.id for b in db.session.get_one(Sak, sak.id).barn] == [andre]


def test_a_case_without_a_code_has_no_slip(nav: Nettleser) -> None:
    nav.send("/saker/ny", utfylt(kodevalg="uten"))
    sak = _saken()
    assert "Skriv ut koden" not in nav.se(f"/saker/{sak.id}").get_data(as_text=True)
    assert nav.se(f"/saker/{sak.id}/kode").status_code == 303
