"""The shelf: items put in and changed, labels, stock-taking, counts and files, through the front door."""

import io
import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from koordinering.db import OSLO, db, i_dag, transaction
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.models import Maanedsutlaan, Utlaan, Utstyrsenhet, Varetelling
from koordinering.tiltak.utstyr.rules.tilstander import FRA, TIL, Kategori, Status
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.tiltak.utstyr.test_disk import status, tekst

NYTT = {
    "navn": "Slalåmski",
    "kategori": "alpint",
    "stoerrelse": "130 cm",
    "tilstand": "ny",
    "deler": "ski\nstøvler\n\n",
    "strekkode": "",
    "antall": "1",
}


def test_new_items_get_numbers_and_codes_of_their_own(folk: Any, nettleser: Nettleser) -> None:
    nb = nettleser.som(folk.fretex1)
    assert nb.send("/utstyr/enheter/ny", NYTT).status_code == 303
    svar = nb.send("/utstyr/enheter/ny", {**NYTT, "antall": "3", "deler": ""})
    assert svar.location == "/utstyr/etiketter?fra=2&til=4"
    rader = db.session.scalars(select(Utstyrsenhet).order_by(Utstyrsenhet.nummer)).all()
    assert [(r.nummer, r.strekkode) for r in rader] == [(n, f"U00000{n}") for n in range(1, 5)]
    assert [d.navn for d in rader[0].deler] == ["ski", "støvler"]
    etiketter = nb.se(svar.location).get_data(as_text=True)
    assert etiketter.count('class="strekkode"') == 3
    assert "U000004" in etiketter


GALT = (
    ("navn", ""),
    ("navn", "x" * 101),
    ("kategori", "fallskjerm"),
    ("tilstand", "kassert"),
    ("antall", "0"),
    ("antall", "51"),
    ("antall", "-1"),
    ("antall", "mange"),
    ("strekkode", "12"),
    ("strekkode", "OP1-123456"),
    ("strekkode", "U000001"),
    ("deler", "ski\nski"),
    ("deler", "\n".join(map(str, range(21)))),
    ("deler", "x" * 61),
)


def test_wrong_input_stands_at_its_field(folk: Any, nettleser: Nettleser) -> None:
    fabrikk.utstyr(folk.fretex1)
    nb = nettleser.som(folk.fretex1)
    for felt, galt in GALT:
        svar = nb.send("/utstyr/enheter/ny", {**NYTT, felt: galt})
        assert svar.status_code == 422, (felt, galt)
        assert f'id="{felt}-feil"' in svar.get_data(as_text=True), (felt, galt)
        assert "130 cm" in svar.get_data(as_text=True)
    assert db.session.scalar(select(func.count(Utstyrsenhet.id))) == 1


def test_a_changed_item_and_a_page_that_is_too_old(folk: Any, nettleser: Nettleser) -> None:
    (enhet,) = fabrikk.utstyr(folk.fretex1, deler=("ski",))
    id_ = enhet.id
    nb = nettleser.som(folk.fretex1)
    side = nb.se(f"/utstyr/enheter/{id_}/endre").get_data(as_text=True)
    versjon = re.search(r'name="versjon"[^>]*value="(\d+)"', side)
    assert versjon
    skjema = {**NYTT, "versjon": versjon[1], "strekkode": "BUA-17"}
    assert nb.send(f"/utstyr/enheter/{id_}/endre", skjema).status_code == 303
    gammel = nb.send(f"/utstyr/enheter/{id_}/endre", {**skjema, "navn": "Noe annet"})
    assert gammel.status_code == 409
    html = gammel.get_data(as_text=True)
    assert "Noe annet" in html
    assert re.findall(r"</span>Nå står det: ([^<]*)\.</p>", html) == [NYTT["navn"]], (
        "what the other wrote, unseen no more"
    )
    oeverst = html.split("data-feiloppsummering", 1)[1].split("</ul>", 1)[0]
    assert f">Hva det er: Nå står det: {NYTT['navn']}.</a>" in oeverst, "on top of the form it says which field"
    ny = re.search(r'name="versjon"[^>]*value="(\d+)"', html)
    assert ny
    igjen = {**skjema, "navn": "Noe annet", "versjon": ny[1]}
    assert nb.send(f"/utstyr/enheter/{id_}/endre", igjen).status_code == 303, "looked over, and saved again"
    assert queries.finn(fabrikk.bruker("fretex1"), "bua-17") is not None
    assert nb.send("/utstyr/skann", {"kode": "U000001"}).status_code == 422


def test_items_that_are_sent_twice_are_put_in_once(folk: Any, nettleser: Nettleser) -> None:
    nb = nettleser.som(folk.fretex1)
    noekkel = re.search(r'name="noekkel"[^>]*value="(\d+)"', nb.se("/utstyr/enheter/ny").get_data(as_text=True))
    assert noekkel
    skjema = {**NYTT, "antall": "3", "strekkode": "", "noekkel": noekkel[1]}
    svar = [nb.send("/utstyr/enheter/ny", skjema) for _ in range(2)]
    assert [s.status_code for s in svar] == [303, 303]
    assert svar[0].location == svar[1].location, "the same labels"
    assert db.session.scalar(select(func.count(Utstyrsenhet.id))) == 3


def test_parts_stay_while_the_set_is_out(folk: Any, nettleser: Nettleser) -> None:
    (enhet,) = fabrikk.utstyr(folk.fretex1, deler=("ski",))
    fabrikk.utlaan(folk.fretex1, enhet)
    svar = nettleser.som(folk.fretex1).send(f"/utstyr/enheter/{enhet.id}/endre", {**NYTT, "versjon": "1"})
    assert svar.status_code == 422
    assert "mens enheten er utlånt" in tekst(svar)


def test_only_what_the_table_allows_is_done(folk: Any, nettleser: Nettleser) -> None:
    """From free, each action; then the same again, which is harmless."""
    enheter = fabrikk.utstyr(folk.fretex1, antall=len(TIL))
    nb = nettleser.som(folk.fretex1)
    for enhet, handling in zip(enheter, TIL, strict=True):
        svar = [nb.send(f"/utstyr/enheter/{enhet.id}/gjoer/{handling.value}").status_code for _ in range(2)]
        gaar = Status.LEDIG in FRA[handling]
        assert svar == [303 if gaar else 409, 409]
        assert status(enhet) == [TIL[handling] if gaar else Status.LEDIG]


def test_what_was_thrown_away_by_mistake_is_taken_in_again(folk: Any, nettleser: Nettleser) -> None:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    side = f"/utstyr/enheter/{enhet.id}"
    nb = nettleser.som(folk.fretex1)
    assert nb.send(f"{side}/gjoer/kassert").status_code == 303
    assert "Ta inn igjen" in tekst(nb.se(side))
    assert nb.send(f"{side}/gjoer/tatt_inn").status_code == 303
    assert status(enhet) == [Status.LEDIG]
    assert "Tatt inn igjen" in tekst(nb.se(side))


def test_the_list_is_searched_and_filtered(folk: Any, nettleser: Nettleser) -> None:
    ski = fabrikk.utstyr(folk.fretex1, antall=30)
    fabrikk.utstyr(folk.fretex1, navn="Ørretstang", kategori=Kategori.VANN, strekkode="FISK-1")
    fabrikk.utlaan(folk.fretex1, ski[3])
    nb = nettleser.som(folk.fretex1)
    for soek, treff in (
        ("q=ørret", 1), ("q=fisk-1", 1), ("q=7", 1), ("q=%25", 0), ("filter=ute", 1), ("kategori=vann", 1),
        ("filter=kassert", 0), ("filter=tull&kategori=tull", 25), ("side=tull", 25), ("q=150 cm", 25),
    ):  # fmt: skip
        side = nb.se(f"/utstyr/enheter?{soek}").get_data(as_text=True)
        assert len(re.findall(r'<th scope="row"', side)) == treff, soek
    assert "31 i alt" in tekst(nb.se("/utstyr/enheter"))


def test_stock_taking_finds_what_is_missing_and_what_should_not_be_there(folk: Any, nettleser: Nettleser) -> None:
    sett, borte, ute, savnet = fabrikk.utstyr(folk.fretex1, antall=4)
    fabrikk.utlaan(folk.fretex1, ute)
    nb = nettleser.som(folk.fretex1)
    nb.send(f"/utstyr/enheter/{savnet.id}/gjoer/savnet")
    for _ in range(2):
        assert nb.send("/utstyr/telling/start").status_code == 303
    id_ = db.session.scalars(select(Varetelling.id)).one()
    for kode in ("1", "U000001", "3", "U000004", "NOEN-ANDRES-9"):
        assert nb.send(f"/utstyr/telling/{id_}", {"kode": kode}).status_code == 303, kode
    for galt in ("99", "OP1-123456", "æøå", "x" * 70):
        svar = nb.send(f"/utstyr/telling/{id_}", {"kode": galt})
        assert svar.status_code == 422
        assert galt not in svar.get_data(as_text=True) or galt == "99"
    side = tekst(nb.se("/utstyr/telling"))
    assert "1 talt" in side
    assert "1 ikke sett ennå" in side
    assert "3 uventet" in side
    assert "Ukjent strekkode NOEN-ANDRES-9" in side
    assert nb.send(f"/utstyr/telling/{id_}/avslutt", {"merk": "1"}).status_code == 303
    assert nb.send(f"/utstyr/telling/{id_}/avslutt", {"merk": "1"}).status_code == 404
    assert status(sett, borte, ute, savnet) == [Status.LEDIG, Status.SAVNET, Status.UTE, Status.LEDIG]
    ferdig = db.session.scalars(select(Varetelling)).one()
    assert (ferdig.funnet, ferdig.mangler, ferdig.uventet) == (1, 1, 3)


def test_a_stock_taking_that_only_looks_changes_nothing(folk: Any, nettleser: Nettleser) -> None:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    nb = nettleser.som(folk.fretex1)
    nb.send("/utstyr/telling/start")
    id_ = db.session.scalars(select(Varetelling.id)).one()
    nb.send(f"/utstyr/telling/{id_}/avslutt")
    assert status(enhet) == [Status.LEDIG]


# --- Counts ------------------------------------------------------------------------------------------------


def test_loans_are_counted_by_category_and_month_as_norway_counts_days(folk: Any, nettleser: Nettleser) -> None:
    ski = fabrikk.utstyr(folk.fretex1, antall=3)
    telt = fabrikk.utstyr(folk.fretex1, navn="Telt", kategori=Kategori.TUR)
    utlaan = [*fabrikk.utlaan(folk.fretex1, *ski), *fabrikk.utlaan(folk.fretex1, *telt)]
    tider = (
        datetime(2024, 12, 31, 23, 59, tzinfo=OSLO),
        datetime(2025, 1, 1, 0, 0, tzinfo=OSLO),
        datetime(2025, 12, 31, 23, 59, tzinfo=OSLO),
        datetime(2025, 6, 30, 23, 30, tzinfo=OSLO),
    )
    with transaction() as session:
        for rad, ut in zip(utlaan, tider, strict=True):
            session.execute(update(Utlaan).where(Utlaan.id == rad.id).values(ut=ut))
    tall = queries.utlaan_per_maaned(2025)
    assert tall[Kategori.LANGRENN] == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
    assert tall[Kategori.TUR] == (0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    assert set(tall) == set(Kategori)
    assert queries.utlaan_per_maaned(2025, "nav")[Kategori.TUR] == (0,) * 12
    nb = nettleser.som(folk.fretex1)
    side = tekst(nb.se("/utstyr/tall?aar=2025"))
    assert "Langrenn 1 0 0 0 0 0 0 0 0 0 0 1 2" in side
    assert "Sum 1 0 0 0 0 1 0 0 0 0 0 1 3" in side
    assert nb.se("/utstyr/tall?aar=1900").status_code == 404


def eget_system(nb: Nettleser) -> None:
    assert nb.send("/utstyr/valg", {"laanetid": "14", "eget_system": "y"}).status_code == 303


def test_an_operator_with_a_system_of_its_own_enters_months(folk: Any, nettleser: Nettleser) -> None:
    (enhet,) = fabrikk.utstyr(folk.fretex1)
    nb = nettleser.som(folk.fretex1)
    assert "ingenting å føre" in tekst(nb.send("/utstyr/tall/2025/1", {"tur": "3"}))
    assert nb.send("/utstyr/valg", {"laanetid": "0"}).status_code == 422
    (utlaan,) = fabrikk.utlaan(folk.fretex1, enhet)
    assert nb.send("/utstyr/valg", {"laanetid": "7", "eget_system": "y"}).status_code == 422
    nb.send(f"/utstyr/utlaan/{utlaan.id}/tapt")
    eget_system(nb)
    assert nb.se("/utstyr/ut").status_code == 302
    assert nb.send("/utstyr/tall/2025/1", {"tur": "3", "vann": ""}).status_code == 303
    for galt in ("-1", "mange", "100001"):
        assert nb.send("/utstyr/tall/2025/1", {"tur": galt}).status_code == 422
    frem = i_dag() + timedelta(days=32)
    for sti in ("2025/13", "1999/1", f"{frem.year}/{frem.month}"):
        assert nb.se(f"/utstyr/tall/{sti}").status_code == 404
    assert queries.utlaan_per_maaned(2025)[Kategori.TUR][0] == 3
    assert 'value="3"' in nb.se("/utstyr/tall/2025/1").get_data(as_text=True)
    assert "/utstyr/tall/2025/12" in nb.se("/utstyr/tall?aar=2025").get_data(as_text=True), "each month can be mended"


def _fil(innhold: str) -> dict[str, Any]:
    return {"fil": (io.BytesIO(innhold.encode()), "tall.csv")}


def test_a_file_is_shown_and_then_all_of_it_is_written_or_nothing(folk: Any, nettleser: Nettleser) -> None:
    nb = nettleser.som(folk.fretex1)
    eget_system(nb)
    hode = "år;måned;kategori;utlån\n"
    assert nb.send("/utstyr/tall/import").status_code == 422
    feil = nb.send("/utstyr/tall/import", _fil(f"{hode}2025;1;tur;4\n2025;13;tur;4\n2025;2;<b>;4\n"))
    assert feil.status_code == 422
    assert "2 rader er feil" in tekst(feil)
    assert "bekreft" not in feil.get_data(as_text=True)
    assert nb.send("/utstyr/tall/import", _fil("hva;som;helst\n1;2;3\n")).status_code == 422
    vist = nb.send("/utstyr/tall/import", _fil(f"{hode}2025;1;tur;4\n2025;2;Langrenn;7\n"))
    assert vist.status_code == 200
    assert db.session.scalar(select(func.count()).select_from(Maanedsutlaan)) == 0
    rader = re.search(r'name="rader"[^>]*value="([^"]*)"', vist.get_data(as_text=True))
    assert rader
    innhold = rader[1].replace("&#34;", '"')
    for tuklet in ("", "[]", "{}", "[[2025,1]]", "[" * 500, innhold.replace("2025", "2099")):
        assert nb.send("/utstyr/tall/import/bekreft", {"rader": tuklet}).status_code == 422
    for _ in range(2):  # a second click writes the same again
        assert nb.send("/utstyr/tall/import/bekreft", {"rader": innhold}).status_code == 303
    tall = queries.utlaan_per_maaned(2025)
    assert (tall[Kategori.TUR][0], tall[Kategori.LANGRENN][1]) == (4, 7)


def test_the_days_of_a_loan_are_the_units_choice(folk: Any, nettleser: Nettleser) -> None:
    nb = nettleser.som(folk.fretex1)
    assert nb.send("/utstyr/valg", {"laanetid": "14"}).status_code == 303
    assert (i_dag() + timedelta(days=14)).strftime("%d.%m.%Y") in nb.se("/utstyr/ut").get_data(as_text=True)
    with transaction():
        services.sett_valg(7, eget_system=False, av=fabrikk.bruker("fretex1"))
