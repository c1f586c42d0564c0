"""The demo town's money: two years of budgets, rounds with clubs' applications, and places with invoices."""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from koordinering.db import Base
from koordinering.demo.betalte import Betalt, skriv_betalte, velg_betalte
from koordinering.demo.fordelinger import FIL
from koordinering.demo.midlerspill import Midlerspill
from koordinering.roles import Rolle
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler.models import (
    Budsjett,
    Bunt,
    Faktura,
    Formaal,
    Kreditnota,
    Midleraar,
    Postering,
    Runde,
    Tilsagn,
    Tilskudd,
    Utbetaling,
)
from koordinering.tiltak.midler.rules import Postslag, Tilsagnstatus, Tilskuddsavslag, Tilskuddstatus, Ubrukt
from koordinering.users import Rolletildeling

_ENKELTPLASS = "enkeltplass"
"""The purpose that pays for single places in clubs."""

_SMAA = 2
"""Places of the last days that cost little."""

_RUNDER = (("Vår", (4, 15), (0, 12, 15)), ("Høst", (10, 15), (1, 6, 1)))
"""Each round's name, its deadline, and when its reports are due: years on, month, day."""

_REKKEFOELGE: tuple[type[Base], ...] = (
    Midleraar, Runde, Budsjett, Tilskudd, Tilsagn, Faktura, Kreditnota, Bunt, Utbetaling,
)  # fmt: skip
"""Tables in the order in which their rows can be written; the ledger comes last."""


def skriv_midler(session: Session, lagene: Sequence[Lag], aar: range, froe: int, slutt: datetime) -> None:
    """Play the last two of these years and write them. Nothing where there is money already, or nobody to enter it."""
    konsulent, godkjenner = (_en_med(session, rolle) for rolle in (Rolle.INKLUDERINGSKONSULENT, Rolle.GODKJENNER))
    if konsulent is None or session.scalar(select(Midleraar.aar).limit(1)) is not None:
        return
    valg = yaml.safe_load(FIL.read_text(encoding="utf-8"))["midler"]
    # The words before the seed are such that the demo's own seed shows every state that money can be in.
    rng = random.Random(f"midler i lag {froe}")  # noqa: S311 - made-up data that must come out the same each time
    spill = Midlerspill(rng, valg, slutt, konsulent, godkjenner)
    spill.lagene.extend(lagene)
    formaal = {f.id: f for f in session.scalars(select(Formaal)) if f.id in valg["rammer"]}
    for et in aar[-2:]:
        spill.om(date(et, 1, 2), (1, 6), _aapner(spill, et, formaal.values()))
    plass = formaal[_ENKELTPLASS]
    for betalt in velg_betalte(session, plass.tiltak_id or "", aar[-2:], int(valg["plasser_i_aaret"]), froe):
        spill.kl(betalt.gitt, partial(_tilsagn, spill, betalt))
    spill.om(slutt.date(), (-14, -14), partial(_i_disse_dager, spill))
    spill.kjoer()
    _skriv(session, spill)
    skriv_betalte(session, spill.betalte)


def _en_med(session: Session, rolle: Rolle) -> int | None:
    query = select(Rolletildeling.user_id).where(Rolletildeling.rolle == rolle)
    return session.scalar(query.order_by(Rolletildeling.user_id).limit(1))


def _skriv(session: Session, spill: Midlerspill) -> None:
    for modell in _REKKEFOELGE:
        session.add_all(rad for rad in spill.rader if isinstance(rad, modell))
        session.flush()
    poster = [(nr, rad) for nr, rad in enumerate(spill.rader) if isinstance(rad, Postering)]
    for nr, post in poster:
        if nr in spill.motposter:
            session.flush()  # what it reverses gets its number, and what came between keeps its order
            post.motposterer_id = spill.motposter[nr].id
        session.add(post)
    session.flush()


# --- A year ------------------------------------------------------------------------------------------------


def _aapner(spill: Midlerspill, aar: int, formaal: Iterable[Formaal]) -> Callable[[datetime], None]:
    def aapne(tid: datetime) -> None:
        grense, tak = (int(spill.valg[navn]) * 100 for navn in ("beloepsgrense", "tak_per_barn"))
        spill.aar[aar] = Midleraar(aar=aar, beloepsgrense_oere=grense, tak_per_barn_oere=tak, siste_bilag=0)
        spill.ny(spill.aar[aar])
        for id_ in (f.id for f in formaal):
            budsjett = Budsjett(id=spill.id(), aar=aar, formaal_id=id_, ramme_oere=0, bundet_oere=0, betalt_oere=0)
            spill.ny(budsjett)
            spill.budsjetter[aar, id_] = budsjett
            spill.bokfoer(budsjett, tid, Postslag.RAMME, ramme_oere=int(spill.valg["rammer"][id_]) * 100)
        for maaned in range(1, 13):
            for dag in (14, 27):
                spill.om(date(aar, maaned, dag), (0, 1), spill.lag_fil)
        _runder(spill, aar, [f.id for f in formaal if not f.enkeltplass])

    return aapne


def _runder(spill: Midlerspill, aar: int, formaal: list[str]) -> None:
    for navn, (maaned, dag), (om, rapport_maaned, rapport_dag) in _RUNDER:
        runde = Runde(id=spill.id(), aar=aar, navn=navn, frist=date(aar, maaned, dag))
        rapport = date(aar + om, rapport_maaned, rapport_dag)
        spill.ny(runde)
        for lag in spill.rng.sample(spill.lagene, min(len(spill.lagene), int(spill.valg["soeknader_i_runden"]))):
            budsjett = spill.budsjetter[aar, spill.rng.choice(formaal)]
            kom = date(aar, maaned, 1)
            spill.om(kom, (0, 14), partial(_soeknad, spill, lag, runde, budsjett, rapport))


def _soeknad(spill: Midlerspill, lag: Lag, runde: Runde, budsjett: Budsjett, rapport: date, tid: datetime) -> None:
    soekt = spill.beloep("soekt", 500)
    tilskudd = Tilskudd(
        id=spill.id(),
        runde_id=runde.id,
        lag_id=lag.id,
        budsjett_id=budsjett.id,
        mottatt=tid.date(),
        antall_barn=max(2, soekt // 250_000 + spill.rng.randint(-1, 4)),
        soekt_oere=soekt,
        status=Tilskuddstatus.SOEKT,
        innvilget_oere=0,
        betalt_oere=0,
        paa_vei_oere=0,
        antall_purringer=0,
        tilbakebetalt_oere=0,
        foert_av=spill.konsulent,
    )
    spill.ny(tilskudd)
    spill.kilder[tilskudd.id] = (tilskudd, budsjett)
    spill.om(runde.frist, (14, 52), partial(_vedtak, spill, tilskudd, budsjett, rapport))


def _vedtak(spill: Midlerspill, tilskudd: Tilskudd, budsjett: Budsjett, rapport: date, tid: datetime) -> None:
    tilskudd.vedtatt = tid.date()
    oere = tilskudd.soekt_oere
    if spill.treffer("kortet_ned"):
        oere = round(oere * spill.rng.uniform(0.5, 0.9) / 50_000) * 50_000
    nei = spill.treffer("avslag")
    if nei or not spill.bokfoer(budsjett, tid, Postslag.BUNDET, bundet_oere=oere, tilskudd_id=tilskudd.id):
        tilskudd.status = Tilskuddstatus.AVSLAATT
        tilskudd.avslag = Tilskuddsavslag.UTENFOR_FORMAAL if nei else Tilskuddsavslag.BUDSJETT_BRUKT
        return
    tilskudd.status, tilskudd.innvilget_oere = Tilskuddstatus.INNVILGET, oere
    tilskudd.vilkaar, tilskudd.rapport_frist = str(spill.valg["vilkaar"]), rapport
    deler = 2 if spill.treffer("i_deler") else 1
    for nr in range(deler):
        del_ = oere - (deler - 1) * (oere // deler) if nr == 0 else oere // deler
        spill.om(tid, (3 + 50 * nr, 12 + 50 * nr), partial(spill.betal, tilskudd, budsjett, oere, del_))
    if spill.treffer("rapport_i_tide"):
        spill.om(rapport, (-25, -1), partial(_rapport, spill, tilskudd, budsjett))
    else:
        spill.om(rapport, (10, 30), partial(_purr, spill, tilskudd, budsjett))


def _purr(spill: Midlerspill, tilskudd: Tilskudd, budsjett: Budsjett, tid: datetime) -> None:
    tilskudd.purret, tilskudd.antall_purringer = tid, tilskudd.antall_purringer + 1
    if not spill.treffer("uten_rapport"):
        spill.om(tid, (20, 90), partial(_rapport, spill, tilskudd, budsjett))


def _rapport(spill: Midlerspill, tilskudd: Tilskudd, budsjett: Budsjett, tid: datetime) -> None:
    if tilskudd.paa_vei_oere or not tilskudd.betalt_oere:
        spill.om(tid, (5, 20), partial(_rapport, spill, tilskudd, budsjett))
        return
    andel = 1.0
    if spill.treffer("mindre_brukt"):
        andel = spill.rng.uniform(0.6, 0.9)
    elif spill.treffer("mer_brukt"):
        andel = spill.rng.uniform(1.05, 1.2)
    tilskudd.brukt_oere = round(tilskudd.betalt_oere * andel / 100) * 100
    tilskudd.rapport_mottatt, tilskudd.deltok = tid.date(), max(1, tilskudd.antall_barn + spill.rng.randint(-2, 2))
    tilskudd.ubrukt = None
    if tilskudd.brukt_oere < tilskudd.betalt_oere:
        flyttes = spill.treffer("flyttes")
        tilskudd.ubrukt = Ubrukt.FLYTTES if flyttes else Ubrukt.BETALES_TILBAKE
        if flyttes:
            tilskudd.rapport_frist = date(tid.year + 1, 6, 1)
            return
        spill.om(tid, (20, 60), partial(_tilbake, spill, tilskudd, budsjett))
    rest = tilskudd.innvilget_oere - tilskudd.betalt_oere
    tilskudd.status = Tilskuddstatus.RAPPORTERT
    if rest:
        spill.bokfoer(budsjett, tid, Postslag.FRIGITT, bundet_oere=-rest, tilskudd_id=tilskudd.id)


def _tilbake(spill: Midlerspill, tilskudd: Tilskudd, budsjett: Budsjett, tid: datetime) -> None:
    oere = tilskudd.skal_tilbake_oere
    tilskudd.tilbakebetalt_oere += oere
    spill.bokfoer(budsjett, tid, Postslag.TILBAKEBETALT, betalt_oere=-oere, tilskudd_id=tilskudd.id)


# --- Single places -----------------------------------------------------------------------------------------


def _tilsagn(spill: Midlerspill, betalt: Betalt, tid: datetime) -> None:
    budsjett = spill.budsjetter.get((betalt.aar, _ENKELTPLASS))
    if budsjett is None:
        return  # given in the first days of the year, before there was a budget
    tilsagn = _nytt_tilsagn(spill, budsjett, spill.beloep("plass", 50), betalt.lag_id, tid)
    if tilsagn is None:
        return
    spill.betalte[betalt.tildeling_id] = tilsagn
    if not spill.treffer("uten_faktura"):
        spill.om(tid, (8, 40), partial(_faktura, spill, tilsagn, budsjett))
    spill.kl(betalt.slutt, partial(_slutt, spill, tilsagn, budsjett))


def _nytt_tilsagn(spill: Midlerspill, budsjett: Budsjett, oere: int, lag_id: int, tid: datetime) -> Tilsagn | None:
    tilsagn = Tilsagn(
        id=spill.id(),
        budsjett_id=budsjett.id,
        lag_id=lag_id,
        beloep_oere=oere,
        fakturert_oere=0,
        status=Tilsagnstatus.AAPENT,
        gitt=tid,
        gitt_av=spill.konsulent,
    )
    if not spill.bokfoer(budsjett, tid, Postslag.BUNDET, bundet_oere=oere, tilsagn_id=tilsagn.id):
        return None
    spill.ny(tilsagn)
    return tilsagn


def _i_disse_dager(spill: Midlerspill, tid: datetime) -> None:
    """What lies on the desks today: places without invoice and with, payments that wait, and one sent back."""
    budsjett = spill.budsjetter.get((tid.year, _ENKELTPLASS))
    if budsjett is None:
        return
    antall, grense = int(spill.valg["i_disse_dager"]), spill.aar[tid.year].beloepsgrense_oere
    for nr in range(antall):
        oere = grense // 2 if nr >= antall - _SMAA else grense + 50_000 + nr * 5_000
        tilsagn = _nytt_tilsagn(spill, budsjett, oere, spill.rng.choice(spill.lagene).id, tid)
        if tilsagn is None:
            return
        if nr == 0:
            continue
        faktura = _ny_faktura(spill, tilsagn, budsjett, oere, tid)
        if nr > 1:
            # the last ones are small enough to need nobody's approval, and wait for the next file
            naar = (7, 8) if oere > grense else (10, 12)
            spill.om(tid, naar, partial(spill.betal, faktura, budsjett, oere, oere))
        if nr == 2:
            spill.om(tid, (9, 11), partial(spill.send_tilbake, tilsagn.id))


def _ny_faktura(spill: Midlerspill, tilsagn: Tilsagn, budsjett: Budsjett, oere: int, tid: datetime) -> Faktura:
    faktura = Faktura(
        id=spill.id(),
        tilsagn_id=tilsagn.id,
        lag_id=tilsagn.lag_id,
        nummer=f"{budsjett.aar % 100}{spill.rng.randrange(10**5, 10**6)}",
        beloep_oere=oere,
        forfall=tid.date() + timedelta(days=30),
        betalt_oere=0,
        paa_vei_oere=0,
        kreditert_oere=0,
        foert=tid,
        foert_av=spill.konsulent,
    )
    tilsagn.fakturert_oere = oere
    spill.ny(faktura)
    spill.kilder[faktura.id] = (faktura, budsjett)
    return faktura


def _faktura(spill: Midlerspill, tilsagn: Tilsagn, budsjett: Budsjett, tid: datetime) -> None:
    if tilsagn.status is not Tilsagnstatus.AAPENT:
        return  # the place ended before the club sent one
    oere = tilsagn.beloep_oere - spill.rng.choice((0, 0, 10_000, 25_000))
    faktura = _ny_faktura(spill, tilsagn, budsjett, oere, tid)
    foerst = oere // 2 if spill.treffer("i_deler") else oere
    spill.om(tid, (1, 9), partial(spill.betal, faktura, budsjett, tilsagn.beloep_oere, foerst))
    if foerst < oere and not spill.treffer("kreditert"):
        spill.om(tid, (35, 60), partial(spill.betal, faktura, budsjett, tilsagn.beloep_oere, oere - foerst))
    elif foerst < oere:
        spill.om(tid, (35, 60), partial(_krediter, spill, faktura, tilsagn))


def _krediter(spill: Midlerspill, faktura: Faktura, tilsagn: Tilsagn, tid: datetime) -> None:
    oere = faktura.rest_oere
    nummer = f"K{faktura.nummer}"
    spill.ny(Kreditnota(faktura_id=faktura.id, nummer=nummer, beloep_oere=oere, foert=tid, foert_av=spill.konsulent))
    faktura.kreditert_oere, tilsagn.fakturert_oere = oere, tilsagn.fakturert_oere - oere


def _slutt(spill: Midlerspill, tilsagn: Tilsagn, budsjett: Budsjett, tid: datetime) -> None:
    rest = tilsagn.beloep_oere - tilsagn.fakturert_oere
    tilsagn.status, tilsagn.beloep_oere = Tilsagnstatus.AVSLUTTET, tilsagn.fakturert_oere
    if rest:
        spill.bokfoer(budsjett, tid, Postslag.FRIGITT, bundet_oere=-rest, tilsagn_id=tilsagn.id)
