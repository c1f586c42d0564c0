"""«Til enheten»: the queue of what waits for a unit, oldest first, as far as its first page."""

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from flask import render_template, request

from bench.floor.basen import hull, som_dag, som_liste, som_tid
from bench.floor.liste import noekkel
from bench.floor.rammen import Gulvet, antall_tekst, i_dag
from koordinering.saker.rules.behov import Opplysning
from koordinering.saker.rules.innsyn import mottaker_ser
from koordinering.saker.rules.overganger import Status
from koordinering.saker.rules.samtykke import naar, tilstand
from koordinering.tildeling.queries import FILTERSTATUSER, Innboksfilter
from koordinering.tildeling.rules import aldersgruppe

_PER_SIDE = 25
_STATUSER = sorted(frozenset().union(*FILTERSTATUSER.values()))
_MOTTATT = "henvisning WHERE mottaker_id = ? AND status = ? AND synlig AND NOT sperret"
_TELL = f"(SELECT count(*) FROM (SELECT 1 FROM {_MOTTATT} LIMIT 1001) x)"
_DEL = f"SELECT * FROM (SELECT id, sendt, lodd FROM {_MOTTATT} ORDER BY sendt, lodd, id LIMIT {_PER_SIDE + 1}) y"
_RADER = """SELECT h.id, h.sak_id, h.barn_id, h.status, h.sendt, h.lodd, t.kortnavn, s.referanse, s.enhet_id,
    b.foedselsaar
    FROM ({}) f JOIN henvisning h ON h.id = f.id JOIN tiltak t ON t.id = h.tiltak_id JOIN sak s ON s.id = h.sak_id
    LEFT JOIN barn b ON b.id = h.barn_id ORDER BY h.sendt, h.lodd, h.id"""
_SAMTYKKER = """SELECT x.sak_id, x.gjelder, x.opplysninger, x.gitt, x.gyldig_til, x.trukket, h.gyldig_fra,
    h.gyldig_til FROM samtykke x LEFT JOIN hjemmel h ON h.id = x.hjemmel_id
    WHERE x.mottaker_id = ? AND x.sak_id IN ({})"""


def vis(gulvet: Gulvet) -> str:
    """The first page of it."""
    meg, filter_ = gulvet.hvem(), Innboksfilter(request.args["filter"])
    gulvet.lest(meg, "liste_lest", detalj=f"innboks:{filter_.value}")
    statuser = sorted(FILTERSTATUSER[filter_])
    verdier = [verdi for status in statuser for verdi in (meg.enhet, status.value)]
    deler = f"{' UNION ALL '.join([_DEL] * len(statuser))} ORDER BY sendt, lodd, id LIMIT {_PER_SIDE + 1}"
    rader = gulvet.basen.les(_RADER.format(deler), *verdier)
    telt = gulvet.basen.les(
        f"SELECT {', '.join([_TELL] * len(_STATUSER))}", *(v for s in _STATUSER for v in (meg.enhet, s.value))
    )
    antall = dict(zip(_STATUSER, telt[0], strict=True))
    flere, rader = len(rader) > _PER_SIDE, rader[:_PER_SIDE]
    side = SimpleNamespace(
        rader=[_rad(rad) for rad in rader],
        antall=min(1001, sum(antall[s] for s in statuser)),
        forste=None,
        forrige=None,
        neste=_noekkel(rader[-1]) if flere else None,
        siste=noekkel("slutt") if flere else None,
    )
    return render_template(
        "tildeling/innboks.html",
        side=side,
        valgt=filter_,
        filtre={f: antall_tekst(sum(antall[s] for s in FILTERSTATUSER[f])) for f in Innboksfilter},
        innsyn=_innsyn(gulvet, meg.enhet, rader),
        **gulvet.paa_siden(meg),
    )


def _noekkel(rad: Any) -> str:
    return noekkel("etter", [{"t": som_tid(rad[4]).isoformat()}, rad[5], rad[0]])


def _rad(rad: Any) -> SimpleNamespace:
    return SimpleNamespace(
        id=rad[0], barn_id=rad[2], status=Status(rad[3]), sendt=som_tid(rad[4]), tiltak={"kortnavn": rad[6]}
    )


def _innsyn(gulvet: Gulvet, enhet: str, rader: list[Any]) -> dict[int, SimpleNamespace]:
    """What the consents let the unit see of each."""
    sakene = [rad[1] for rad in rader]
    gitt: dict[int, list[tuple[list[str] | None, list[str]]]] = defaultdict(list)
    for sak, gjelder, opplysninger, fra, til, trukket, h_fra, h_til in gulvet.basen.les(
        _SAMTYKKER.format(hull(len(sakene)) or "NULL"), enhet, *sakene
    ):
        virker = max(som_dag(fra), som_dag(h_fra)) if h_fra else som_dag(fra)
        slutt = min((som_dag(dag) for dag in (til, h_til) if dag is not None), default=None)
        if tilstand(trukket=trukket is not None, fra=virker, til=slutt, dag=i_dag()).tillater:
            gitt[sak].append((None if gjelder is None else som_liste(gjelder), som_liste(opplysninger)))
    ut = {}
    for rad in rader:
        sagt = frozenset(Opplysning(o) for hvem, alle in gitt[rad[1]] if naar(hvem, rad[2]) for o in alle)
        ser = mottaker_ser(frozenset(Opplysning) if rad[8] == enhet else sagt)
        ut[rad[0]] = SimpleNamespace(
            referanse=rad[7] if "sak.referanse" in ser else None,
            alder=aldersgruppe(rad[9], i_dag().year) if rad[9] and "barn.foedselsaar" in ser else None,
        )
    return ut


def betegnelse(innsyn: SimpleNamespace) -> str:
    """What the unit calls a referral."""
    return innsyn.referanse or "Uten referanse"
