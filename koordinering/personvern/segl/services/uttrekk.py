"""The log of some days as lines of text, with each line's place in the chain: what somebody keeps or looks into."""

import csv
import json
from datetime import date, datetime, timedelta
from typing import Any, TextIO

from sqlalchemy import Row
from sqlalchemy.orm import Session

from koordinering import audit
from koordinering.audit import Hva
from koordinering.db import OSLO
from koordinering.personvern.segl import queries
from koordinering.personvern.segl.rules import KOLONNER, tidstekst
from koordinering.tekst import Kode
from koordinering.users import User

FELT = (*KOLONNER, "dag", "nr", "hash")
"""What is told of each line."""


class Uttrekksformat(Kode):
    """How the lines are written."""

    JSONL = "jsonl", "JSON, én linje per innslag"
    CSV = "csv", "CSV med semikolon"


def skriv_uttrekk(session: Session, fra: date, til: date, fmt: Uttrekksformat, ut: TextIO, *, av: User | None) -> int:
    """Write every line of these days, both included; how many. That it was taken out is itself a line, written first.

    Times are UTC. `hash` is empty for what is not sealed yet.
    """
    audit.record(Hva.LOGG_EKSPORTERT, av=av, detalj=f"{fra.isoformat()}:{til.isoformat()}")
    fra_tid, til_tid = (datetime.combine(dag, datetime.min.time(), OSLO) for dag in (fra, til + timedelta(days=1)))
    skriver = csv.writer(ut, delimiter=";", lineterminator="\r\n")
    if fmt is Uttrekksformat.CSV:
        skriver.writerow(FELT)
    antall = 0
    for rad in queries.linjer(session, tidstekst(fra_tid), tidstekst(til_tid)):
        verdier = verdier_av(rad)
        if fmt is Uttrekksformat.CSV:
            skriver.writerow(["" if verdi is None else verdi for verdi in verdier])
        else:
            ut.write(json.dumps(dict(zip(FELT, verdier, strict=True)), ensure_ascii=False) + "\n")
        antall += 1
    return antall


def verdier_av(rad: Row[Any]) -> list[Any]:
    """The values of FELT, from a line as queries.linjer reads it."""
    *innslag, dag, nr, hash_ = tuple(rad)
    return [*innslag, dag, nr, hash_.hex() if hash_ is not None else None]
