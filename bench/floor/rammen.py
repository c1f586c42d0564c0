"""What every page of the floor needs: who is signed in, the log's line, the menu, and the templates' own filters."""

import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, abort, request, session, url_for

from bench.floor.basen import Basen, som_dag, som_tid
from koordinering import crypto
from koordinering.roles import MATRISE, Rolle
from koordinering.tekst import Kode
from koordinering.web.side import _MENY

OSLO = ZoneInfo("Europe/Oslo")
_TOMGANG = timedelta(minutes=30)
_SJELDNEST = timedelta(seconds=60)
_HVEM = """SELECT o.sist_brukt, o.utloeper, o.avsluttet, u.id, u.visningsnavn, u.laast, r.rolle, r.enhet_id, r.fra,
    r.til, e.kortnavn, e.navn FROM okt o JOIN user_konto u ON u.id = o.user_id
    LEFT JOIN rolletildeling r ON r.user_id = u.id LEFT JOIN enhet e ON e.id = r.enhet_id
    WHERE o.id = ? ORDER BY r.id"""
_LINJE = """INSERT INTO innsynslogg (tid, hva, user_id, roller, enhet_id, gjelder, gjelder_id, detalj)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""


@dataclass
class Meg:
    """Who is signed in."""

    id: int
    navn: str
    sekunder: int
    roller: list[tuple[Rolle, str, str, str]]
    """Role, unit, the unit's short name and its name."""
    rettigheter: frozenset[str] = field(init=False)
    enhet: str = field(init=False)

    def __post_init__(self) -> None:
        self.rettigheter = frozenset(rett.value for rolle, *_ in self.roller for rett in MATRISE[rolle])
        self.enhet = min(enhet for _, enhet, *_ in self.roller)

    @property
    def rollekoder(self) -> str:
        """As the log keeps them."""
        return ",".join(sorted({rolle.value for rolle, *_ in self.roller}))


@dataclass(frozen=True)
class Gulvet:
    """The databases, and what the installation is."""

    basen: Basen
    lager: Basen
    versjon: str
    """Of the static files."""
    miljoe: str

    def hvem(self) -> Meg:
        """The session's user with roles, in one query; 404 for anybody else."""
        token = str(session.get("okt"))
        rader = self.basen.les(_HVEM, crypto.token_hash(token))
        if not rader or rader[0][2] is not None or rader[0][5]:
            abort(404)
        naa, sist, utloeper = naa_(), som_tid(rader[0][0]), som_tid(rader[0][1])
        if naa >= utloeper or naa - sist >= _TOMGANG:
            abort(404)
        if naa - sist >= _SJELDNEST:
            with self.basen.skriv():
                self.basen.kjoer(
                    "UPDATE okt SET sist_brukt = ? WHERE id = ?", self.basen.tid(naa), crypto.token_hash(token)
                )
        igjen = min((utloeper - naa).total_seconds(), _TOMGANG.total_seconds())
        return Meg(rader[0][3], rader[0][4], max(0, int(igjen)), gjeldende(rad[6:] for rad in rader))

    def linje(
        self, meg: Meg, hva: str, gjelder: str | None = None, id_: int | None = None, detalj: str | None = None
    ) -> None:
        """The log's line, in the open transaction."""
        tid = self.basen.tid(naa_())
        self.basen.kjoer(_LINJE, tid, hva, meg.id, meg.rollekoder, meg.enhet, gjelder, id_, detalj)

    def lest(
        self, meg: Meg, hva: str, gjelder: str | None = None, id_: int | None = None, detalj: str | None = None
    ) -> None:
        """The log's line, written and durable before anything is shown."""
        with self.basen.skriv():
            self.linje(meg, hva, gjelder, id_, detalj)

    def paa_siden(self, meg: Meg) -> dict[str, Any]:
        """What side.html needs."""
        return {
            "miljoe": self.miljoe,
            "meny": [
                {"tekst": navn, "href": url_for(endpoint), "aktiv": request.endpoint == endpoint}
                for navn, endpoint, rettigheter in _MENY
                if any(rett.value in meg.rettigheter for rett in rettigheter)
            ],
            "bruker_navn": meg.navn,
            "bruker_rolle": ", ".join(dict.fromkeys(f"{rolle.tekst}, {kort}" for rolle, _, kort, _ in meg.roller)),
            "okt_sekunder": meg.sekunder,
            "okt_tomgang": int(_TOMGANG.total_seconds()),
            "personvern_href": url_for("papirer.familieside"),
            "can": lambda rett, _objekt=None: rett in meg.rettigheter,
        }


def naa_() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def i_dag() -> date:
    """Today, in Norway."""
    return datetime.now(OSLO).date()


def gjeldende(rader: Iterable[Any]) -> list[tuple[Rolle, str, str, str]]:
    """The roles that hold today, as Meg has them; of each: role, unit, first and last day, and the unit's two names."""
    dag = i_dag()
    return [
        (Rolle(rolle), enhet, kortnavn, navn)
        for rolle, enhet, fra, til, kortnavn, navn in rader
        if rolle and som_dag(fra) <= dag and (til is None or dag <= som_dag(til))
    ]


def csrf_token() -> str:
    """The form token, kept in the session."""
    if "csrf_token" not in session:
        session["csrf_token"] = secrets.token_hex(20)
    return str(session["csrf_token"])


def krev_token() -> None:
    """400 for a form without it."""
    if request.form.get("csrf_token") != session.get("csrf_token"):
        abort(400)


def krev_rett(meg: Meg, rettighet: str) -> None:
    """404 for who does not hold it."""
    if rettighet not in meg.rettigheter:
        abort(404)


def dato(verdi: date | datetime | None) -> str:
    """As the product writes a day."""
    if verdi is None:
        return ""
    return (verdi.astimezone(OSLO) if isinstance(verdi, datetime) else verdi).strftime("%d.%m.%Y")


def tidspunkt(verdi: datetime | None) -> str:
    """As the product writes a moment."""
    return verdi.astimezone(OSLO).strftime("%d.%m.%Y kl. %H.%M") if verdi else ""


def tekst(kode: Kode | None) -> str:
    """A code's words: the templates are in bokmål."""
    return kode.tekst if kode is not None else ""


def tall(verdi: int) -> str:
    """As the product writes a whole number."""
    return f"{verdi:,}".replace(",", "\N{NO-BREAK SPACE}")


def antall_tekst(antall: int) -> str:
    """As the product writes a count."""
    return "over 1 000" if antall > 1000 else str(antall)


def barna(barn: Collection[Any]) -> str:
    """As the product writes a case's children."""
    return f"{len(barn)} (født {', '.join(map(str, sorted(b['foedselsaar'] for b in barn)))})"


def adressemal(endpoint: str, tall: str) -> str:
    """An address to put a number in."""
    verdier: dict[str, Any] = {tall: 10**15}
    return url_for(endpoint, **verdier).replace(str(10**15), "%d")


def sett_opp_maler(app: Flask, versjon: str, **flere: Callable[..., Any]) -> None:
    """The product's templates, without translations."""
    miljoe = app.jinja_env
    miljoe.trim_blocks = miljoe.lstrip_blocks = True
    miljoe.add_extension("jinja2.ext.i18n")
    miljoe.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    miljoe.filters.update(dato=dato, tidspunkt=tidspunkt, tekst=tekst, antall_tekst=antall_tekst, tall=tall)
    miljoe.filters["barna"] = barna
    miljoe.globals.update(
        statisk=lambda sti: f"/static/{versjon}/{sti}", csrf_token=csrf_token, TELLES_TIL=1000, **flere
    )
    miljoe.globals["adressemal"] = adressemal
