"""The curious colleague through a whole course: from registering to withdrawing, nothing tells who else knows."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from koordinering import noekkellager
from koordinering.app import create_app
from koordinering.audit import Innslag
from koordinering.db import db
from koordinering.errors import KanIkkeInnvilges
from koordinering.saker.models import Henvisning, Sak
from koordinering.saker.rules.overganger import Status
from koordinering.tildeling import services as tildeling
from koordinering.tildeling.rules import Hvorfor
from koordinering.tiltak.models import Tilbud
from tests import fabrikk
from tests.conftest import Mal, installasjon
from tests.fabrikk import bruker
from tests.nettleser import Nettleser
from tests.saker.skjema import AAR, nummer, utfylt
from tests.saker.test_nysgjerrig import _spor, _uten_det_tilfeldige
from tests.tildeling.gjoer import gjoer

KORT, PLASS = "4b-2", "4a-3"
MOTTAKER = {KORT: "nav1", PLASS: "inkludering1"}
_LISTE = re.compile(r" IN \(.*", re.DOTALL)
"""A list of keys in a statement, and all that follows."""
LISTER = ("/", "/saker", *(f"/saker?filter={f}" for f in ("enheten", "aapne", "beskjed", "avsluttede")))


@dataclass(frozen=True)
class Forloep:
    """What the receiver does, and what the other unit's family has from before."""

    tiltak: str
    beslutning: str
    """gi, venteliste, or the reason for refusing."""
    har_alt: bool
    """The family that the other unit knows has had what is asked for: giving it to a known child is refused."""
    gi_foerst: bool = False
    """The receiver first tries to give."""
    avsender: str = "helse1"
    """The curious one."""
    enhet: str = "to_helsestasjon"
    """Her unit."""


@dataclass
class Steg:
    """One thing done by one person, and everything that can be told from it."""

    navn: str
    status: list[int] = field(default_factory=list)
    sider: list[str] = field(default_factory=list)
    sql: list[str] = field(default_factory=list)
    hasher: int = 0
    logg: Counter[tuple[str, str | None, str | None]] = field(default_factory=Counter)


class Scene:
    """One installation where nav has a family, and the health unit registers one with this number."""

    def __init__(self, app: Flask, monkeypatch: pytest.MonkeyPatch, forloep: Forloep) -> None:
        self.app, self.monkeypatch, self.forloep = app, monkeypatch, forloep
        self.avsender = Nettleser(app, bruker(forloep.avsender).id)
        self.mottaker = Nettleser(app, bruker(MOTTAKER[forloep.tiltak]).id)
        db.session.rollback()
        self.avsender.token()
        self.mottaker.token()
        self.steg: list[Steg] = []
        self.svar: TestResponse | None = None

    def sak(self) -> Sak:
        """The case that the curious one's unit has registered."""
        db.session.rollback()
        return db.session.scalars(select(Sak).where(Sak.enhet_id == self.forloep.enhet)).one()

    def henvisning(self) -> Henvisning:
        """Its referral."""
        return self.sak().henvisninger[0]

    def _logg(self) -> int:
        db.session.rollback()
        siste = db.session.scalar(select(Innslag.id).order_by(Innslag.id.desc()).limit(1)) or 0
        db.session.rollback()
        return siste

    def gjoer(self, navn: str, *hva: Callable[[], TestResponse]) -> Steg:
        """Do this, and note what it looked like, cost and left in the log."""
        foer, steg = self._logg(), Steg(navn)
        with _spor(self.app, self.monkeypatch) as spor:
            svar = [en() for en in hva]
        steg.status = [s.status_code for s in svar]
        steg.sider = [_uten_det_tilfeldige(s.get_data(as_text=True)) for s in svar]
        steg.sql, steg.hasher = list(spor["sql"]), len(spor["hash"])
        db.session.rollback()
        nye = db.session.scalars(select(Innslag).where(Innslag.id > foer))
        steg.logg = Counter((i.hva.value, i.gjelder, i.detalj) for i in nye)
        db.session.rollback()
        self.svar = svar[-1]
        return steg

    def som_avsender(self, navn: str, *hva: Callable[[], TestResponse]) -> None:
        """What the curious one does: compared."""
        self.steg.append(self.gjoer(navn, *hva))

    def ser_alt(self, navn: str, tall: str) -> None:
        """The curious one looks everywhere: case, referral, slip, withdrawal, lists, search."""
        sak = self.sak()
        s, h, b = sak.id, sak.henvisninger[0].id, sak.barn[0].id
        db.session.rollback()
        se, send = self.avsender.se, self.avsender.send
        sider = [f"/saker/{s}", f"/henvisninger/{h}", f"/saker/henvisninger/{h}/trekk", f"/henvisninger/{h}/lapp"]
        sider += [f"/saker/{s}/kvittering", f"/saker/{s}/henvisning", f"/saker/barn/{b}/rett", *LISTER]
        for sti in sider:
            mal = sti.replace(str(s), "S").replace(str(h), "H").replace(str(b), "B")
            self.som_avsender(f"{navn}: {mal}", lambda sti=sti: se(sti))  # type: ignore[misc]
        self.som_avsender(f"{navn}: søk", lambda: send("/saker/finn", {"fnr": tall}))


@contextmanager
def _scene(
    mal: Mal, mappe: Path, monkeypatch: pytest.MonkeyPatch, forloep: Forloep
) -> Iterator[Scene]:
    app = create_app(installasjon(mal, mappe / "var"))
    with app.app_context():
        yield Scene(app, monkeypatch, forloep)
        db.session.remove()
        noekkellager.lukk()


def _hos_nav(forloep: Forloep, tall: str) -> int | None:
    """Nav's own family, with what it has; the id of the offer for places."""
    fabrikk.kortaar()
    tilbud = fabrikk.tilbud(bruker("inkludering1")) if forloep.tiltak == PLASS else None
    valg = [(PLASS, 0)] if forloep.tiltak == PLASS else [(KORT, None)]
    sak = fabrikk.sak(bruker("nav1"), barna=[fabrikk.barn(nummer=tall)], tiltak=valg)
    henvisning, gir = sak.henvisninger[0], bruker(MOTTAKER[forloep.tiltak])
    if forloep.har_alt:
        gjoer(tildeling.ta_imot, henvisning, av=gir)
        gjoer(tildeling.gi, henvisning, *([tilbud] if tilbud else []), av=gir)
    tilbud_id = tilbud.id if tilbud else None
    db.session.rollback()
    return tilbud_id


def _registrer(scene: Scene, tall: str) -> None:
    kort = scene.forloep.tiltak == KORT
    valg: dict[str, Any] = {"tiltak": [KORT]} if kort else {"tiltak": [], "barn_0_tiltak": [PLASS]}
    skjema = utfylt(
        "to_helsestasjon", barn_0_fnr=tall, grunnlag="samtykke", maate="muntlig", fra="foresatt", **valg
    )
    scene.som_avsender("registrerer", lambda: scene.avsender.send("/saker/ny", skjema))
    assert scene.svar is not None
    assert scene.svar.status_code == 303
    kvittering = scene.svar.location
    scene.som_avsender("kvittering", lambda: scene.avsender.se(kvittering))
    assert scene.henvisning().status is Status.SENDT
    db.session.rollback()


def _gi(scene: Scene, sti: str, tilbud_id: int | None) -> TestResponse:
    if tilbud_id is None:
        return scene.mottaker.send(f"{sti}/gi")
    henvisning_id = sti.rsplit("/", 1)[1]
    return scene.mottaker.send("/fordel/gi", {"henvisning_id": henvisning_id, "tilbud_id": str(tilbud_id)})


def _beslutt(scene: Scene, sti: str, tilbud_id: int | None, *, skal_nektes: bool) -> None:
    """The receiver's own decision: not compared, but for what it lets the sender see."""
    forloep, mottaker = scene.forloep, scene.mottaker
    if forloep.gi_foerst:
        assert skal_nektes
        assert _gi(scene, sti, tilbud_id).status_code == 409
    if forloep.beslutning == "gi":
        svar = _gi(scene, sti, tilbud_id)
    elif forloep.beslutning == "venteliste":
        svar = mottaker.send(f"{sti}/venteliste")
    else:
        svar = mottaker.send(f"{sti}/avslaa", {"grunn": forloep.beslutning})
    assert svar.status_code == 303


def _spill(scene: Scene, *, kjent: bool) -> list[Steg]:
    """The whole course. In both worlds nav has a family; in one of them it has the child now registered."""
    hos_nav, annet = nummer(), nummer()
    tall = hos_nav if kjent else annet
    tilbud_id = _hos_nav(scene.forloep, hos_nav)
    _registrer(scene, tall)
    sti = f"/henvisninger/{scene.henvisning().id}"
    db.session.rollback()
    scene.ser_alt("sendt", tall)
    assert scene.mottaker.send(f"{sti}/ta_imot").status_code == 303
    scene.ser_alt("under behandling", tall)
    _beslutt(scene, sti, tilbud_id, skal_nektes=kjent and scene.forloep.har_alt and scene.forloep.tiltak == PLASS)
    scene.ser_alt("besluttet", tall)
    sak_id, henvisning_id = scene.sak().id, scene.henvisning().id
    db.session.rollback()
    send = scene.avsender.send
    scene.som_avsender("beskjed", lambda: send(f"/saker/henvisninger/{henvisning_id}/beskjed"))
    barn = {"foedselsaar": str(AAR - 6), "fnr": nummer(date(AAR - 6, 3, 3)), "deltar": "nei", "spurt": "nei"}
    scene.som_avsender("legger til barn", lambda: send(f"/saker/{sak_id}/barn", barn))
    scene.ser_alt("med ett barn til", tall)
    scene.som_avsender("trekker", lambda: send(f"/saker/henvisninger/{henvisning_id}/trekk", {"grunn": "flyttet"}))
    scene.ser_alt("trukket", tall)
    return scene.steg


def _setninger(steg: Steg, lister: bool) -> list[str]:
    return steg.sql if lister else [_LISTE.sub("", s.split(" ", 1)[1]) for s in steg.sql]


def _sammenlign(kjent: list[Steg], ukjent: list[Steg], *, lister: bool = True) -> None:
    """`lister`: the lists of keys in the statements must be as long too; giving looks in all linked cases at once."""
    assert [s.navn for s in kjent] == [s.navn for s in ukjent]
    for en, annen in zip(kjent, ukjent, strict=True):
        assert en.status == annen.status, en.navn
        assert en.sider == annen.sider, en.navn
        assert _setninger(en, lister) == _setninger(annen, lister), en.navn
        assert en.hasher == annen.hasher, en.navn
        assert en.logg == annen.logg, en.navn


@pytest.mark.parametrize(
    ("tiltak", "kjent_gjoer", "ukjent_gjoer", "har_alt"),
    [
        (KORT, "gi", "gi", True),
        pytest.param(PLASS, "gi", "gi", False, marks=pytest.mark.bare_sqlite),
        (PLASS, "venteliste", "venteliste", True),
        pytest.param(PLASS, "tak_naadd", "tak_naadd", True, marks=pytest.mark.bare_sqlite),
        (PLASS, "tak_naadd", "ingen_kapasitet", True),
    ],
)
def test_the_senders_course_is_the_same_whoever_else_knows_the_child(
    mal: Mal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiltak: str,
    kjent_gjoer: str,
    ukjent_gjoer: str,
    har_alt: bool,
) -> None:
    # who hands out cards can register, so the ceiling of another unit's case does not stop her
    kjent = Forloep(tiltak, kjent_gjoer, har_alt, gi_foerst=har_alt and tiltak == PLASS)
    # with the unknown child, the receiver does not try to give: the place would be given
    ukjent = replace(kjent, beslutning=ukjent_gjoer, gi_foerst=False)
    steg = []
    for nr, forloep in enumerate((kjent, ukjent)):
        with _scene(mal, tmp_path / str(nr), monkeypatch, forloep) as scene:
            steg.append(_spill(scene, kjent=nr == 0))
    _sammenlign(*steg)


@pytest.mark.bare_sqlite
def test_until_the_decision_all_is_the_same_and_then_only_what_was_chosen_differs(
    mal: Mal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steg = []
    for nr, beslutning in enumerate(("venteliste", "gi")):
        forloep = Forloep(PLASS, beslutning, har_alt=True, gi_foerst=nr == 0)
        with _scene(mal, tmp_path / str(nr), monkeypatch, forloep) as scene:
            steg.append(_spill(scene, kjent=nr == 0))
    foer = [ett[: next(nr for nr, s in enumerate(ett) if s.navn.startswith("besluttet"))] for ett in steg]
    assert len(foer[0]) > 20
    _sammenlign(*foer)
    kjent_sak, ukjent_sak = (next(s for s in ett if s.navn == "besluttet: /saker/S").sider[0] for ett in steg)
    assert kjent_sak != ukjent_sak  # the comparison sees what there is to see
    assert "Venteliste" in kjent_sak
    assert "Innvilget" in ukjent_sak


# --- A place is held for the child while the family thinks ------------------------------------------------


def _svarer_ja(scene: Scene, *, kjent: bool) -> list[Steg]:
    """The sender's child is offered a place and says yes; in one world Nav's case has the same child waiting."""
    hos_nav, annet = nummer(), nummer()
    tall = hos_nav if kjent else annet
    tilbud_id = _hos_nav(scene.forloep, hos_nav)
    navs = db.session.scalars(select(Henvisning)).one().id
    _registrer(scene, tall)
    sti = f"/henvisninger/{(h := scene.henvisning().id)}"
    db.session.rollback()
    assert scene.mottaker.send(f"{sti}/ta_imot").status_code == 303
    gjoer(tildeling.tilby, h, db.session.get_one(Tilbud, tilbud_id), frist_dager=3, av=bruker("inkludering1"))
    scene.ser_alt("tilbudt", tall)
    if kjent:
        # what is held for the child counts against the ceiling of the other case
        gjoer(tildeling.ta_imot, navs, av=bruker("inkludering1"))
        with pytest.raises(KanIkkeInnvilges) as feil:
            gjoer(tildeling.gi, navs, db.session.get_one(Tilbud, tilbud_id), av=bruker("inkludering1"))
        assert feil.value.grunner == (Hvorfor.HAR_ALT.tekst,)  # the unit that holds it knows
    scene.som_avsender("takker ja", lambda: scene.avsender.send(f"{sti}/plasstilbud/svar", {"svar": "ja"}))
    assert scene.svar is not None
    assert scene.svar.status_code == 303
    scene.ser_alt("gitt", tall)
    return scene.steg


def test_a_yes_is_worth_the_same_whoever_else_knows_the_child(
    mal: Mal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steg = []
    for kjent in (True, False):
        with _scene(mal, tmp_path / str(kjent), monkeypatch, Forloep(PLASS, "tilby", har_alt=False)) as scene:
            steg.append(_svarer_ja(scene, kjent=kjent))
    _sammenlign(*steg, lister=False)


# --- The curious one gives herself -------------------------------------------------------------------------


def _hos_helse(tall: str) -> None:
    """The health unit's own family, which Nav has given a card."""
    fabrikk.kortaar(3)
    henvisning = fabrikk.sak(
        bruker("helse1"), barna=[fabrikk.barn(nummer=tall)], tiltak=[(KORT, None)]
    ).henvisninger[0]
    gjoer(tildeling.ta_imot, henvisning, av=bruker("nav1"))
    gjoer(tildeling.gi, henvisning, av=bruker("nav1"))
    db.session.rollback()


def _deler_ut(scene: Scene, *, kjent: bool, straks: bool) -> list[Steg]:
    """Nav registers a child and gives it the card, at once or from the inbox, and takes it back."""
    hos_helse, annet = nummer(), nummer()
    tall = hos_helse if kjent else annet
    _hos_helse(hos_helse)
    send, se = scene.avsender.send, scene.avsender.se
    valg: dict[str, Any] = {"del_ut": "y"} if straks else {}
    skjema = utfylt("nav", barn_0_fnr=tall, tiltak=[KORT], **valg)
    scene.som_avsender("registrerer", lambda: send("/saker/ny", skjema))
    assert scene.svar is not None
    kvittering = scene.svar.location
    scene.som_avsender("kvittering", lambda: se(kvittering))
    h = scene.henvisning().id
    db.session.rollback()
    steg = [] if straks else ["ta_imot", "gi"]
    for navn in steg:
        scene.som_avsender(navn, lambda navn=navn: send(f"/henvisninger/{h}/{navn}"), lambda: se("/kort"))  # type: ignore[misc]
    assert scene.henvisning().status is (Status.I_GANG if straks else Status.INNVILGET)
    scene.ser_alt("gitt", tall)
    scene.som_avsender("kort", lambda: se("/kort"), lambda: se("/innboks"), lambda: se("/innboks?filter=i_gang"))
    if straks:
        scene.som_avsender("levert", lambda: send(f"/henvisninger/{h}/lever_tilbake"))
    else:
        scene.som_avsender("trekker", lambda: send(f"/saker/henvisninger/{h}/trekk", {"grunn": "flyttet"}))
    scene.som_avsender("neste", lambda: send("/kort/neste"), lambda: se("/kort"))
    scene.ser_alt("til slutt", tall)
    return scene.steg


@pytest.mark.parametrize("straks", [True, False])
def test_who_registers_and_gives_cannot_tell_that_the_ceiling_is_reached_elsewhere(
    mal: Mal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, straks: bool
) -> None:
    steg = []
    for kjent in (True, False):
        forloep = Forloep(KORT, "gi", har_alt=True, avsender="nav1", enhet="nav")
        with _scene(mal, tmp_path / str(kjent), monkeypatch, forloep) as scene:
            steg.append(_deler_ut(scene, kjent=kjent, straks=straks))
    _sammenlign(*steg, lister=False)
