"""«Mine saker»: the list by named filter, paged by key."""

import base64
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import render_template, request, url_for

from bench.floor.basen import hull, som_tid
from bench.floor.rammen import Gulvet, antall_tekst
from koordinering.saker.queries import Saksfilter
from koordinering.saker.rules.overganger import Status

_PER_SIDE = 25
_VENTER = (Saksfilter.UTKAST, Saksfilter.SAMTYKKE, Saksfilter.SPOERSMAAL, Saksfilter.BESKJED, Saksfilter.TILBUD)
_TELL = "(SELECT count(*) FROM (SELECT 1 FROM saksmerke WHERE enhet_id = ? AND merke = ? LIMIT 1001) x)"
_ENHETENS = "sak s WHERE s.enhet_id = ? AND s.begrenset IS NULL"
_MERKEDE = "saksmerke s WHERE s.enhet_id = ? AND s.merke = ?"


def vis(gulvet: Gulvet) -> str:
    """A page of it."""
    meg, filter_ = gulvet.hvem(), Saksfilter(request.args["filter"])
    gulvet.lest(meg, "liste_lest", detalj=f"saker:{filter_.value}")
    side = _side(gulvet, meg.enhet, filter_)
    som_venter = gulvet.basen.les(
        f"SELECT {', '.join([_TELL] * len(_VENTER))}", *(verdi for en in _VENTER for verdi in (meg.enhet, en.value))
    )
    antall = dict(zip(_VENTER, som_venter[0], strict=True))
    return render_template(
        "saker/liste.html", side=side, filter=filter_, filtre=list(Saksfilter), antall=antall, **gulvet.paa_siden(meg)
    )


def _side(gulvet: Gulvet, enhet: str, filter_: Saksfilter) -> SimpleNamespace:
    retning, tid, id_ = les_noekkel(request.args.get("side", ""))
    alle = filter_ is Saksfilter.ENHETEN
    hvor, noekkelen = (_ENHETENS, "s.id") if alle else (_MERKEDE, "s.sak_id")
    om: tuple[Any, ...] = (enhet,) if alle else (enhet, filter_.value)
    antall = gulvet.basen.les(f"SELECT count(*) FROM (SELECT 1 FROM {hvor} LIMIT 1001) x", *om)[0][0]
    bakfra = retning in {"foer", "slutt"}
    if tid is not None:
        hvor = f"{hvor} AND (s.opprettet, {noekkelen}) {'>' if bakfra else '<'} (?, ?)"
        om = (*om, gulvet.basen.tid(tid), id_)
    vei = "ASC" if bakfra else "DESC"
    rader = gulvet.basen.les(
        f"""SELECT a.id, a.referanse, a.opprettet, u.visningsnavn FROM (SELECT {noekkelen} AS id FROM {hvor}
        ORDER BY s.opprettet {vei}, {noekkelen} {vei} LIMIT {_PER_SIDE + 1}) f JOIN sak a ON a.id = f.id
        JOIN user_konto u ON u.id = a.ansvarlig_id ORDER BY a.opprettet {vei}, a.id {vei}""", *om)  # fmt: skip
    flere, rader = len(rader) > _PER_SIDE, rader[:_PER_SIDE]
    if bakfra:
        rader.reverse()
    har_forrige = flere if bakfra else retning == "etter"
    har_neste = flere if not bakfra else retning == "foer"
    return SimpleNamespace(
        rader=_saker(gulvet, rader),
        antall=antall,
        forste="" if har_forrige else None,
        forrige=noekkel("foer", _verdier(rader[0])) if har_forrige and rader else None,
        neste=noekkel("etter", _verdier(rader[-1])) if har_neste and rader else None,
        siste=noekkel("slutt") if har_neste else None,
    )


def _saker(gulvet: Gulvet, rader: list[Any]) -> list[SimpleNamespace]:
    if not rader:
        return []
    ider, plasser = [rad[0] for rad in rader], hull(len(rader))
    barn, henvisninger = defaultdict(list), defaultdict(list)
    for sak, aar in gulvet.basen.les(f"SELECT sak_id, foedselsaar FROM barn WHERE sak_id IN ({plasser})", *ider):
        barn[sak].append({"foedselsaar": aar})
    for sak, status, kortnavn in gulvet.basen.les(
        f"""SELECT h.sak_id, h.status, t.kortnavn FROM henvisning h JOIN tiltak t ON t.id = h.tiltak_id
        WHERE h.sak_id IN ({plasser}) ORDER BY h.opprettet, h.id""", *ider):  # fmt: skip
        henvisninger[sak].append({"tiltak": {"kortnavn": kortnavn}, "status": Status(status)})
    return [
        SimpleNamespace(
            id=id_, referanse=referanse, opprettet=som_tid(opprettet), ansvarlig={"visningsnavn": navn},
            barn=barn[id_], henvisninger=henvisninger[id_],
        )
        for id_, referanse, opprettet, navn in rader
    ]  # fmt: skip


def les_noekkel(tekst: str) -> tuple[str, datetime | None, int]:
    """The key that stood in the address."""
    if not tekst:
        return "start", None, 0
    retning, *resten = json.loads(base64.urlsafe_b64decode(tekst + "=" * (-len(tekst) % 4)))
    return retning, datetime.fromisoformat(resten[0]["t"]) if resten else None, resten[1] if resten else 0


def noekkel(retning: str, verdier: Sequence[Any] = ()) -> str:
    """The key of a neighbouring page: what its rows are ordered by."""
    raa = json.dumps([retning, *verdier], separators=(",", ":"))
    return base64.urlsafe_b64encode(raa.encode()).decode().rstrip("=")


def _verdier(rad: Any) -> list[Any]:
    return [{"t": som_tid(rad[2]).isoformat()}, rad[0]]


def sidelenker(side: SimpleNamespace) -> dict[str, Any]:
    """Addresses of the neighbouring pages."""
    filter_ = request.args["filter"]

    def til(noekkel_: str | None) -> str | None:
        if noekkel_ is None:
            return None
        return url_for(str(request.endpoint), filter=filter_, side=noekkel_ or None)

    return {
        "forste": til(side.forste), "forrige": til(side.forrige), "neste": til(side.neste), "siste": til(side.siste),
        "antall_tekst": antall_tekst(side.antall),
        "stoerrelser": tuple((n, til(f"{n}.") if n != _PER_SIDE else None) for n in (25, 50, 100))
        if side.antall > _PER_SIDE else (),
    }  # fmt: skip
