"""The case: opened, corrected, handed over, deleted; consent given and withdrawn; lists."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from koordinering.audit import Hva, Innslag
from koordinering.db import db, transaction
from koordinering.errors import Endret, FinnesIkke, IngenTilgang, UgyldigFelt, UgyldigOvergang
from koordinering.saker import queries, services
from koordinering.saker.models import Barn, Henvisning, Oenske, Sak, Sakshendelse
from koordinering.saker.queries import Saksfilter
from koordinering.saker.rules.behov import Behov, Rettegrunn
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.saker.rules.overganger import Status
from koordinering.saker.services import NyHenvisning, NyttBarn, SakRettelse
from koordinering.tiltak.rules import Aktivitet
from tests import fabrikk
from tests.arkitektur.test_sporringer import Teller
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, friplass, registrert, samtykke


def _rettelse(sak: Sak, **felter: Any) -> SakRettelse:
    data: dict[str, Any] = {
        "i_maalgruppe": sak.i_maalgruppe,
        "behov": frozenset(b.behov for b in sak.behov),
        "egen_referanse": services.les_egen_referanse(sak),
        "grunn": Rettegrunn.FEIL,
        "versjon": sak.versjon,
    }
    return SakRettelse(**(data | felter))


def test_opening_a_case_is_logged_and_only_for_the_own_unit(folk: Any, nettleser: Nettleser) -> None:
    sak = friplass(folk.nav1)
    sak_id = sak.id
    for user in (folk.nav2, folk.navleder1):
        fabrikk.grunn(user, sak)
    db.session.rollback()
    for user, status in ((folk.nav2, 200), (folk.navleder1, 200), (folk.helse1, 404), (folk.inkludering1, 404)):
        assert nettleser.som(user).se(f"/saker/{sak_id}").status_code == status
    db.session.rollback()
    lest = db.session.scalars(select(Innslag.user_id).where(Innslag.hva == Hva.SAK_LEST)).all()
    assert sorted(i or 0 for i in lest) == sorted([folk.nav2.id, folk.navleder1.id])


def test_a_leader_reads_and_hands_over_but_changes_nothing(folk: Any, nettleser: Nettleser) -> None:
    sak = friplass(folk.nav1)
    sak_id = sak.id
    fabrikk.grunn(folk.navleder1, sak, Aapningsgrunn.LEDELSE)
    db.session.rollback()
    side = nettleser.som(folk.navleder1)
    html = side.se(f"/saker/{sak_id}").get_data(as_text=True)
    assert "Overlever saken" in html
    assert "Slett saken" not in html
    for adresse in ("rett", "barn", "henvisning", "samtykke"):
        assert side.se(f"/saker/{sak_id}/{adresse}").status_code == 404
    assert side.send(f"/saker/{sak_id}/slett").status_code == 404
    assert side.send(f"/saker/{sak_id}/overlever", {"til": str(folk.nav2.id)}).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Sak, sak_id).ansvarlig_id == folk.nav2.id


def test_a_case_goes_only_to_a_colleague(folk: Any) -> None:
    sak = registrert(folk.nav1)
    for til in (folk.helse1.id, folk.navleder1.id, sak.ansvarlig_id, 999_999):
        with pytest.raises(UgyldigFelt), transaction():
            services.overlever(queries.sak(folk.nav1, sak.id), til, av=folk.nav1)


def test_each_correction_is_an_event_with_old_new_and_why(folk: Any) -> None:
    sak = friplass(folk.nav1)
    with transaction():
        rettelse = _rettelse(sak, i_maalgruppe=False, behov=frozenset({Behov.FERIE}), egen_referanse="sak 9")
        services.rett_sak(queries.sak(folk.nav1, sak.id), rettelse, av=folk.nav1)
    hendelser = db.session.scalars(select(Sakshendelse).where(Sakshendelse.slag == "rettet")).all()
    assert {(h.felt, h.fra, h.til, h.grunn) for h in hendelser} == {
        ("i_maalgruppe", "ja", "nei", "feil"),
        ("egen_referanse", None, None, "feil"),
        ("behov", "", "ferie", "feil"),
    }
    assert services.les_egen_referanse(sak) == "sak 9"
    assert [(h.slag, h.felt) for h in sak.henvisninger[0].hendelser][1:] == [("rettet", "behov")]


@pytest.mark.parametrize("hva", ["sak", "barn", "henvisning"])
def test_why_it_is_corrected_is_never_chosen_beforehand(folk: Any, nettleser: Nettleser, hva: str) -> None:
    sak = friplass(folk.nav1)
    barnet, versjon = sak.barn[0], str(sak.versjon)
    barn = {"foedselsaar": str(AAR - 12), "deltar": "nei", "spurt": "ja"}
    adresse, skrevet = {
        "sak": (f"/saker/{sak.id}/rett", {"i_maalgruppe": "ja", "egen_referanse": "sak 7"}),
        "barn": (f"/saker/barn/{barnet.id}/rett", barn),
        "henvisning": (f"/saker/henvisninger/{sak.henvisninger[0].id}/rett", {"barn": str(barnet.id)}),
    }[hva]
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    valgene = re.search(r'<select[^>]*name="grunn".*?</select>', side.se(adresse).get_data(as_text=True), re.DOTALL)
    assert valgene
    assert re.search(r'<select[^>]*>\s*<option[^>]*value="">Velg</option>', valgene[0])
    assert not re.search(r'<option selected value="[^"]|value="[^"]+"[^>]* selected', valgene[0])
    svar = side.send(adresse, skrevet | {"versjon": versjon, "grunn": ""})
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert "Velg hvorfor." in html.split('id="grunn-feil"', 1)[1].split("</p>", 1)[0]
    assert all(verdi in html for verdi in skrevet.values())


def test_two_who_correct_at_the_same_time_notice_each_other(folk: Any) -> None:
    sak = registrert(folk.nav1)
    gammel = _rettelse(sak, behov=frozenset({Behov.FERIE}))
    with transaction():
        services.rett_sak(queries.sak(folk.nav1, sak.id), gammel, av=folk.nav1)
    with pytest.raises(Endret), transaction():
        services.rett_sak(queries.sak(folk.nav1, sak.id), gammel, av=folk.nav1)


def test_correcting_over_http_keeps_what_was_typed(folk: Any, nettleser: Nettleser) -> None:
    sak = registrert(folk.nav1)
    adresse, versjon = f"/saker/{sak.id}/rett", str(sak.versjon)
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert side.se(adresse).status_code == 200
    skjema = {"i_maalgruppe": "ja", "behov": ["ferie"], "egen_referanse": "sak 7", "versjon": versjon}
    svar = side.send(adresse, skjema)
    assert svar.status_code == 422
    assert "sak 7" in svar.get_data(as_text=True)
    assert side.send(adresse, skjema | {"grunn": "feil"}).status_code == 303
    svar = side.send(adresse, skjema | {"grunn": "feil", "egen_referanse": "sak 8"})
    assert svar.status_code == 409
    html = svar.get_data(as_text=True)
    assert "sak 8" in html
    assert "Noen andre har endret saken" in html
    # what the other wrote is to be seen before it is written over, and what is as it was is not told of
    assert set(re.findall(r"I saken står det nå: ([^<]*)\.", html)) == {"sak 7"}
    ny_versjon = re.search(r'name="versjon"[^>]*value="(\d+)"', html)
    assert ny_versjon
    igjen = skjema | {"grunn": "feil", "egen_referanse": "sak 8", "versjon": ny_versjon[1]}
    assert side.send(adresse, igjen).status_code == 303


def test_what_a_colleague_ticked_meanwhile_is_told_of_in_words(folk: Any, nettleser: Nettleser) -> None:
    sak = registrert(folk.nav1)
    adresse, versjon = f"/saker/{sak.id}/rett", str(sak.versjon)
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    skjema = {"i_maalgruppe": "ja", "grunn": "feil", "versjon": versjon}
    assert side.send(adresse, {**skjema, "behov": ["ferie", "sfo_kulturskole"]}).status_code == 303
    html = side.send(adresse, {**skjema, "behov": ["ferie"]}).get_data(as_text=True)
    sagt = set(re.findall(r"I saken står det nå: ([^<]*)\.", html))
    assert sagt == {", ".join(b.tekst for b in Behov if b in {Behov.FERIE, Behov.SFO_KULTURSKOLE})}


def _valgt(svar: TestResponse, verdi: str) -> bool:
    """Whether what was chosen is still chosen on a page that says that the case was changed meanwhile."""
    html = svar.get_data(as_text=True)
    assert (svar.status_code, "Det du skrev, står her" in html) == (409, True)
    return re.search(rf'value="{verdi}"[^>]* selected|selected[^>]* value="{verdi}"', html) is not None


def test_a_child_is_added_corrected_and_removed(folk: Any, nettleser: Nettleser) -> None:
    sak = friplass(folk.nav1, barn=NyttBarn(AAR - 10, oensker=(Aktivitet.SKI,)))
    sak_id, barn_id, versjon = sak.id, sak.barn[0].id, str(sak.versjon)
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    skjema = {"foedselsaar": str(AAR - 4), "deltar": "nei", "spurt": "nei", "oenske1": "dans", "oenske2": "ski"}
    assert side.se(f"/saker/{sak_id}/barn").status_code == 200
    assert side.send(f"/saker/{sak_id}/barn", skjema | {"foedselsaar": "1900"}).status_code == 422
    assert side.send(f"/saker/{sak_id}/barn", skjema).status_code == 303
    assert side.se(f"/saker/barn/{barn_id}/rett").status_code == 200
    rettet = skjema | {"grunn": "barnet_ombestemte", "foedselsaar": str(AAR - 10)}
    assert _valgt(side.send(f"/saker/barn/{barn_id}/rett", rettet | {"versjon": versjon}), "dans")
    db.session.rollback()
    ny_versjon = str(db.session.get_one(Sak, sak_id).versjon)
    db.session.rollback()
    assert side.send(f"/saker/barn/{barn_id}/rett", rettet | {"versjon": ny_versjon}).status_code == 303
    db.session.rollback()
    sak = db.session.get_one(Sak, sak_id)
    assert [o.aktivitet for o in sak.barn[0].oensker] == [Aktivitet.DANS, Aktivitet.SKI]
    assert ("oensker", "ski", "dans,ski", "barnet_ombestemte") in {
        (h.felt, h.fra, h.til, h.grunn) for h in sak.henvisninger[0].hendelser
    }
    nytt_barn = sak.barn[1].id
    db.session.rollback()
    assert side.send(f"/saker/barn/{nytt_barn}/fjern").status_code == 303
    assert side.send(f"/saker/barn/{barn_id}/fjern").status_code == 422
    historie = side.se(f"/saker/{sak_id}").get_data(as_text=True)
    assert "Barn 1, Ønsker: Ski → Dans, Ski. Barnet har ombestemt seg" in historie


def test_a_wrong_registration_is_deleted_whole(folk: Any, nettleser: Nettleser) -> None:
    sak_id = friplass(folk.nav1, barn=NyttBarn(AAR - 10, oensker=(Aktivitet.SKI,))).id
    db.session.rollback()
    assert nettleser.som(folk.nav1).send(f"/saker/{sak_id}/slett").status_code == 303
    db.session.rollback()
    for modell in (Sak, Barn, Henvisning, Oenske, Sakshendelse):
        assert db.session.scalar(select(func.count()).select_from(modell)) == 0
    slettet = db.session.scalars(select(Innslag.gjelder_id).where(Innslag.hva == Hva.SAK_SLETTET)).all()
    assert slettet == [sak_id]


def test_what_was_given_keeps_the_case(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.kortaar()
    side = nettleser.som(folk.nav1)
    data = {"enhet": "nav", "i_maalgruppe": "ja", "tiltak": "4b-2", "del_ut": "y"}
    data |= {"barn-0-foedselsaar": str(AAR - 9), "barn-0-deltar": "nei", "barn-0-spurt": "ja"}
    sak = side.send("/saker/ny", data).location.removesuffix("/kvittering")
    assert "kan saken ikke slettes" in side.se(sak).get_data(as_text=True)
    svar = side.send(f"{sak}/slett")
    assert svar.status_code == 409
    assert "Ta det tilbake først" in svar.get_data(as_text=True)


def test_consent_given_later_sends_what_waited(folk: Any, nettleser: Nettleser) -> None:
    sak_id = friplass(folk.nav1, med_samtykke=False).id
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert "Registrer samtykke" in side.se(f"/saker/{sak_id}").get_data(as_text=True)
    skjema = {"mottaker": "inkluderingskonsulent", "grunnlag": "samtykke", "maate": "skriftlig"}
    skjema["opplysninger"] = "behov"
    assert side.send(f"/saker/{sak_id}/samtykke", skjema).status_code == 422
    assert side.send(f"/saker/{sak_id}/samtykke", skjema | {"fra": "foresatt"}).status_code == 303
    db.session.rollback()
    (henvisning,) = db.session.get_one(Sak, sak_id).henvisninger
    assert (henvisning.status, henvisning.synlig) == (Status.SENDT, True)


def test_withdrawn_consent_hides_at_once_and_withdraws(folk: Any, nettleser: Nettleser) -> None:
    sak = friplass(folk.nav1)
    sak_id, samtykke_id, henvisning_id = sak.id, sak.samtykker[0].id, sak.henvisninger[0].id
    assert queries.mottatt(folk.inkludering1, henvisning_id).id == henvisning_id
    db.session.rollback()
    assert nettleser.som(folk.helse1).send(f"/samtykker/{samtykke_id}/trekk").status_code == 404
    side = nettleser.som(folk.nav1)
    assert side.send(f"/samtykker/{samtykke_id}/trekk").location == f"/saker/{sak_id}"
    assert side.send(f"/samtykker/{samtykke_id}/trekk").status_code == 409
    db.session.rollback()
    henvisning = db.session.get_one(Henvisning, henvisning_id)
    assert (henvisning.status, henvisning.grunn, henvisning.synlig) == (Status.TRUKKET, "samtykke_trukket", False)
    with pytest.raises(FinnesIkke):
        queries.mottatt(folk.inkludering1, henvisning_id)


def test_one_of_two_consents_withdrawn_changes_nothing(folk: Any) -> None:
    to = (samtykke("inkluderingskonsulent"), samtykke("inkluderingskonsulent"))
    sak = registrert(folk.nav1, henvisninger=(NyHenvisning("4a-3", 0),), grunnlag=to)
    with transaction():
        funnet = queries.samtykke(folk.nav1, sak.samtykker[0].id)
        assert services.trekk_samtykke(funnet, av=folk.nav1) == []
    assert sak.henvisninger[0].synlig
    with pytest.raises(UgyldigOvergang), transaction():
        services.trekk_samtykke(queries.samtykke(folk.nav1, sak.samtykker[0].id), av=folk.nav1)


def test_every_filter_finds_its_own(folk: Any, nettleser: Nettleser) -> None:
    utkast = registrert(folk.nav1, utkast=True)
    venter = friplass(folk.nav2, med_samtykke=False)
    vist = registrert(folk.nav1, henvisninger=(NyHenvisning("4b-3"),))
    registrert(folk.helse1, "to_helsestasjon")
    ventet = {
        Saksfilter.MINE: {utkast.id, vist.id},
        Saksfilter.ENHETEN: {utkast.id, venter.id, vist.id},
        Saksfilter.UTKAST: {utkast.id},
        Saksfilter.SAMTYKKE: {venter.id},
        Saksfilter.SPOERSMAAL: set(),
        Saksfilter.BESKJED: set(),
        Saksfilter.AAPNE: {utkast.id, venter.id},
        Saksfilter.AVSLUTTEDE: {vist.id},
    }
    for filter_, saker in ventet.items():
        assert {sak.id for sak in queries.side(folk.nav1, filter_).rader} == saker, filter_
    assert queries.antall_som_venter(folk.nav1)[Saksfilter.SAMTYKKE] == 1
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    for filter_ in (*Saksfilter, "finnes-ikke"):
        assert side.se(f"/saker?filter={filter_}").status_code == 200


def test_a_page_of_the_list_costs_the_same_with_few_and_many(folk: Any, nettleser: Nettleser) -> None:
    registrert(folk.nav1)
    side = nettleser.som(folk.nav1)
    db.session.rollback()
    side.se("/saker")
    antall = []
    for _ in range(2):
        setninger: list[str] = []

        def lytt(*args: Any, til: list[str] = setninger) -> None:
            til.append(args[2])

        event.listen(db.engine, "before_cursor_execute", lytt)
        side.se("/saker?filter=enheten")
        event.remove(db.engine, "before_cursor_execute", lytt)
        antall.append(len(setninger))
        for _nr in range(30):
            registrert(folk.nav1)
        db.session.rollback()
    assert antall[0] == antall[1]
    html = side.se("/saker?filter=enheten").get_data(as_text=True)
    assert html.count("/saker/") >= 25
    assert "Neste" in html


def test_nobody_corrects_the_case_of_another_unit(folk: Any) -> None:
    sak = registrert(folk.nav1)
    rettelse = _rettelse(sak)
    for user in (folk.helse1, folk.navleder1, folk.inkludering1, folk.system1):
        with pytest.raises(IngenTilgang), transaction():
            services.rett_sak(db.session.get_one(Sak, sak.id), rettelse, av=user)


@pytest.mark.bare_sqlite
def test_the_pages_of_a_case_cost_the_same_for_one_child_and_for_many(app: Flask, folk: Any) -> None:
    def kostnad(barna: int) -> dict[str, int]:
        sak = fabrikk.sak(
            folk.nav1,
            barna=[fabrikk.barn(oensker=(Aktivitet.FOTBALL, Aktivitet.DANS)) for _ in range(barna)],
            tiltak=[(tiltak, nr) for nr in range(barna) for tiltak in ("4a-3", "4b-11")],
        )
        teller = Teller(app)
        sider = ("", "/kvittering", "/rett", "/henvisning", "/samtykke", "/samtykketekst")
        return {side: teller.sporringer("nav1", f"/saker/{sak.id}{side}") for side in sider}

    assert kostnad(1) == kostnad(4)
