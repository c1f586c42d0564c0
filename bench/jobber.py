"""The jobs of one client, in this process: pages against the floor by turns, then what has no floor."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from bench.baser.steder import PASSORD, Anlegg
from bench.floor import telling
from bench.floor.app import lag_gulv
from bench.klient import Klient, start_okt
from bench.likhet import krev_likt
from bench.maaling import Jobb, Klokke, Maaling, Tider, maaling, ta_tiden, vekselvis
from bench.prosesser import basetid
from bench.skjema import familie, foldet, listene, nytt_nummer, saker_til_visning
from bench.stubber import minnehardt, uten_minnehardt, uten_passordhash
from koordinering.cli.minne import still_samleren
from koordinering.db import db, i_dag
from koordinering.statistikk import measures
from koordinering.statistikk.disclosure import RawCounts, beskytt
from koordinering.statistikk.services.telling import reglene

MANGE = 200_000
"""Referrals from which what takes seconds is done once only."""
TRE_TABELLER = ("tjeneste_familier", "tjeneste", "alder", "tiltak")
"""Families and children by service are one table to a reader and two to the catalogue."""


Side = Callable[[Klient], TestResponse]
"""A request, by a client at the product or at the floor."""


@dataclass
class Sted:
    """One installation, its floor, and the people at both."""

    anlegg: Anlegg
    runder: int
    rng: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - made-up numbers
    kjente: list[str] = field(default_factory=list)
    """Numbers that are registered."""

    def __post_init__(self) -> None:
        self.gulv: Flask = lag_gulv(self.anlegg.app, self.anlegg.config)
        self.klokke, self.gulvklokke = Klokke(self.anlegg.app), Klokke(self.gulv)
        self.basetid = basetid(self.anlegg)
        token = start_okt("nav1")
        self.nav = Klient(self.anlegg.app, token)
        self.henviserne = self.nav, Klient(self.gulv, token, "/saker?filter=enheten")
        token = start_okt("inkludering1")
        self.fordeler = Klient(self.anlegg.app, token)
        self.fordelerne = self.fordeler, Klient(self.gulv, token, "/innboks?filter=venter")
        token = start_okt("koordinator1")
        self.tabell = f"/tall/tjeneste/{i_dag().year}"
        self.koordinatorene = Klient(self.anlegg.app, token), Klient(self.gulv, token, self.tabell)
        self.saker = saker_til_visning(self.rng, 40)
        self._foldet = foldet(self.nav)
        still_samleren()  # as a worker that serves; the floor in the same process has as much of it

    def maal(self, jobb: str, tider: Tider, gulv: Tider | None = None) -> Maaling:
        """A line of the results."""
        return maaling(jobb, self.anlegg.referrals, self.anlegg.database, tider, gulv)

    def ny_familie(self) -> dict[str, object]:
        """A family that nobody has registered, as the browser sends it: what is typed, and the rest of the page."""
        while (nummer := nytt_nummer(self.rng)) in self.kjente:
            pass
        self.kjente.append(nummer)
        return {**self._foldet, **familie(nummer)}

    def klient(self, brukernavn: str) -> Klient:
        """Another one at the product."""
        return Klient(self.anlegg.app, start_okt(brukernavn))

    def rydd(self) -> None:
        """Set the limits back: the bench searches more in a minute than anybody may in a day.

        The day's limit is counted in the access log, which cannot be changed: its triggers rest meanwhile. Only in
        the bench's own copy.
        """
        with self.anlegg.app.app_context(), db.engine.connect() as forbindelse:
            if self.anlegg.database == "postgresql":
                forbindelse.execute(text("SET session_replication_role = replica"))
                _glem(forbindelse.execute)
                forbindelse.execute(text("SET session_replication_role = DEFAULT"))
            else:
                utloeser = (
                    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name = 'innsynslogg_slettes_ikke'"
                )
                navn, lag = forbindelse.execute(text(utloeser)).one()
                forbindelse.execute(text(f"DROP TRIGGER {navn}"))
                _glem(forbindelse.execute)
                forbindelse.exec_driver_sql(lag)
            forbindelse.commit()


def _glem(kjoer: Callable[..., object]) -> None:
    kjoer(text("DELETE FROM grense"))
    kjoer(text("DELETE FROM innsynslogg WHERE hva = 'sak_soekt' AND tid >= :fra"), {"fra": i_dag().isoformat()})


def maal_sider(sted: Sted) -> Iterator[Maaling]:
    """Registering, lists, search, case, a table, its files and signing in, each beside its floor; the answers are the
    same, or the bench stops."""
    with uten_minnehardt():
        for navn, begge, jobb in _med_gulv(sted):
            sted.rydd()
            krev_likt(navn, *(jobb(en) for en in begge))
            sider = list(zip((partial(jobb, en) for en in begge), (sted.klokke, sted.gulvklokke), strict=True))
            yield sted.maal(navn, *vekselvis(sider, sted.runder, sted.rydd, sted.basetid))


def _med_gulv(sted: Sted) -> Iterator[tuple[str, tuple[Klient, Klient], Side]]:
    for navn, jobb in saksarbeid(sted):
        yield navn, sted.henviserne, jobb
    for filter_ in ("venter", "avsluttet"):
        yield f"kø, {filter_}", sted.fordelerne, partial(_se, f"/innboks?filter={filter_}")
    yield "tabell", sted.koordinatorene, partial(_se, sted.tabell)
    for slag in ("csv", "xlsx"):
        yield f"eksport, {slag}", sted.koordinatorene, partial(_eksporter, f"{sted.tabell}/eksport", slag)
    yield "logge inn, med passordet", sted.henviserne, _logg_inn
    yield "logge inn, uten passordets hash", sted.henviserne, _logg_inn_uten_hash


def saksarbeid(sted: Sted) -> Iterator[tuple[str, Side]]:
    """What one who refers does all day."""
    teller = iter(range(10**9))

    def registrer(klient: Klient) -> TestResponse:
        return klient.send("/saker/ny", sted.ny_familie(), {303})

    def sak() -> tuple[int, str]:
        # product and floor by turns: each case is opened by both
        return sted.saker[next(teller) // 2 % len(sted.saker)]

    yield "registrere", registrer
    for navn, url in listene(sted.nav):
        yield navn, partial(_se, url)
    yield "søke, referanse", lambda klient: klient.send("/saker/finn", {"referanse": sak()[1]}, {303})
    yield "søke, nummer", lambda klient: klient.send("/saker/finn", {"fnr": sted.kjente[next(teller) // 2 % 20]}, {303})
    yield "åpne sak", lambda klient: klient.se(f"/saker/{sak()[0]}")


def _se(url: str, klient: Klient) -> TestResponse:
    return klient.se(url)


def _eksporter(url: str, slag: str, klient: Klient) -> TestResponse:
    return klient.send(url, {"format": slag}, {200})


def _logg_inn(klient: Klient) -> TestResponse:
    """By a browser that has never been here."""
    return Klient.utenfor(klient.app).send("/logg-inn", {"brukernavn": "nav1", "passord": PASSORD}, {303})


def _logg_inn_uten_hash(klient: Klient) -> TestResponse:
    with uten_passordhash():
        return _logg_inn(klient)


def maal_uten_gulv(sted: Sted) -> Iterator[Maaling]:
    """Distributing places, counting and protecting.

    Around a proposal's solver lie the rules of what fits whom, and why not: a floor would be all of them once more. The
    plainest protection that is as safe hides everything, which says nothing of what it costs to show something.
    """
    fordeler = sted.fordeler
    mange = sted.anlegg.referrals > MANGE
    sider: list[tuple[str, Jobb, int]] = [
        ("fordele plasser", lambda: fordeler.se("/fordel"), sted.runder),
        ("nytt forslag, siden", lambda: fordeler.se("/forslag/nytt"), 1 if mange else 5),
        ("lage forslag til fordeling", partial(_forslag, fordeler), 1 if mange else 2),
    ]
    for navn, jobb, runder in sider:
        yield sted.maal(navn, vekselvis([(jobb, sted.klokke)], runder, sted.rydd, sted.basetid)[0])
    yield from _telling(sted)
    for navn, tider in minnehardt(sted.runder).items():
        yield sted.maal(navn, tider)


def _forslag(klient: Klient) -> object:
    return klient.send("/forslag/nytt", klient.skjemaet("/forslag/nytt"), {303})


def _telling(sted: Sted) -> Iterator[Maaling]:
    aar, runder = i_dag().year, 1 if sted.anlegg.referrals > MANGE else 10
    telt: list[tuple[RawCounts, ...]] = []

    def tell(koder: tuple[str, ...] | None) -> None:
        telt.append(tuple(measures.tell(aar, i_dag(), koder=koder).tabeller))
        db.session.rollback()

    yield sted.maal("telle året, de tre tabellene", ta_tiden(partial(tell, TRE_TABELLER), runder))
    yield sted.maal("telle året, hele katalogen", ta_tiden(partial(tell, None), runder))
    mot = telling.maal(aar, i_dag(), runder)  # the same count over flat facts, cell by cell the same
    cpu, gulv = mot["cpu_ms"], mot["floor_cpu_ms"]
    yield sted.maal("telle året, mot flate fakta", Tider([cpu], [cpu]), Tider([gulv], [gulv]))
    regler = replace(reglene(), sekunder=30)
    db.session.rollback()

    def prikk() -> None:
        beskytt(telt[-1], regler, ulikheter=measures.ulikheter())

    yield sted.maal("prikke, hele katalogen", ta_tiden(prikk, 1))
