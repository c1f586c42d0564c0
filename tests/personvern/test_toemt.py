"""After a family has had its case emptied, nothing that the register calls sensitive is left but what is named here."""

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from sqlalchemy import insert, select, update

from koordinering.db import Base, db, transaction
from koordinering.personvern.krav.services.krav import toem_saken
from koordinering.saker.models import Barn, Hendelse, Henvisning, Sak, Sakshendelse
from koordinering.saker.routes.visning import henvisningslinjer
from koordinering.saker.rules.behov import JaNeiVetIkke, Spoersmaal, Spurt, Svar
from koordinering.saker.rules.overganger import Avslutningsgrunn, Status, Trekkgrunn
from koordinering.tildeling import services as gir
from koordinering.tildeling.models import Forslag, Forslagslinje, Oppfoelgingsperiode, Tildeling
from koordinering.tiltak.oppfoelging.rules import Oppfoelgingsresultat
from tests import fabrikk
from tests.saker.samordnet import notat, samordning
from tests.saker.skjema import nummer
from tests.tildeling.gjoer import gjoer

UNNTAK: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("sak", "i_maalgruppe"): "yes or no, and no third answer; the page says that it stays",
        ("barn", "foedselsaar"): "a child of that year was given it",
        ("henvisning", "tiltak_id"): "what was given",
        ("henvisning", "avsender_id"): "by whom",
        ("oppfoelgingsperiode", "fra"): "when",
        ("oppfoelgingsperiode", "til"): "when",
        ("hendelse", "fra"): "a status: that something was given, and how it stood when a year was counted",
        ("hendelse", "til"): "the same",
    }
)

NOEYTRALT = {("barn", "deltar"): JaNeiVetIkke.VET_IKKE, ("barn", "spurt"): Spurt.IKKE_AKTUELT}
"""Where a column must hold something."""

_IKKE_HER = {
    ("sak", "koblingskode"),
    ("sak", "kodeindeks"),
    ("sak", "holdetekst"),
    ("barn", "kjoenn"),
    ("kravdel", "innhold"),
    ("telleutdrag", "henvist"),
    ("telleutdrag", "barn"),
    ("bevart_arbeid", "innhold"),
}
"""Empty before, too, in the case of this test; other tests have them."""


def _saarbare() -> list[tuple[str, str]]:
    register = yaml.safe_load((files("koordinering") / "data" / "behandlinger.yaml").read_text(encoding="utf-8"))
    return [
        (tabell, kolonne)
        for tabell, om in register["tabeller"].items()
        for kolonne, linje in om["felt"].items()
        if str(linje).partition(" | ")[0] == "saarbar"
    ]


def _verdier(tabell: str, kolonne: str) -> set[Any]:
    tabellen = Base.metadata.tables[tabell]
    return {verdi or None for verdi in db.session.scalars(select(tabellen.c[kolonne]))}


def _full(folk: Any) -> tuple[int, int]:
    """A case with a card in the family's hands, and something in every place; the case, and the referral that stays."""
    fabrikk.kortaar()
    barna, tiltak = [fabrikk.barn(nummer=nummer())], [("4b-2", None), ("4a-3", 0)]
    sak_id = fabrikk.sak(folk.nav1, barna=barna, tiltak=tiltak, egen_referanse="NAV 7").id
    kort = db.session.scalars(select(Henvisning.id).where(Henvisning.tiltak_id == "4b-2")).one()
    gjoer(gir.ta_imot, kort, av=folk.nav1)
    gjoer(gir.gi, kort, av=folk.nav1)
    notat("nav1", samordning(db.session.get_one(Sak, sak_id), "nav1", "to_kultur_fritid").id, "Vi tar kontakt.",
          sak=db.session.get_one(Sak, sak_id))  # fmt: skip
    with transaction() as session:
        session.execute(update(Barn).values(deltar=JaNeiVetIkke.JA, spurt=Spurt.JA))
        session.execute(
            update(Henvisning)
            .where(Henvisning.id == kort)
            .values(
                grunn=Avslutningsgrunn.AVBRUTT.value,
                deltar_ved_slutt=JaNeiVetIkke.NEI,
                spoersmaal=Spoersmaal.TRENGER_UTSTYR,
            )
        )
        hendelser: dict[str, dict[str, Any]] = {
            "rettet": {"felt": "behov", "fra": "fritid", "til": "ferie", "grunn": "feil"},
            "spurt": {"til": "trenger_utstyr"},
            "svart": {"svar": Svar.JA},
            "flyttet": {"fra": "0", "til": "1", "grunn": "annet"},
            "tilbudt": {"til": "7", "felt": "forbi", "fra": "2"},
            "soesken": {"til": "ja"},
            "status": {"fra": "i_gang", "til": "avsluttet", "grunn": "avbrutt", "fritekst": b"x"},
        }
        for slag, rest in hendelser.items():
            session.execute(insert(Hendelse).values(henvisning_id=kort, slag=slag, **rest))
        for slag in ("rettet", "holdt", "overlevert"):
            session.execute(insert(Sakshendelse).values(sak_id=sak_id, slag=slag, fra="1", til="2", grunn="nytt"))
        gitt = session.scalars(select(Tildeling.id)).one()
        session.add(Oppfoelgingsperiode(tildeling_id=gitt, resultat=Oppfoelgingsresultat.IKKE_NAADD))
        forslag = Forslag(enhet_id="nav", tiltak_id="4b-2", laget_av=folk.nav1.id)
        session.add(forslag)
        session.flush()
        session.add(Forslagslinje(forslag_id=forslag.id, henvisning_id=kort, orden=1, oenske=2, fordi=[{"kode": "x"}]))
    return sak_id, kort


def test_each_sensitive_field_is_empty_after_the_case_is_emptied(folk: Any) -> None:
    sak_id, _ = _full(folk)
    foer = {felt for felt in _saarbare() if _verdier(*felt) - {None}}
    assert set(_saarbare()) - foer - set(UNNTAK) == _IKKE_HER, "a new field is filled above, so that it can be emptied"
    with transaction():
        toem_saken(db.session.get_one(Sak, sak_id), av=None)
    db.session.rollback()
    igjen = {felt: _verdier(*felt) - {None, NOEYTRALT.get(felt)} for felt in _saarbare() if felt not in UNNTAK}
    assert {felt: verdier for felt, verdier in igjen.items() if verdier} == {}
    assert _verdier("hendelse", "fra") | _verdier("hendelse", "til") <= {None, *(s.value for s in Status)}
    assert set(UNNTAK) <= set(_saarbare())
    assert not db.session.scalars(select(Forslagslinje)).all()


def test_the_history_of_an_emptied_case_says_nothing_that_is_not_so(folk: Any, app: Any) -> None:
    sak_id, kort = _full(folk)
    with transaction():
        toem_saken(db.session.get_one(Sak, sak_id), av=None)
    db.session.rollback()
    henvisning = db.session.get_one(Henvisning, kort)
    with app.test_request_context():
        linjer = henvisningslinjer(henvisning.sak, henvisning.hendelser, {}, mottaker=True)
    tekst = " ".join(f"{linje['tittel']} {linje['tekst']}" for linje in linjer)
    assert "Gitt" in tekst
    assert "Ønsket om plass for søsken ble endret" in tekst
    for galt in ("None", "Forbi", "ulike tilbud", "Avbrutt", "Nummer"):
        assert galt not in tekst


@pytest.mark.parametrize(
    ("grunn", "blir"),
    [(Trekkgrunn.FEILREGISTRERT.value, Trekkgrunn.FEILREGISTRERT.value), (Trekkgrunn.FLYTTET.value, None)],
)
def test_what_was_registered_by_mistake_is_still_not_counted(folk: Any, grunn: str, blir: str | None) -> None:
    sak_id, kort = _full(folk)
    with transaction() as session:
        session.execute(update(Henvisning).where(Henvisning.id == kort).values(status=Status.TRUKKET, grunn=grunn))
        session.execute(
            insert(Hendelse).values(henvisning_id=kort, slag="status", fra="i_gang", til="trukket", grunn=grunn)
        )
    with transaction():
        toem_saken(db.session.get_one(Sak, sak_id), av=None)
    db.session.rollback()
    assert db.session.get_one(Henvisning, kort).grunn == blir
    assert _verdier("hendelse", "grunn") == {None, blir}


def test_the_page_says_what_stays() -> None:
    side = (files("koordinering").parent / "templates" / "krav" / "vis.html").read_text(encoding="utf-8")  # type: ignore[attr-defined]
    for sagt in ("når og av hvem", "statuser", "fødselsår", "målgruppen"):
        assert sagt in side
