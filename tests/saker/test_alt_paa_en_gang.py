"""All that can be known to be wrong with a form is told in one round, each thing at its own field."""

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from koordinering.db import db, i_dag, transaction
from koordinering.errors import UgyldigFelt, brutt, stopp
from koordinering.saker import services
from koordinering.saker.rules.behov import Grunnlag
from koordinering.saker.services import NyHenvisning, NyttBarn, NyttGrunnlag
from koordinering.tiltak.rules import Aktivitet
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, friplass, kommando, nummer, registrert, utfylt


def feilene(svar: TestResponse) -> set[str]:
    """The fields that something is told at; each stands in the list on top too."""
    html = svar.get_data(as_text=True)
    assert svar.status_code == 422, html
    felter = set(re.findall(r'id="([^"]+)-feil"', html))
    lenket = {re.sub(r"(?<=[a-z_])-0$", "", en) for en in re.findall(r'<li><a class="ds-link" href="#([^"]+)">', html)}
    assert felter == lenket
    return felter


def test_a_family_is_told_all_in_one_round(folk: Any, nettleser: Nettleser) -> None:
    samme, feil = nummer(), nummer()[:-1]
    data = utfylt(barn=3, barn_0_fnr=samme, barn_1_fnr=samme, barn_2_fnr=feil, tiltak=[], i_maalgruppe="")
    data |= {"barn-0-oenske1": "fotball", "barn-0-oenske3": "fotball", "barn-2-foedselsaar": "1900"}
    assert feilene(nettleser.som(folk.nav1).send("/saker/ny", data)) == {
        "barn-0-fnr",
        "barn-0-oenske1",
        "barn-1-fnr",
        "barn-2-foedselsaar",
        "barn-2-fnr",
        "i_maalgruppe",
        "tiltak",
    }


def test_the_same_number_on_three_children_is_told_at_two_of_them(folk: Any, nettleser: Nettleser) -> None:
    samme = nummer()
    data = utfylt(barn=3, barn_0_fnr=samme, barn_1_fnr=samme, barn_2_fnr=samme)
    assert feilene(nettleser.som(folk.nav1).send("/saker/ny", data)) == {f"barn-{nr}-fnr" for nr in range(3)}


def test_a_child_is_told_all_in_one_round(folk: Any, nettleser: Nettleser) -> None:
    sak = registrert(folk.nav1)
    sak_id, barn_id = sak.id, sak.barn[0].id
    db.session.rollback()
    galt = {"foedselsaar": str(AAR - 9), "fnr": nummer(), "oenske1": "dans", "oenske2": "dans", "deltar": "nei"}
    side, ventet = nettleser.som(folk.nav1), {"foedselsaar", "fnr", "oenske1", "spurt"}
    assert feilene(side.send(f"/saker/{sak_id}/barn", galt)) == ventet
    assert feilene(side.send(f"/saker/barn/{barn_id}/rett", galt)) == ventet | {"grunn"}


def test_a_consent_is_told_all_in_one_round(folk: Any, nettleser: Nettleser) -> None:
    sak_id = registrert(folk.nav1).id
    db.session.rollback()
    side, adresse = nettleser.som(folk.nav1), f"/saker/{sak_id}/samtykke"
    i_morgen = i_dag().replace(year=AAR + 1).isoformat()
    galt = {"mottaker": "to_kulturskole", "grunnlag": "samtykke", "gitt": i_morgen, "gyldig_til": ""}
    assert feilene(side.send(adresse, galt)) == {"maate", "fra", "opplysninger", "gitt"}
    galt |= {"gyldig_til": "aldri", "fra": "ungdom"}
    assert feilene(side.send(adresse, galt)) == {"maate", "fra", "opplysninger", "gitt", "gyldig_til"}
    uten_mottaker = feilene(side.send(adresse, galt | {"mottaker": ""}))
    assert uten_mottaker == {"mottaker", "maate", "opplysninger", "gitt", "gyldig_til"}, "who depends on the unit"


def test_a_referral_is_told_all_in_one_round(folk: Any, nettleser: Nettleser) -> None:
    sak = registrert(folk.nav1)
    sak_id, barn_id = sak.id, str(sak.barn[0].id)
    db.session.rollback()
    side, adresse = nettleser.som(folk.nav1), f"/saker/{sak_id}/henvisning"
    galt = {"tiltak": "4a-3", "barn": "", "grunnlag": "samtykke", "opplysninger": "behov", "fra": "ungdom"}
    assert feilene(side.send(adresse, galt)) == {"barn", "maate", "fra"}
    assert feilene(side.send(adresse, galt | {"gitt": "i går"})) == {"barn", "maate", "fra", "gitt"}
    galt = {"tiltak": "4b-2", "barn": "", "maate": "muntlig"}
    assert feilene(side.send(adresse, galt)) == {"tiltak", "grunnlag"}, "there is one already, and no basis is chosen"
    assert feilene(side.send(adresse, galt | {"barn": barn_id, "maate": ""})) == {"barn"}


@pytest.mark.parametrize(
    ("galt", "felt"), [({"barn": ""}, "barn"), ({"oenske1": "dans", "oenske2": "dans"}, "oenske1")]
)
def test_a_correction_is_told_all_in_one_round(
    folk: Any, nettleser: Nettleser, galt: dict[str, str], felt: str
) -> None:
    (henvisning,) = friplass(folk.nav1).henvisninger
    adresse, skjema = f"/saker/henvisninger/{henvisning.id}/rett", {"barn": str(henvisning.barn_id), **galt}
    db.session.rollback()
    side = nettleser.som(folk.nav1)
    assert feilene(side.send(adresse, skjema)) == {"grunn", felt}
    assert feilene(side.send(adresse, skjema | {"grunn": "feil"})) == {felt}


def test_the_service_too_tells_all_that_is_wrong(folk: Any) -> None:
    to_like = (Aktivitet.SKI, Aktivitet.SKI)
    galt = kommando(barn=(NyttBarn(AAR + 1), NyttBarn(AAR - 8, oensker=to_like)), henvisninger=(NyHenvisning("6-1"),))
    with pytest.raises(UgyldigFelt) as feil, transaction():
        services.registrer(galt, av=folk.nav1)
    alle = [(en.felt, str(en)) for en in (feil.value, *feil.value.flere)]
    assert [felt for felt, _ in alle] == ["barn-0-foedselsaar", "barn-1-oenske1", "tiltak"]
    sak = registrert(folk.nav1)
    with pytest.raises(UgyldigFelt) as en, transaction():
        services.legg_til_henvisning(sak, "6-1", None, av=folk.nav1)
    assert (en.value.felt, str(en.value)) == alle[-1], "a measure that is not on the list is told in one way"
    grunnlag = NyttGrunnlag("to_kulturskole", Grunnlag.SAMTYKKE, opplysninger=())
    with pytest.raises(UgyldigFelt) as feil, transaction():
        services.registrer_samtykke(sak, grunnlag, av=folk.nav1)
    assert [en.felt for en in (feil.value, *feil.value.flere)] == ["maate", "fra", "opplysninger"]


def test_what_is_not_wrong_stops_nobody() -> None:
    stopp(())
    assert list(brutt(lambda: None)) == []
