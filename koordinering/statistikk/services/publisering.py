"""Releases: drafted, checked, released by another, withdrawn. What is released never changes (DESIGN.md section 7)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva, Ting
from koordinering.db import db, now, transaction
from koordinering.errors import UgyldigFelt
from koordinering.jobb import services as jobber
from koordinering.jobb.models import Jobb
from koordinering.jobb.rules import Jobbstatus
from koordinering.roles import Rettighet
from koordinering.saker.rules.registrering import sjekk_fritekst
from koordinering.statistikk import measures, queries
from koordinering.statistikk.disclosure import Regler, SafeTable, fra_json
from koordinering.statistikk.export import kanonisk, sha256
from koordinering.statistikk.models import Publisering
from koordinering.statistikk.rules import (
    FOER,
    TREKKES_MED,
    Forhold,
    Hinder,
    KanIkkePubliseres,
    Publiseringsstatus,
    Samtidig,
    Trekkgrunn,
    UgyldigSteg,
    hinder_kontroll,
    hinder_publisering,
    sjekk_overgang,
)
from koordinering.statistikk.services import raatall
from koordinering.statistikk.services.lesing import katalog, tabellsett
from koordinering.statistikk.services.revisjon import kontroller
from koordinering.statistikk.services.telling import reglene
from koordinering.tekst import N_
from koordinering.users import User, kommune

JOBB = "kontroll"
STEG = 2
"""Parts that a check reports: read, checked."""


@dataclass(frozen=True)
class Mulig:
    """What this user may do with a release now; a hindrance says in words why not."""

    hinder_kontroll: Hinder | None
    hinder_publisering: Hinder | None
    kontrolleres: bool
    """A check is ordered and not done."""


@dataclass(frozen=True)
class UtkastValg:
    """What a draft can be made of."""

    aar: list[tuple[int, date]]
    """Years that are counted, the newest first, each with the day of its newest snapshot."""
    tabeller: list[tuple[str, str]]
    sett: list[measures.Tabellsett]
    """Tables that are often released together."""
    kan_erstattes: list[tuple[int, int | None, int]]
    """Key, number and year of the releases that no other has replaced."""
    to_personer: bool
    """Another than the maker releases it."""


def valg_for_utkast(*, av: User) -> UtkastValg:
    """What the page of a new draft offers."""
    require(av, Rettighet.STATISTIKK_PUBLISER)
    bilder = sorted(queries.siste().items(), reverse=True)
    return UtkastValg(
        aar=[(aar, bilde.dato) for aar, bilde in bilder],
        tabeller=katalog(),
        sett=tabellsett(),
        kan_erstattes=[(p.id, p.nummer, p.aar) for p in queries.kan_erstattes()],
        to_personer=kommune().to_personer,
    )


def lag_utkast(aar: int, koder: Collection[str], erstatter_id: int | None = None, *, av: User) -> Publisering:
    """A draft of some tables of the year's newest snapshot. Inside the caller's transaction. Raises UgyldigFelt."""
    require(av, Rettighet.STATISTIKK_PUBLISER)
    bilde = queries.siste((aar,)).get(aar)
    if bilde is None:
        raise UgyldigFelt("aar", N_("Året er ikke telt ennå."))
    if bilde.definisjonsversjon != measures.definisjonsversjon():
        raise UgyldigFelt("aar", Hinder.UTDATERT.tekst)
    if queries.siste_nummer(aar, uten_avtrykk=bilde.raaavtrykk) > bilde.hensyn:
        raise UgyldigFelt("aar", Hinder.GAMMEL.tekst)
    valgte = [kode for kode in measures.definisjoner() if kode in set(koder) & queries.koder_i(bilde.id)]
    if not valgte:
        raise UgyldigFelt("koder", N_("Velg minst én tabell."))
    if erstatter_id is not None and erstatter_id not in {p.id for p in queries.kan_erstattes() if p.aar == aar}:
        raise UgyldigFelt("erstatter", N_("Velg en publisering fra samme år, som ingen annen har erstattet."))
    ny = Publisering(
        aar=aar,
        bilde_id=bilde.id,
        bilde_dato=bilde.dato,
        raaavtrykk=bilde.raaavtrykk,
        hensyn=bilde.hensyn,
        koblingsmodus=bilde.koblingsmodus,
        definisjonsversjon=bilde.definisjonsversjon,
        koder=valgte,
        regler=(bilde.rapport or {}).get("regler"),
        erstatter_id=erstatter_id,
        laget_av_id=av.id,
    )
    db.session.add(ny)
    db.session.flush()
    audit.record(Hva.PUBLISERING_LAGET, av=av, gjelder=Ting("publisering", ny.id), detalj=str(aar))
    return ny


def slett_utkast(publisering: Publisering, *, av: User) -> None:
    """Throw a draft away. Inside the caller's transaction. Raises UgyldigSteg for what is released."""
    require(av, Rettighet.STATISTIKK_PUBLISER)
    slettes = delete(Publisering).where(Publisering.id == publisering.id, Publisering.status.in_(sorted(FOER)))
    if not db.session.execute(slettes.returning(Publisering.id)).all():
        raise UgyldigSteg
    audit.record(Hva.PUBLISERING_SLETTET, av=av, gjelder=Ting("publisering", publisering.id))


def mulig(publisering: Publisering, *, av: User) -> Mulig:
    """Ask what stops this user: the same rules that stop the services."""
    forhold = _forhold(publisering, av=av)
    venter = select(Jobb.argument).where(Jobb.slag == JOBB, Jobb.status.in_((Jobbstatus.VENTER, Jobbstatus.I_ARBEID)))
    kontrolleres = any(arg["publisering"] == publisering.id for arg in db.session.scalars(venter))
    return Mulig(hinder_kontroll(forhold), hinder_publisering(forhold), kontrolleres)


def _forhold(p: Publisering, *, av: User) -> Forhold:
    return Forhold(
        status=p.status,
        kontroll_ok=p.kontroll_ok,
        hensyn_telling=p.hensyn,
        hensyn_kontroll=p.kontroll_hensyn,
        siste=queries.siste_nummer(p.aar, uten_avtrykk=p.raaavtrykk),
        egen=p.laget_av_id == av.id,
        to_personer=kommune().to_personer,
        har_telling=p.bilde_id is not None,
        definisjonene_gjelder=p.definisjonsversjon == measures.definisjonsversjon(),
        erstatter_samme_aar=p.erstatter is None or p.erstatter.aar == p.aar,
        alt_erstattet=p.erstatter_id is not None and queries.erstattet_av(p.erstatter_id) is not None,
    )


# --- Checking --------------------------------------------------------------------------------------------


def bestill_kontroll(publisering: Publisering, *, av: User) -> Jobb:
    """Order the audit. Inside the caller's transaction. Raises UgyldigSteg, KanIkkePubliseres."""
    require(av, Rettighet.STATISTIKK_PUBLISER)
    sjekk_overgang(publisering.status, Publiseringsstatus.KONTROLLERT)
    hinder = hinder_kontroll(_forhold(publisering, av=av))
    if hinder is not None:
        raise KanIkkePubliseres(hinder)
    return jobber.bestill(JOBB, {"publisering": publisering.id}, av=av)


def utfoer_kontroll(jobb: Jobb) -> Mapping[str, Any] | None:
    """The job: the tables of the draft against their counts and everything released of the year."""
    jobber.framdrift(jobb, 0, STEG)
    p = db.session.get(Publisering, int(jobb.argument["publisering"]))
    if p is None or p.bilde_id is None or p.status not in FOER:
        return None  # thrown away or released while the job waited
    av = db.session.get_one(User, jobb.bestilt_av)
    hensyn = queries.siste_nummer()
    raa = raatall.av_bilde(p.bilde_id, p.koder)
    vist = _tabeller(p)
    tidligere = [t for en in raatall.utgitt(p.aar) for t in en.tabeller]
    jobber.framdrift(jobb, 1, STEG)
    regler = Regler(**p.regler) if p.regler else reglene()  # those it was protected by, whatever holds today
    ok, rapport = kontroller(vist, [raa[t.kode] for t in vist], regler, tidligere)
    with transaction():
        _noter_kontroll(p.id, ok, rapport, hensyn, av=av)
    return {"endepunkt": "statistikk.publisering", "verdier": {"publisering_id": p.id}}


def _noter_kontroll(publisering_id: int, ok: bool, rapport: str, hensyn: int, *, av: User) -> None:
    endring = (
        update(Publisering)
        .where(Publisering.id == publisering_id, Publisering.status.in_(sorted(FOER)))
        .values(
            status=Publiseringsstatus.KONTROLLERT if ok else Publiseringsstatus.UTKAST,
            kontrollert=now(),
            kontrollert_av_id=av.id,
            kontroll_ok=ok,
            kontroll=rapport,
            kontroll_hensyn=hensyn,
        )
    )
    if db.session.execute(endring.returning(Publisering.id)).all():
        detalj = "trygg" if ok else "ikke_trygg"
        audit.record(Hva.PUBLISERING_KONTROLLERT, av=av, gjelder=Ting("publisering", publisering_id), detalj=detalj)


def _tabeller(p: Publisering) -> list[SafeTable]:
    """The draft's tables as they were protected with their snapshot."""
    lagret = {} if p.bilde_id is None else queries.alle_beskyttede(p.bilde_id)
    return [fra_json(lagret[kode]) for kode in p.koder]


# --- Out, and back ---------------------------------------------------------------------------------------


def publiser(publisering: Publisering, *, av: User) -> None:
    """Release it: number, checksum, frozen tables. The one it replaces is withdrawn. Inside the caller's transaction.

    Raises KanIkkePubliseres, UgyldigSteg, Samtidig. Of two at the same moment, the number's uniqueness stops one:
    the number is taken before anything is asked, so that what comes out while it is asked has the same.
    """
    require(av, Rettighet.STATISTIKK_PUBLISER)
    nummer = queries.siste_nummer() + 1
    sjekk_overgang(publisering.status, Publiseringsstatus.PUBLISERT)
    hinder = hinder_publisering(_forhold(publisering, av=av))
    if hinder is not None:
        raise KanIkkePubliseres(hinder)
    try:
        with db.session.begin_nested():
            _slipp(publisering, _tabeller(publisering), nummer, av=av)
    except IntegrityError:
        # The number, or the frozen tables: somebody else's came first and holds.
        raise Samtidig from None
    db.session.refresh(publisering)
    audit.record(Hva.PUBLISERT, av=av, gjelder=Ting("publisering", publisering.id), detalj=str(publisering.nummer))
    if publisering.erstatter is not None and publisering.erstatter.status is Publiseringsstatus.PUBLISERT:
        _trekk(publisering.erstatter, Trekkgrunn.ERSTATTET, "", av=av)


def _slipp(publisering: Publisering, tabeller: Sequence[SafeTable], nummer: int, *, av: User) -> None:
    raatall.frys(publisering, tabeller)
    endring = (
        update(Publisering)
        .where(Publisering.id == publisering.id, Publisering.status == Publiseringsstatus.KONTROLLERT)
        .values(
            nummer=nummer,
            status=Publiseringsstatus.PUBLISERT,
            publisert=now(),
            publisert_av_id=av.id,
            terskel=tabeller[0].terskel,
            programversjon=version("koordinering"),
            sha256=sha256(kanonisk(tabeller)),
        )
    )
    if not db.session.execute(endring.returning(Publisering.id)).all():
        raise UgyldigSteg


def trekk(publisering: Publisering, grunn: Trekkgrunn, tekst: str, *, av: User) -> None:
    """Withdraw a release: it stays, and says so. Inside the caller's transaction. Raises UgyldigFelt, UgyldigSteg."""
    require(av, Rettighet.STATISTIKK_PUBLISER)
    if grunn not in TREKKES_MED:
        raise UgyldigFelt("grunn", N_("Velg en grunn fra listen."))
    if grunn is Trekkgrunn.ANNET and not tekst:
        raise UgyldigFelt("tekst", N_("Skriv kort hvorfor."))
    sjekk_fritekst("tekst", tekst)
    _trekk(publisering, grunn, tekst, av=av)


def _trekk(publisering: Publisering, grunn: Trekkgrunn, tekst: str, *, av: User) -> None:
    endring = (
        update(Publisering)
        .where(Publisering.id == publisering.id, Publisering.status == Publiseringsstatus.PUBLISERT)
        .values(
            status=Publiseringsstatus.TRUKKET,
            trukket=now(),
            trukket_av_id=av.id,
            trekkgrunn=grunn,
            trekktekst=tekst or None,
        )
    )
    if not db.session.execute(endring.returning(Publisering.id)).all():
        raise UgyldigSteg
    audit.record(Hva.PUBLISERING_TRUKKET, av=av, gjelder=Ting("publisering", publisering.id), detalj=grunn.value)
