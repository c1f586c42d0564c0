"""No list, search, case or registration looks at more rows where there are more of them.

What is counted is not time: on SQLite the instructions that its machine carries out for a page, on PostgreSQL the rows
that the nodes of each plan read (who sorts a list has read all of it), with scans of whole tables made dear, so that a
small table is read as a large one is. The page is held against itself with four times as many cases. What is counted
or weighed up to a bound has a small one here, so that both are beyond it, as a large municipality is.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Text, case, cast, event, insert, literal, select, text, update

from koordinering import sider
from koordinering.app import _HVER_TIME
from koordinering.audit import Innslag
from koordinering.db import db, now, transaction
from koordinering.motor import hold_statistikken
from koordinering.saker.models import Barn, Henvisning, Sak, Samtykke
from koordinering.saker.queries import Saksfilter, liste
from koordinering.saker.rules.behov import Spoersmaal
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling.queries import Innboksfilter, koe, tilbudt
from koordinering.tildeling.queries.venter import Ventefilter
from koordinering.tildeling.routes import fordel
from koordinering.users import Rolletildeling
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.saker.skjema import nummer, utfylt

LITEN, STOR = 100, 400
"""Cases of each kind: more than a page and than is counted, and four times as many."""

HOEYST = 1.2
HVER = 20
"""Instructions of SQLite's machine between two ticks."""

SLINGRING = 20
"""Ticks or rows that a page may cost more all the same: a key of the index on another page of it."""

INNBOKS = (Innboksfilter.VENTER, Innboksfilter.VENTELISTE, Innboksfilter.AVSLUTTET)
"""Of several statuses and of one: the others are the same statement."""

USENDT = {Status.UTKAST, Status.VENTER_SAMTYKKE}
SLAG: tuple[tuple[Status, dict[str, Any]], ...] = (
    (Status.UTKAST, {}),
    (Status.VENTER_SAMTYKKE, {}),
    (Status.SENDT, {}),
    (Status.PAA_VENT, {"spoersmaal": next(iter(Spoersmaal))}),
    (Status.UNDER_BEHANDLING, {"beskjed_siden": now(), "koe": 1}),
    (Status.VENTELISTE, {"svar_innen": now()}),
    (Status.VENTELISTE, {}),
    (Status.AVSLUTTET, {}),
)
"""One case of each kind is made, and copied: between them they stand under every filter."""


class By:
    """A unit's cases, to be multiplied in the database itself."""

    def __init__(self, folk: Any) -> None:
        self.saker = [fabrikk.sak(folk.nav1, tiltak=[("4a-3", 0)]).id for _ in SLAG]
        with transaction() as session:
            for sak_id, (status, felter) in zip(self.saker, SLAG, strict=True):
                sendt = {"sendt": now(), "lodd": 1, "synlig": True} if status not in USENDT else {}
                rader = update(Henvisning).where(Henvisning.sak_id == sak_id)
                session.execute(rader.values(status=status, **sendt, **felter))
        self.annen = db.session.scalars(select(Rolletildeling).where(Rolletildeling.user_id == folk.helse1.id)).one()
        self.av_hver = 1

    def voks(self, til: int) -> None:
        """Copy every case until there are so many of each kind; and its lines of the log."""
        foerste = select(literal(self.av_hver).label("nr")).cte("kopi", recursive=True)
        kopi = foerste.union_all(select(foerste.c.nr + 1).where(foerste.c.nr < til - 1))
        with transaction() as session:
            for modell, felt, nye in (
                (Sak, Sak.id, {"referanse": Sak.referanse + "-" + cast(kopi.c.nr, Text), "innsending": None}),
                (Barn, Barn.sak_id, {"blindindeks": None}),
                (Samtykke, Samtykke.sak_id, {}),
                (Henvisning, Henvisning.sak_id, {}),
                (Innslag, Innslag.gjelder_id, {"id": None, **self._andres(kopi)}),
            ):
                session.execute(self._kopi(modell.__table__, felt, kopi, nye))
        self.av_hver = til

    def _andres(self, kopi: Any) -> dict[str, Any]:
        """Every second line is another unit's and another user's, as in a log of many.

        Were nearly all lines one unit's, reading the log in order and throwing the others' away would cost PostgreSQL
        as little as the unit's own index, and from run to run it took the one or the other at either size.
        """
        annens = kopi.c.nr % 2 == 0
        return {
            "enhet_id": case((annens, literal(self.annen.enhet_id)), else_=Innslag.enhet_id),
            "user_id": case((annens, literal(self.annen.user_id)), else_=Innslag.user_id),
        }

    def _kopi(self, tabell: Any, felt: Any, kopi: Any, nye: dict[str, Any]) -> Any:
        """Rows of these cases with new keys: nobody else's, since every key ends in an odd digit of a random number."""
        flyttes = {"id", "sak_id", "barn_id", "gjelder_id"}
        verdier = {k.name: nye.get(k.name, k + 2 * kopi.c.nr if k.name in flyttes else k) for k in tabell.columns}
        if verdier["id"] is None:
            del verdier["id"]
        fra = select(*verdier.values()).select_from(tabell.join(kopi, kopi.c.nr > 0))
        return insert(tabell).from_select(list(verdier), fra.where(felt.in_(self.saker)))


class Sqlite:
    """Instructions of SQLite's machine."""

    @contextmanager
    def maal(self) -> Iterator[list[int]]:
        """What is done inside, as one number when it is over."""
        talt = [0]

        def tikk() -> int:
            talt[0] += 1
            return 0

        def faa(dbapi: Any, *_: Any) -> None:
            dbapi.set_progress_handler(tikk, HVER)

        event.listen(db.engine, "checkout", faa)
        try:
            yield talt
        finally:
            event.remove(db.engine, "checkout", faa)


class Postgresql:
    """Rows that the plans' nodes read, those they throw away included."""

    @contextmanager
    def maal(self) -> Iterator[list[int]]:
        """What is asked inside is asked again afterwards, to be explained."""
        talt, sagt = [0], []

        def hoer(_c: Any, _k: Any, setning: str, verdier: Any, *_resten: Any) -> None:
            if setning.lstrip().startswith("SELECT"):
                sagt.append((setning, verdier))

        event.listen(db.engine, "before_cursor_execute", hoer)
        try:
            yield talt
        finally:
            event.remove(db.engine, "before_cursor_execute", hoer)
        with db.engine.connect() as forbindelse:
            for valg in ("seqscan", "hashjoin", "mergejoin"):
                forbindelse.exec_driver_sql(f"SET LOCAL enable_{valg} = off")
            for setning, verdier in sagt:
                svar = forbindelse.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {setning}", verdier)
                talt[0] += sum(self._lest(plan["Plan"]) for plan in svar.scalar_one())
            forbindelse.rollback()

    def _lest(self, node: dict[str, Any]) -> int:
        kastet = sum(tall for navn, tall in node.items() if navn.startswith("Rows Removed by"))
        egne = (node["Actual Rows"] + kastet) * node["Actual Loops"] if "Relation Name" in node else 0
        return int(egne) + sum(self._lest(barn) for barn in node.get("Plans", ()))


def _lenker(html: str) -> list[str]:
    """The next and the last page of a list."""
    lenker = re.findall(r'href="(/[^"]*[?&]side=[^"]+)"', unescape(html))
    return [en for en in lenker if not re.search(r"side=\d+\.$", en)]


class Sider:
    """The pages that a case worker opens daily."""

    def __init__(self, app: Flask, folk: Any, sak: Sak, tall: str) -> None:
        self.nav, self.fordeler, self.leder = (
            Nettleser(app, en.id) for en in (folk.nav1, folk.inkludering1, folk.navleder1)
        )
        self.ombud, self.system = Nettleser(app, folk.ombud1.id), Nettleser(app, folk.system1.id)
        self.sak_id, self.referanse, self.tall = sak.id, sak.referanse, tall
        self.mottatt = sak.henvisninger[0].id
        self.tilbud = fabrikk.tilbud(folk.inkludering1).id

    def lister(self) -> list[tuple[Nettleser, str]]:
        """Every list under every filter: the first page and the last; of some the next too, which is as the first."""
        foerste = [
            *((self.nav, f"/saker?filter={f}") for f in Saksfilter),
            *((self.fordeler, f"/innboks?filter={f}") for f in INNBOKS),
            *((self.fordeler, f"/venteliste?filter={f}") for f in Ventefilter),
            (self.fordeler, "/fordel"),
            (self.leder, "/innsynslogg"),
            (self.ombud, "/innsynslogg"),
        ]
        alle = []
        for hvem, sti in foerste:
            lenker = _lenker(hvem.se(sti).get_data(as_text=True))
            alle += (
                [(hvem, sti), *((hvem, en) for en in (lenker[0], lenker[-1]) if lenker)] if lenker else [(hvem, sti)]
            )
        return alle

    def enkle(self) -> list[tuple[Nettleser, str, dict[str, Any] | None]]:
        """One case, searching, registering, and the start pages."""
        return [
            (self.nav, f"/saker/{self.sak_id}", None),
            (self.fordeler, f"/henvisninger/{self.mottatt}", None),
            (self.fordeler, f"/fordel?tilbud={self.tilbud}", None),
            (self.nav, "/saker/finn", {"referanse": self.referanse}),
            (self.nav, "/saker/finn", {"fnr": self.tall}),
            (self.leder, "/saker/slettes", None),
            (self.nav, "/saker/ny", None),
            (self.nav, "/saker/ny", utfylt("nav", barn_0_fnr=nummer())),
            *((hvem, "/", None) for hvem in (self.nav, self.fordeler, self.leder, self.ombud)),
            (self.system, "/drift", None),
        ]


def _kostnader(maaler: Sqlite | Postgresql, side: Sider) -> dict[str, int]:
    ut: dict[str, int] = {}
    for nr, (hvem, sti, skjema) in enumerate([*((h, s, None) for h, s in side.lister()), *side.enkle()]):
        if skjema is not None:
            hvem.token()
        db.session.rollback()
        with maaler.maal() as talt:
            svar = hvem.se(sti) if skjema is None else hvem.send(sti, skjema)
        assert svar.status_code in {200, 303}, sti
        ut[f"{nr} {re.sub('side=.*', 'side', sti)}"] = talt[0]
    return ut


def test_four_times_as_many_cases_cost_no_more(
    app: Flask, folk: Any, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sider, "TELLES_TIL", 30)
    monkeypatch.setattr(fordel, "MAKS_KOE", 30)
    monkeypatch.setattr(tilbudt, "SER_ETTER", 30)
    for modul, laget_foer in ((koe, "_tellinger"), (liste, "_ventende")):  # not with another TELLES_TIL
        monkeypatch.setattr(modul, laget_foer, getattr(modul, laget_foer).__wrapped__)
    by, tall = By(folk), nummer()
    sak = fabrikk.sak(folk.nav1, barna=[fabrikk.barn(nummer=tall)], tiltak=[("4a-3", 0)])
    side = Sider(app, folk, sak, tall)
    maaler = Sqlite() if database == "sqlite" else Postgresql()
    kostnader = []
    for antall in (LITEN, STOR):
        by.voks(antall)
        if database == "postgresql":
            with transaction() as session:
                session.connection().exec_driver_sql("ANALYZE")
        kostnader.append(_kostnader(maaler, side))
    liten, stor = kostnader
    assert liten.keys() == stor.keys()
    assert sum("side" in sti for sti in liten) > len(Saksfilter) + len(INNBOKS)  # last pages are among them
    dyrere = {sti: (liten[sti], stor[sti]) for sti in liten if stor[sti] > HOEYST * liten[sti] + SLINGRING}
    assert dyrere == {}


@pytest.mark.bare_sqlite
def test_sqlite_is_told_each_hour_how_its_rows_lie(app: Flask, folk: Any) -> None:
    fabrikk.sak(folk.nav1)
    db.session.rollback()
    hold_statistikken()
    assert db.session.scalar(text("SELECT stat FROM sqlite_stat1 WHERE idx = 'ix_sak_enhet'"))
    assert hold_statistikken in _HVER_TIME
