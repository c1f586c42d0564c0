"""The key that signs the log's heads is changed: all is as before for who checks it, and the old key is of no use."""

import hashlib
import json
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from koordinering import signatur
from koordinering.audit import Hva, Innslag
from koordinering.config import Config
from koordinering.db import db
from koordinering.errors import ConfigError
from koordinering.personvern.segl.services import (
    HodeneErSkadet,
    Loggsted,
    bytt_noekkel,
    forsegl,
    hoder,
    kontroller,
    ny_noekkel,
)
from koordinering.personvern.segl.services.hoder import Hode, Hodefil
from koordinering.signatur import Signeringsnoekkel, les_noekkel
from tests.personvern.test_segl_drift import funn, kjoer, linje

_FOERSTE = date(2026, 1, 1)


@dataclass
class _Bok:
    """Heads and their key without a log: only what the key has to do with."""

    mappe: Path
    stjaalet: list[Signeringsnoekkel] = field(default_factory=list)
    """What somebody copied before each change."""

    def __post_init__(self) -> None:
        self.fil = self.mappe / "noekkel.json"
        self.noekkel = signatur.lag_noekkel(self.fil)
        self.dag, self.siste = _FOERSTE, Hodefil("", None, None, {}, "")

    def forsegl(self, dager: int) -> None:
        """A sealing, so many days after the last; the same day's file is written anew."""
        self.dag += timedelta(days=dager)
        navn = self.dag.isoformat()
        if self.siste.segldag != navn:
            self.siste = Hodefil(navn, self.siste.avtrykk or None, None, {}, "")
        antall = len(self.siste.hoder) + 1
        vokst = {**self.siste.hoder, f"dag {antall}": Hode(antall, b"h" * 32)}
        hoder.skriv(self.mappe, self.noekkel, replace(self.siste, hoder=vokst))
        self.siste = hoder.les(self.mappe, self.noekkel, navn)

    def utloep(self, dager: int) -> None:
        """Days may be gone."""
        hoder.skriv_utloept(self.mappe, self.noekkel, (_FOERSTE + timedelta(days=dager)).isoformat())

    def bytt(self, _dager: int) -> None:
        """Another key."""
        self.stjaalet.append(self.noekkel)
        signatur.bytt_noekkel(self.fil, self.noekkel, *hoder.avtrykkene(self.mappe))
        self.noekkel = les_noekkel(self.fil)

    def funn(self) -> bool:
        """Whether a check finds anything."""
        return bool(hoder.les_alle(self.mappe, self.noekkel).funn)


_STEG = st.lists(st.tuples(st.sampled_from(["forsegl", "forsegl", "utloep", "bytt"]), st.integers(0, 2)), max_size=12)


@given(steg=_STEG, data=st.data())
def test_what_a_changed_key_signed_is_accepted_and_nothing_it_signs_afterwards(
    steg: list[tuple[str, int]], data: st.DataObject
) -> None:
    with TemporaryDirectory() as mappe:
        bok = _Bok(Path(mappe))
        for hva, dager in [("forsegl", 0), *steg, ("bytt", 0)]:
            getattr(bok, hva)(dager)
            assert not bok.funn()
        tyv = data.draw(st.sampled_from(bok.stjaalet))
        dager_med_fil = hoder.dager(bok.mappe)
        ny = (bok.dag + timedelta(days=1)).isoformat()
        offer = data.draw(st.sampled_from([*dager_med_fil, ny, "utloept"]))
        fil = bok.mappe / f"{offer}.json"
        foer = fil.read_bytes() if fil.exists() else b""
        if offer == "utloept":
            hoder.skriv_utloept(bok.mappe, tyv, "2026-12-31")
        elif offer == ny:
            hoder.skriv(bok.mappe, tyv, Hodefil(ny, bok.siste.avtrykk, None, {}, ""))
        else:
            ekte = hoder.les(bok.mappe, bok.noekkel, offer)
            hoder.skriv(bok.mappe, tyv, replace(ekte, hoder={**ekte.hoder, "en dag": Hode(1, b"x" * 32)}))
        assert bok.funn()
        fil.write_bytes(foer)
        if not foer:
            fil.unlink()
        assert not bok.funn()


def test_a_log_is_checked_as_before_when_its_key_has_been_changed(sted: Loggsted) -> None:
    linje(3, siden=timedelta(days=2))
    forsegl(sted)
    gammel = sted.noekkel()
    bytt_noekkel(sted, av=None)
    assert funn(sted) == []
    linje(2)
    assert forsegl(sted) == 3, "the two and the one that tells of the change"
    assert funn(sted) == []
    bytt_noekkel(sted, av=None)
    forsegl(sted)
    assert funn(sted) == []
    byttet = select(func.count()).select_from(Innslag).where(Innslag.hva == Hva.LOGGNOEKKEL_BYTTET)
    assert db.session.scalar(byttet) == 2
    assert stat.S_IMODE(sted.noekkelfil.stat().st_mode) == 0o600
    privat = json.loads(signatur._som_fil(gammel))["ed25519"]
    assert privat not in sted.noekkelfil.read_text(encoding="ascii")


def test_before_anything_is_sealed_the_key_can_be_changed_too(sted: Loggsted) -> None:
    tyv = sted.noekkel()
    bytt_noekkel(sted, av=None)
    hoder.skriv_utloept(sted.hoder, tyv, "2026-12-31")
    with pytest.raises(HodeneErSkadet):
        hoder.les_utloept(sted.hoder, sted.noekkel())
    (sted.hoder / "utloept.json").unlink()
    linje()
    assert forsegl(sted) > 0
    assert funn(sted) == []


def _endre(fil: Path) -> None:
    fil.write_bytes(fil.read_bytes().replace(b'"til"', b'"fra"'))


@pytest.mark.parametrize("gjoer", [_endre, Path.unlink])
def test_the_key_is_not_changed_beside_heads_that_are_not_as_they_were_signed(
    sted: Loggsted, gjoer: Callable[[Path], None]
) -> None:
    """It would vouch for them."""
    linje()
    forsegl(sted)
    (hodet,) = sted.hoder.glob("*.json")
    neste = Hodefil("9999-01-01", hashlib.sha256(hodet.read_bytes()).hexdigest(), None, {}, "")
    hoder.skriv(sted.hoder, sted.noekkel(), neste)
    gjoer(hodet)
    foer = sted.noekkelfil.read_bytes()
    with pytest.raises(HodeneErSkadet):
        bytt_noekkel(sted, av=None)
    assert sted.noekkelfil.read_bytes() == foer


def test_a_sealing_that_waits_while_the_key_is_changed_signs_with_the_new_one(sted: Loggsted, app: Flask) -> None:
    linje()
    forsegl(sted)
    linje(2)
    begynt = threading.Event()

    def ved_siden_av() -> None:
        begynt.set()
        with app.app_context():
            forsegl(sted)

    traad = threading.Thread(target=ved_siden_av)
    with hoder.laas(sted.hoder):
        traad.start()
        assert begynt.wait(10)
        traad.join(0.3)  # it has come to the lock
        assert traad.is_alive()
        signatur.bytt_noekkel(sted.noekkelfil, sted.noekkel(), *hoder.avtrykkene(sted.hoder))
    traad.join(30)
    assert (traad.is_alive(), funn(sted)) == (False, [])


def test_a_check_that_began_with_the_old_key_does_not_take_the_new_heads_for_a_theft(
    sted: Loggsted, monkeypatch: pytest.MonkeyPatch
) -> None:
    linje()
    forsegl(sted)
    les, lest = hoder.les_alle, list[Signeringsnoekkel]()

    def foerst_byttet(mappe: Path, noekkel: Signeringsnoekkel) -> hoder.Hodebok:
        if not lest:
            bytt_noekkel_og_forsegl()
        lest.append(noekkel)
        return les(mappe, noekkel)

    def bytt_noekkel_og_forsegl() -> None:
        signatur.bytt_noekkel(sted.noekkelfil, sted.noekkel(), *hoder.avtrykkene(sted.hoder))
        forsegl(sted)

    monkeypatch.setattr(hoder, "les_alle", foerst_byttet)
    assert kontroller(db.session(), sted).funn == []
    assert len(lest) == 2


def test_changed_on_the_command_line(config: Config, sted: Loggsted) -> None:
    linje()
    assert kjoer(config, "audit", "forsegl")[0] == 0
    foer = sted.noekkel().offentlig
    kode, skrevet = kjoer(config, "audit", "rotate")
    assert (kode, "Ta en kopi av" in skrevet, "Slett kopiene" in skrevet) == (0, True, True), skrevet
    assert sted.noekkel().offentlig != foer
    kode, skrevet = kjoer(config, "audit", "verify")
    assert (kode, "Alt er i orden." in skrevet) == (0, True), skrevet
    (hodet,) = sted.hoder.glob("*.json")
    _endre(hodet)
    kode, skrevet = kjoer(config, "audit", "rotate")
    assert (kode, "koordinering audit verify" in skrevet) == (1, True), skrevet
    config.loggnoekkel.unlink()
    kode, skrevet = kjoer(config, "audit", "rotate")
    assert (kode, "loggnoekkel.json mangler" in skrevet) == (1, True), skrevet


@pytest.mark.parametrize("gamle", [[{}], [1], {"a": 1}, [{"offentlig": "", "siste": 1, "avtrykk": {}}], 7])
def test_a_file_whose_old_keys_are_no_such_thing_is_damaged(config: Config, sted: Loggsted, gamle: object) -> None:
    data = json.loads(sted.noekkelfil.read_text(encoding="ascii"))
    sted.noekkelfil.write_text(json.dumps({**data, "gamle": gamle}), encoding="ascii")
    with pytest.raises(ConfigError, match="skadet"):
        sted.noekkel()


def test_a_file_from_before_keys_could_be_changed_is_read(sted: Loggsted) -> None:
    data = json.loads(sted.noekkelfil.read_text(encoding="ascii"))
    del data["gamle"]
    foer = sted.noekkel().offentlig
    sted.noekkelfil.write_text(json.dumps(data), encoding="ascii")
    assert sted.noekkel().offentlig == foer
    assert sted.noekkel().gamle == ()


def test_where_the_key_is_lost_the_heads_are_taken_as_they_are_and_the_log_goes_on(
    config: Config, sted: Loggsted
) -> None:
    linje(2, siden=timedelta(days=1))
    forsegl(sted)
    kode, skrevet = kjoer(config, "audit", "rotate", "--uten-gammel")
    assert (kode, "Kjør: koordinering audit rotate" in skrevet) == (1, True), "there is a key"
    sted.noekkelfil.unlink()
    assert "--uten-gammel" in kjoer(config, "init")[1]
    kode, skrevet = kjoer(config, "audit", "rotate", "--uten-gammel")
    assert (kode, "kan ikke vises lenger" in skrevet) == (0, True), skrevet
    linje()
    assert forsegl(sted) == 2
    assert funn(sted) == []
    detaljer = db.session.scalars(select(Innslag.detalj).where(Innslag.hva == Hva.LOGGNOEKKEL_BYTTET)).all()
    assert detaljer == ["uten_gammel"]
    db.session.rollback()
    tyv = signatur.lag_noekkel(sted.hoder.parent / "tyvens.json")
    (hodet,) = sted.hoder.glob("*.json")
    ekte = hoder.les(sted.hoder, sted.noekkel(), hodet.stem)
    hoder.skriv(sted.hoder, tyv, ekte)
    assert funn(sted) != []


def test_a_lost_key_is_not_replaced_beside_heads_that_do_not_hang_together(sted: Loggsted) -> None:
    sted.noekkelfil.unlink()
    with pytest.raises(HodeneErSkadet):
        ny_noekkel(sted, av=None)
    noekkel = signatur.lag_noekkel(sted.noekkelfil)
    hoder.skriv(sted.hoder, noekkel, Hodefil("2026-01-01", None, None, {}, ""))
    hoder.skriv(sted.hoder, noekkel, Hodefil("2026-01-02", "0" * 64, None, {}, ""))
    sted.noekkelfil.unlink()
    with pytest.raises(HodeneErSkadet):
        ny_noekkel(sted, av=None)
    assert not sted.noekkelfil.exists()
