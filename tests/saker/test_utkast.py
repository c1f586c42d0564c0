"""A draft is saved with what there is, tells what it lacks, and is completed and sent from its case."""

import re
from typing import Any

import pytest

from koordinering.db import db, transaction
from koordinering.saker.models import Sak
from koordinering.saker.rules.behov import JaNeiVetIkke, Spurt
from koordinering.saker.rules.overganger import Status
from koordinering.users import Koblingsmodus, kommune
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, utfylt

_LITE = {"enhet": "nav", "barn-0-foedselsaar": str(AAR - 10), "i_maalgruppe": "ja", "utkast": "1"}


def _lagret(side: Nettleser, skjema: dict[str, Any]) -> tuple[Sak, str]:
    """The case of a draft, and its receipt."""
    svar = side.send("/saker/ny", skjema)
    assert svar.status_code == 303, svar.get_data(as_text=True)
    kvittering = side.se(svar.location).get_data(as_text=True)
    db.session.rollback()
    return db.session.get_one(Sak, int(re.findall(r"\d+", svar.location)[0])), kvittering


def test_a_draft_needs_no_more_than_a_year_and_whether_it_is_the_target_group(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.nav1)
    assert "Et utkast trenger bare barnas fødselsår" in side.se("/saker/ny").get_data(as_text=True)
    sak, kvittering = _lagret(side, _LITE)
    assert [(b.deltar, b.spurt) for b in sak.barn] == [(JaNeiVetIkke.VET_IKKE, Spurt.NEI)]
    assert "Utkastet er lagret</h1>" in kvittering
    assert "står som «Vet ikke» og «Nei»" in kvittering
    assert "velg «Ny henvisning»" in kvittering
    sak_id = sak.id
    db.session.rollback()
    assert "Ikke henvist ennå" in side.se("/saker").get_data(as_text=True)
    assert "Familien er ikke henvist til noe ennå." in side.se(f"/saker/{sak_id}").get_data(as_text=True)


@pytest.mark.parametrize("felt", ["barn-0-foedselsaar", "i_maalgruppe"])
def test_what_nothing_can_be_kept_in_place_of_is_asked_for_in_a_draft_too(
    folk: Any, nettleser: Nettleser, felt: str
) -> None:
    svar = nettleser.som(folk.nav1).send("/saker/ny", _LITE | {felt: ""})
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422
    assert re.findall(r'id="([^"]+)-feil"', html) == [felt]


@pytest.mark.parametrize(
    ("galt", "felt"),
    [
        ({"barn-0-fnr": "123"}, "barn-0-fnr"),
        ({"barn-0-deltar": "kanskje"}, "barn-0-deltar"),
        ({"barn-0-oenske1": "dans", "barn-0-oenske2": "dans"}, "barn-0-oenske1"),
        ({"barn-0-tiltak": ["4a-3"], "grunnlag": "samtykke", "fra": "ungdom"}, "fra"),
        ({"barn-0-tiltak": ["4a-3"], "grunnlag": "samtykke", "gitt": "i går"}, "gitt"),
    ],
)
def test_what_is_wrong_is_refused_in_a_draft_too(
    folk: Any, nettleser: Nettleser, galt: dict[str, Any], felt: str
) -> None:
    svar = nettleser.som(folk.nav1).send("/saker/ny", _LITE | {"opplysninger": ["behov"]} | galt)
    assert svar.status_code == 422
    assert re.findall(r'id="([^"]+)-feil"', svar.get_data(as_text=True)) == [felt]


@pytest.mark.parametrize("begynt", [{"grunnlag": "samtykke", "maate": "muntlig"}, {"grunnlag": "hjemmel"}])
def test_a_basis_that_was_begun_on_is_told_not_to_be_kept(
    folk: Any, nettleser: Nettleser, begynt: dict[str, str]
) -> None:
    side = nettleser.som(folk.nav1)
    skjema = _LITE | {"barn-0-tiltak": ["4a-3"], "opplysninger": ["behov"], **begynt}
    sak, kvittering = _lagret(side, skjema)
    assert sak.samtykker == []
    assert [h.status for h in sak.henvisninger] == [Status.UTKAST]
    assert "var ikke ferdig utfylt, og er ikke lagret" in kvittering


def test_a_whole_basis_is_kept_with_the_draft(folk: Any, nettleser: Nettleser) -> None:
    skjema = utfylt(barn_0_tiltak=["4a-3"], utkast="1", grunnlag="samtykke", maate="muntlig", fra="foresatt")
    sak, kvittering = _lagret(nettleser.som(folk.nav1), skjema)
    assert len(sak.samtykker) == 1
    assert "ikke lagret" not in kvittering
    assert "«Vet ikke»" not in kvittering


def test_a_draft_is_completed_and_sent_from_its_case(folk: Any, nettleser: Nettleser) -> None:
    side = nettleser.som(folk.nav1)
    sak, kvittering = _lagret(side, _LITE | {"tiltak": ["4b-2"]})
    assert "Det slettes etter 30 dager" in kvittering
    sak_id, barn_id, versjon = sak.id, sak.barn[0].id, str(sak.versjon)
    (henvisning_id,) = [h.id for h in sak.henvisninger]
    db.session.rollback()
    adresse = f"/saker/{sak_id}"
    assert "Saken er et utkast" in side.se(adresse).get_data(as_text=True)
    rettet = {"foedselsaar": str(AAR - 10), "deltar": "ja", "spurt": "ja", "grunn": "nytt", "versjon": versjon}
    assert side.send(f"/saker/barn/{barn_id}/rett", rettet).status_code == 303
    assert side.send(f"/saker/henvisninger/{henvisning_id}/send").status_code == 303
    assert "Saken er et utkast" not in side.se(adresse).get_data(as_text=True)


def test_a_draft_may_leave_the_familys_code_for_later(folk: Any, nettleser: Nettleser) -> None:
    with transaction():
        kommune().koblingsmodus = Koblingsmodus.REFERANSE
    side = nettleser.som(folk.nav1)
    sak, _ = _lagret(side, _LITE)
    assert sak.kodeindeks is None
    assert side.send("/saker/ny", _LITE | {"kode": "K-0000"}).status_code == 422, "one that was typed is not left out"


def test_what_is_sent_needs_every_answer(folk: Any, nettleser: Nettleser) -> None:
    svar = nettleser.som(folk.nav1).send("/saker/ny", _LITE | {"utkast": "", "tiltak": ["4b-2"]})
    assert svar.status_code == 422
    assert re.findall(r'id="([^"]+)-feil"', svar.get_data(as_text=True)) == ["barn-0-deltar", "barn-0-spurt"]
