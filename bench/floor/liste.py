"""«Mine saker»: the list by named filter, paged by key."""

import base64
import json
from collections import defaultdict
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import render_template, request, url_for

from bench.floor.basen import hull, som_tid
from bench.floor.rammen import Gulvet, antall_tekst
from koordinering.saker.queries import Saksfilter
from koordinering.saker.rules.overganger import AAPNE, Status

_PER_SIDE = 25
_AAPEN = f"EXISTS (SELECT 1 FROM henvisning h WHERE h.sak_id = s.id AND h.status IN ({hull(len(AAPNE))}))"
_NOE = "EXISTS (SELECT 1 FROM henvisning h WHERE h.sak_id = s.id)"
_VILKAAR = {
    Saksfilter.ENHETEN: ("", ()),
    Saksfilter.AAPNE: (f" AND {_AAPEN}", tuple(sorted(AAPNE))),
    Saksfilter.AVSLUTTEDE: (f" AND NOT {_AAPEN} AND {_NOE}", tuple(sorted(AAPNE))),
}
_SJELDNE = {
    Saksfilter.UTKAST: "status = 'utkast'",
    Saksfilter.SAMTYKKE: "status = 'venter_samtykke'",
    Saksfilter.SPOERSMAAL: "status = 'paa_vent' AND spoersmaal IS NOT NULL",
    Saksfilter.BESKJED: "beskjed_siden IS NOT NULL",
    Saksfilter.TILBUD: "svar_innen IS NOT NULL",
}


def vis(gulvet: Gulvet) -> str:
    """A page of it."""
    meg, filter_ = gulvet.hvem(), Saksfilter(request.args["filter"])
    gulvet.lest(meg, "liste_lest", detalj=f"saker:{filter_.value}")
    side = _side(gulvet, meg.enhet, filter_)
    antall = dict(zip(_SJELDNE, gulvet.basen.les(*_som_venter(gulvet, meg.enhet))[0], strict=True))
    return render_template(
        "saker/liste.html", side=side, filter=filter_, filtre=list(Saksfilter), antall=antall, **gulvet.paa_siden(meg)
    )


def _som_venter(gulvet: Gulvet, enhet: str) -> tuple[Any, ...]:
    nei = "0" if gulvet.basen.sqlite else "false"
    fra = f"SELECT 1 FROM henvisning WHERE avsender_id = ? AND sperret = {nei}"
    deler = [f"(SELECT count(*) FROM ({fra} AND {vilkaar} LIMIT 1001) x)" for vilkaar in _SJELDNE.values()]
    return f"SELECT {', '.join(deler)}", *([enhet] * len(deler))


def _side(gulvet: Gulvet, enhet: str, filter_: Saksfilter) -> SimpleNamespace:
    retning, tid, id_ = les_noekkel(request.args.get("side", ""))
    vilkaar, verdier = _VILKAAR[filter_]
    hvor = f"s.enhet_id = ? AND s.begrenset IS NULL{vilkaar}"
    om: tuple[Any, ...] = (enhet, *verdier)
    antall = gulvet.basen.les(f"SELECT count(*) FROM (SELECT 1 FROM sak s WHERE {hvor} LIMIT 1001) x", *om)[0][0]
    bakfra = retning in {"foer", "slutt"}
    if tid is not None:
        hvor, om = f"{hvor} AND (s.opprettet, s.id) {'>' if bakfra else '<'} (?, ?)", (*om, gulvet.basen.tid(tid), id_)
    vei = "ASC" if bakfra else "DESC"
    rader = gulvet.basen.les(
        f"""SELECT s.id, s.referanse, s.opprettet, u.visningsnavn FROM sak s JOIN user_konto u ON u.id = s.ansvarlig_id
        WHERE {hvor} ORDER BY s.opprettet {vei}, s.id {vei} LIMIT {_PER_SIDE + 1}""", *om)  # fmt: skip
    flere, rader = len(rader) > _PER_SIDE, rader[:_PER_SIDE]
    if bakfra:
        rader.reverse()
    har_forrige = flere if bakfra else retning == "etter"
    har_neste = flere if not bakfra else retning == "foer"
    return SimpleNamespace(
        rader=_saker(gulvet, rader),
        antall=antall,
        forste="" if har_forrige else None,
        forrige=noekkel("foer", rader[0]) if har_forrige and rader else None,
        neste=noekkel("etter", rader[-1]) if har_neste and rader else None,
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


def noekkel(retning: str, rad: Any = None) -> str:
    """The key of a neighbouring page."""
    verdier = [] if rad is None else [{"t": som_tid(rad[2]).isoformat()}, rad[0]]
    raa = json.dumps([retning, *verdier], separators=(",", ":"))
    return base64.urlsafe_b64encode(raa.encode()).decode().rstrip("=")


def sidelenker(side: SimpleNamespace) -> dict[str, Any]:
    """Addresses of the neighbouring pages."""
    filter_ = request.args["filter"]

    def til(noekkel_: str | None) -> str | None:
        if noekkel_ is None:
            return None
        return url_for("saker.liste", filter=filter_, side=noekkel_ or None)

    return {
        "forste": til(side.forste), "forrige": til(side.forrige), "neste": til(side.neste), "siste": til(side.siste),
        "antall_tekst": antall_tekst(side.antall),
        "stoerrelser": tuple((n, til(f"{n}.") if n != _PER_SIDE else None) for n in (25, 50, 100))
        if side.antall > _PER_SIDE else (),
    }  # fmt: skip
