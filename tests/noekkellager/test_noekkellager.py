"""The key store: a key before its row, gone after it; and a value opens in one place alone."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, delete, event, select

from koordinering import crypto, noekkellager
from koordinering.crypto import KanIkkeAapnes
from koordinering.db import db, i_dag, metadata, own_transaction, tilfeldig_id, transaction
from koordinering.jobb.services import bestill_det_faste
from koordinering.konto import services as konto
from koordinering.konto.faktor.models import Totp
from koordinering.konto.faktor.services import demohemmelighet
from koordinering.konto.faktor.services.koder import les_hemmelighet
from koordinering.konto.models import BevartArbeid
from koordinering.noekkellager.lager import noekkel
from koordinering.noekkellager.sletting import Noekkelsletting
from koordinering.personvern.krav import services as krav
from koordinering.personvern.krav.models import Kravdel
from koordinering.personvern.krav.rules.dokument import Dokument
from koordinering.personvern.krav.rules.frist import Delsvar, Sjekk
from koordinering.saker import services as saker
from koordinering.saker.models import Aapning, Hendelse, Sak
from koordinering.saker.rules import koblingskode
from koordinering.saker.rules.behov import Behov, Rettegrunn
from koordinering.saker.rules.innboks import Aapningsgrunn
from koordinering.saker.rules.overganger import Part
from koordinering.saker.rules.tilbakehold import Holdegrunn
from koordinering.saker.samordning import services as samordning
from koordinering.saker.samordning.models import Samordningsnotat
from koordinering.saker.services import Koblingskode
from koordinering.tiltak.utstyr import services as utstyr
from koordinering.tiltak.utstyr.models import Reservasjon, Utlaan
from koordinering.users import Koblingsmodus, kommune
from tests import fabrikk
from tests.nettleser import Nettleser
from tests.saker.samordnet import notat
from tests.saker.samordnet import samordning as samordnet

HASHER = {
    ("grense", "noekkel"),
    ("kalenderlenke", "hash"),
    ("okt", "id"),
    ("oidc_forsoek", "id"),
    ("oidc_forsoek", "nettleser"),
    ("oidc_forsoek", "okt_id"),
    ("oidc_okt", "okt_id"),
    ("utstyrsvakt", "okt_id"),
    ("sak", "innsending"),
    ("barn", "blindindeks"),
    ("sak", "kodeindeks"),
    ("loggsegl", "hash"),
    ("halvokt", "id"),
    ("utfordring", "id"),
    ("gjenopprettingslenke", "id"),
}
"""Byte strings that are keyed or hashed and open to nothing."""
AAPNE = {("passkey", "noekkel_id"), ("passkey", "eier"), ("passkey", "offentlig"), ("utfordring", "eier")}
"""The public half of a key and what it is called: they verify, and open nothing."""
KONTROLL = ("noekkelkontroll", "verdi")
"""Sealed by a master key for its own number; tests of wrong keys are below."""

PAKKET = {("telleutdrag", "henvist"), ("telleutdrag", "barn")}
"""Numbers, codes and blind indexes that stand in the cases' own tables too, packed: as open as they are."""

UTLOGGING = ("oidc_okt", "id_token")
"""Sealed by a master key for its own session, and done without when it does not open: tests/konto/test_oidc.py."""


def _notat(sak: Sak, tekst: str) -> Hendelse:
    henvisning = sak.henvisninger[0]
    felt = {"av": fabrikk.bruker("nav1"), "part": Part.HENVISER, "grunn": "annet", "fritekst": tekst}
    return saker.legg_til_hendelse(henvisning, "status", fra="sendt", til="trukket", **felt)  # type: ignore[arg-type]


def _sak(nr: int) -> Sak:
    with transaction():
        kommune().koblingsmodus = Koblingsmodus.REFERANSE
    kode = Koblingskode(koblingskode.ny())
    sak = fabrikk.sak(fabrikk.bruker("nav1"), egen_referanse=f"NAV {nr}", kode=kode)
    with transaction():
        sak = db.session.get_one(Sak, sak.id)
        _notat(sak, f"notat {nr}")
        _notat(sak, f"notat {nr} b")
        saker.hold_tilbake(sak, Holdegrunn.ANNET, i_dag() + timedelta(days=9), fritekst=f"til {nr}", av=sak.ansvarlig)
    fabrikk.grunn(fabrikk.bruker("nav2"), sak, Aapningsgrunn.ANNET, f"hjelper med {nr}")
    notat("nav1", samordnet(sak, "nav1", "to_kultur_fritid").id, f"vi ses {nr}", sak=sak)
    return sak


def _utlaan() -> list[Utlaan]:
    return fabrikk.utlaan(fabrikk.bruker("fretex1"), *fabrikk.utstyr(fabrikk.bruker("fretex1"), antall=2))


def _reservasjoner() -> list[Reservasjon]:
    av, holdt = fabrikk.bruker("fretex1"), []
    for en in fabrikk.utstyr(av, antall=2):
        with transaction():
            dag = i_dag()
            holdt.append(utstyr.reserver(db.session.merge(en), "41234567", dag, ved=None, av=fabrikk.bruker("fretex1")))
    return holdt


def _egen_referanse(sak_id: int) -> object:
    return saker.les_egen_referanse(db.session.get_one(Sak, sak_id))


def _fritekst(hendelse_id: int) -> object:
    hendelse = db.session.get_one(Hendelse, hendelse_id)
    sak = db.session.scalars(select(Sak).where(Sak.henvisninger.any(id=hendelse.henvisning_id))).one()
    return saker.les_fritekst(sak, hendelse)


def _aapning(aapning_id: int) -> object:
    return saker.les_tekster([db.session.get_one(Aapning, aapning_id)])[aapning_id]


def _samordningsnotat(notat_id: int) -> object:
    fra = db.session.get_one(Samordningsnotat, notat_id).fra_sak_id
    return {en.id: tekst for en, tekst in samordning.om_saken(db.session.get_one(Sak, fra)).notater}[notat_id]


def _bevart(rad_id: int) -> object:
    """Never raises: what cannot be opened was not kept."""
    rad = db.session.get_one(BevartArbeid, rad_id)
    user_id, sti = rad.user_id, rad.sti
    db.session.rollback()
    svar = konto.hent_bevart(user_id, sti)
    if svar is None:
        raise KanIkkeAapnes
    return svar


Sted = tuple[str, str, int]
LESERE: dict[tuple[str, str], Callable[[int], object]] = {
    ("sak", "egen_referanse"): _egen_referanse,
    ("sak", "koblingskode"): lambda id_: saker.les_koblingskode(db.session.get_one(Sak, id_)),
    ("sak", "holdetekst"): lambda id_: saker.les_holdetekst(db.session.get_one(Sak, id_)),
    ("hendelse", "fritekst"): _fritekst,
    ("utlaan", "telefon"): lambda id_: utstyr.les_telefon(db.session.get_one(Utlaan, id_)),
    ("utstyrsreservasjon", "telefon"): lambda id_: utstyr.les_telefon(db.session.get_one(Reservasjon, id_)),
    ("aapning", "tekst"): _aapning,
    ("samordningsnotat", "tekst"): _samordningsnotat,
    ("bevart_arbeid", "innhold"): _bevart,
    ("totp", "hemmelighet"): lambda id_: les_hemmelighet(db.session.get_one(Totp, id_)),
    ("kravdel", "innhold"): lambda id_: krav.les_del(db.session.get_one(Kravdel, id_)),
}
"""Every encrypted column, and how it is opened."""


def test_every_column_of_bytes_is_a_hash_or_is_tried_here() -> None:
    bytestrenger = {(t.name, k.name) for t in metadata.tables.values() for k in t.c if isinstance(k.type, LargeBinary)}
    assert bytestrenger == HASHER | AAPNE | PAKKET | {KONTROLL, UTLOGGING} | LESERE.keys()


def _godkjente_deler(referanser: list[str]) -> None:
    """A joint answer's parts of these cases of Nav's, approved."""
    leder = fabrikk.bruker("navleder1")
    with transaction():
        kommune().innsyn_enhet_id = "nav"
        krav.be_om_deler(tilfeldig_id(), referanser, [], i_dag(), tuple(Sjekk), av=leder)
        for nr, del_ in enumerate(db.session.scalars(select(Kravdel)).all()):
            krav.svar_for_del(del_, Delsvar.GODKJENT, dokument=Dokument(f"Innsyn {nr}", ()), av=leder)


def _steder() -> dict[Sted, bytes]:
    """Two rows and more of each encrypted column, with what stands there."""
    referanser = []
    for nr in (1, 2):
        referanser.append(_sak(nr).referanse)
        konto.bevar_arbeid(fabrikk.bruker(f"nav{nr}").id, "/saker/ny", [("navn", str(nr))])
        demohemmelighet(fabrikk.bruker(f"nav{nr}"), av=None)
    _godkjente_deler(referanser)
    _utlaan()
    _reservasjoner()
    steder: dict[Sted, bytes] = {}
    for tabell, kolonne in LESERE:
        t = metadata.tables[tabell]
        rader = db.session.execute(select(t.c.id, t.c[kolonne]).where(t.c[kolonne].is_not(None))).all()
        assert len(rader) >= 2, tabell
        steder |= {(tabell, kolonne, id_): verdi for id_, verdi in rader}
    db.session.rollback()
    return steder


def test_a_value_moved_to_any_other_row_column_or_case_does_not_open(app: Flask) -> None:
    steder = _steder()
    aapnet = 0
    for (tabell, kolonne, id_), egen in steder.items():
        t = metadata.tables[tabell]
        for verdi in steder.values():
            with own_transaction() as session:
                session.execute(t.update().where(t.c.id == id_).values({kolonne: verdi}))
            db.session.rollback()
            if verdi == egen:
                if tabell != "bevart_arbeid":  # handed out once
                    assert LESERE[tabell, kolonne](id_)
                    aapnet += 1
                continue
            if tabell == "bevart_arbeid" and db.session.get(BevartArbeid, id_) is None:
                break
            with pytest.raises(KanIkkeAapnes):
                LESERE[tabell, kolonne](id_)
    assert aapnet == len(steder) - 2


def test_a_wrapped_key_moved_to_another_row_opens_nothing(app: Flask) -> None:
    en, to = _sak(1).id, _sak(2).id
    noekler = noekkellager.hent(crypto.SAK, [en, to])
    noekkellager.lager.glem()
    with noekkellager.engine().begin() as connection:
        connection.execute(noekkel.update().where(noekkel.c.rad == to).values(innpakket=noekler[en]))
    assert _egen_referanse(en) == "NAV 1"
    with pytest.raises(KanIkkeAapnes):
        _egen_referanse(to)


# --- Made before, destroyed after ------------------------------------------------------------------------


def _i_lageret() -> set[tuple[str, int]]:
    with noekkellager.engine().connect() as connection:
        return {(rad.tabell, rad.rad) for rad in connection.execute(select(noekkel.c.tabell, noekkel.c.rad))}


def _rett(sak_id: int, referanse: str, *, stopp: bool = False) -> None:
    with transaction():
        rettelse = saker.SakRettelse(True, frozenset({Behov.FRITID}), referanse, Rettegrunn.FEIL)
        saker.rett_sak(db.session.get_one(Sak, sak_id), rettelse, av=fabrikk.bruker("nav1"))
        assert _i_lageret() == {("sak", sak_id)}  # there before the case is committed
        if stopp:
            raise RuntimeError("stopp")


def _slett(sak_id: int, *, stopp: bool = False) -> None:
    with transaction():
        saker.slett(db.session.get_one(Sak, sak_id), av=fabrikk.bruker("nav1"))
        if stopp:
            raise RuntimeError("stopp")


def test_a_case_that_was_not_committed_leaves_at_most_a_key(app: Flask, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.nav1).id
    assert _i_lageret() == set()  # nothing to seal: no key
    with pytest.raises(RuntimeError, match="stopp"):
        _rett(sak_id, "NAV 7", stopp=True)
    assert _egen_referanse(sak_id) is None
    _rett(sak_id, "NAV 8")
    assert _egen_referanse(sak_id) == "NAV 8"
    assert _i_lageret() == {("sak", sak_id)}


def test_a_deleted_case_takes_its_key_along_and_is_remembered(app: Flask, folk: Any) -> None:
    sak_id, annen = fabrikk.sak(folk.nav1, utkast=True, egen_referanse="x1").id, _sak(2).id
    innpakket = noekkellager.hent(crypto.SAK, [sak_id])[sak_id]
    with pytest.raises(RuntimeError, match="stopp"):
        _slett(sak_id, stopp=True)
    assert noekkellager.fullfoer_slettinger() == 0
    assert _egen_referanse(sak_id) == "x1"  # not deleted, and nothing is lost
    _slett(sak_id)
    assert ("sak", sak_id) in _i_lageret()  # the key goes last
    bestill_det_faste()
    db.session.rollback()
    assert _i_lageret() == {("sak", annen)}
    assert noekkellager.slettede("sak", [sak_id, annen]) == {sak_id}
    assert db.session.scalars(select(Noekkelsletting)).all() == []
    assert _egen_referanse(annen) == "NAV 2"
    _er_borte(app, innpakket)


def _er_borte(app: Flask, innpakket: bytes) -> None:
    """The wrapped key stands nowhere in SQLite's files, also not among what was freed."""
    if noekkellager.engine().dialect.name != "sqlite":
        return
    mappe = Path(str(noekkellager.engine().url.database)).parent
    filer = [fil for fil in mappe.iterdir() if "sqlite3" in fil.name]
    assert len(filer) >= 2
    assert [fil.name for fil in filer if innpakket[3:] in fil.read_bytes()] == []


def test_a_stop_between_the_store_and_the_database_is_made_good(app: Flask, folk: Any) -> None:
    sak_id = fabrikk.sak(folk.nav1, utkast=True, egen_referanse="x1").id
    _slett(sak_id)
    with noekkellager.engine().begin() as connection:  # the key went, and the process with it
        connection.execute(delete(noekkel))
    assert noekkellager.fullfoer_slettinger() == 1
    assert noekkellager.slettede("sak", [sak_id]) == {sak_id}
    assert noekkellager.fullfoer_slettinger() == 0


def test_a_backup_of_the_data_forgets_when_the_key_is_gone(app: Flask, folk: Any) -> None:
    sak_id = _sak(1).id
    rad = db.session.execute(select(metadata.tables["sak"]).where(Sak.id == sak_id)).one()._mapping
    db.session.rollback()
    with transaction():
        noekkellager.slett(crypto.SAK, [sak_id])
    noekkellager.fullfoer_slettinger()
    assert rad["egen_referanse"] is not None
    assert _egen_referanse(sak_id) is None  # the row as it stands in the backup
    hendelse = db.session.scalars(select(Hendelse.id).where(Hendelse.fritekst.is_not(None))).first()
    assert hendelse is not None
    assert _fritekst(hendelse) is None


@pytest.mark.bare_sqlite
def test_a_page_asks_the_key_store_once(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    sak = _sak(1)
    with transaction():
        for nr in range(8):
            _notat(db.session.get_one(Sak, sak.id), f"notat nr. {nr}")
    sider = {f"/saker/{sak.id}": 1, f"/henvisninger/{sak.henvisninger[0].id}": 1, "/saker": 0}
    _reservasjoner()
    db.session.rollback()
    for hvem, adresser in (("nav1", sider), ("fretex1", {"/utstyr/reservasjoner": 1})):
        side = nettleser.som(fabrikk.bruker(hvem))
        for sti, antall in adresser.items():
            assert side.se(sti).status_code == 200, sti
            setninger: list[str] = []

            def lytt(*args: Any, til: list[str] = setninger) -> None:
                til.extend([args[2]] if args[2].startswith("SELECT") else [])

            event.listen(noekkellager.engine(), "before_cursor_execute", lytt)
            side.se(sti)
            event.remove(noekkellager.engine(), "before_cursor_execute", lytt)
            assert len(setninger) == antall, (sti, setninger)
