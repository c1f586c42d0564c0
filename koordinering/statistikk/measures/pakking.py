"""What counting needs of referrals and children, in records of fixed length: as extracts keep it (Telleutdrag)."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from koordinering.statistikk.measures.kolonner import Janei, Tallrekke, begynnelser, foerst_av_like, rekke, ulike_rader
from koordinering.statistikk.measures.lest import DELTAR, KJOENN, Henviste, Kjennetegn, Registrerte

Poster = NDArray[np.void]
Kolonner = Mapping[str, NDArray[Any]]

ORD = ("enhet", "tiltak", "status", "grunn", "deltar_ved_slutt", "videresendt_grunn", "ventegrunn")
"""The words of a referral's Kjennetegn that are its own. The others follow from what it was given."""

HENVIST = np.dtype(
    [
        ("id", "<i8"),
        ("naar", "<i8"),
        ("endret", "<i8"),
        ("gitt", "<i8"),
        ("beholdning", "<i8"),
        ("tilsagn", "<i8"),
        *((navn, "<u2") for navn in ORD),
        ("barn", "<i2"),
    ]
)
"""A referral. Moments in microseconds, `INGEN` for none; stock and commitment by key, 0 for none; words by number, 0
for none; `barn` is the child's place in the case, or HELE_FAMILIEN."""

BARN = np.dtype(
    [
        ("indeks", "<u8", (4,)),
        ("foedselsaar", "<i2"),
        ("kjoenn", "<u2"),
        ("deltar", "<u2"),
        ("lenket", "?"),
        ("nevnt", "?"),
    ]
)
"""A child of a case that has such referrals. `nevnt`: referred in the year, whatever came of it."""

INGEN = np.iinfo(np.int64).min
HELE_FAMILIEN, UKJENT_BARN = -1, -2


class Pakket(NamedTuple):
    """Referrals and the children of their cases. Cases are numbered from 0; children lie by case."""

    i_sak: Tallrekke
    henvist: Poster
    barn_i_sak: Tallrekke
    barn: Poster


class Gis(NamedTuple):
    """What there is to be given: who has it and which activity it is."""

    arrangoer: Mapping[int, str]
    """By stock; below 0: by commitment."""
    aktivitet: Mapping[int, str]


def fra_bytes(porsjoner: Iterable[Sequence[Sequence[Any]]]) -> tuple[Tallrekke, Pakket]:
    """Read extracts: the key of each case, and what is packed of them. A portion is keys, referrals and children."""
    saker: list[Tallrekke] = []
    lengder: tuple[list[Tallrekke], list[Tallrekke]] = ([], [])
    bytene = (bytearray(), bytearray())
    for sak, *felt in porsjoner:
        saker.append(rekke(sak))
        for lengde, alt, rader in zip(lengder, bytene, felt, strict=True):
            lengde.append(np.fromiter(map(len, rader), dtype=np.int64, count=len(rader)))
            alt += b"".join(rader)
    (i_sak, henvist), (barn_i_sak, barn) = map(_poster, bytene, lengder, (HENVIST, BARN))
    return np.concatenate([rekke(()), *saker]), Pakket(i_sak, henvist, barn_i_sak, barn)


def _poster(alt: bytearray, lengder: list[Tallrekke], slag: np.dtype[np.void]) -> tuple[Tallrekke, Poster]:
    antall = np.concatenate([rekke(()), *lengder]) // slag.itemsize
    return np.repeat(np.arange(len(antall)), antall), np.frombuffer(alt, dtype=slag)


def til_bytes(i_sak: Tallrekke, poster: Poster, saker: int) -> list[bytes]:
    """The records of each case."""
    orden = np.argsort(i_sak, kind="stable")
    alt, lengde = poster[orden].tobytes(), poster.dtype.itemsize
    grenser = [0, *(np.cumsum(np.bincount(i_sak, minlength=saker)) * lengde).tolist()]
    return [alt[fra:til] for fra, til in pairwise(grenser)]


def pakk_ut(
    p: Pakket, koder: Sequence[str | None], gis: Gis, kjente: NDArray[np.uint64]
) -> tuple[Henviste, list[Kjennetegn], Registrerte]:
    """As columns to count. `koder` is the word of each number, `kjente` the indexes of children known before."""
    h, b = _kolonner(p.henvist), _kolonner(p.barn[["foedselsaar", "kjoenn", "deltar", "lenket"]])
    begynner = begynnelser(p.barn_i_sak, int(p.i_sak.max(initial=-1)) + 1)[p.i_sak]
    barn = np.where(h["barn"] >= 0, begynner + h["barn"], h["barn"])
    kjenn, kjennetegn, arrangoer = _kjennetegn(h, koder, gis)
    naar, endret, gitt = (h[navn].view("M8[us]") for navn in ("naar", "endret", "gitt"))
    henvist = Henviste(h["id"], p.i_sak, barn, naar, endret, gitt, arrangoer, kjenn)
    person, kjent = _personer(p.barn["indeks"], b["lenket"], kjente)
    kjoenn, deltar = (_plass_av(liste, koder) for liste in (KJOENN, DELTAR))
    return henvist, kjennetegn, Registrerte(
        p.barn_i_sak, b["foedselsaar"].astype(np.int64), person, b["lenket"],
        kjoenn[b["kjoenn"]], deltar[b["deltar"]], kjent,
    )  # fmt: skip


def _kolonner(poster: Poster) -> Kolonner:
    return {navn: np.ascontiguousarray(poster[navn]) for navn in poster.dtype.names or ()}


def _plass_av(liste: Sequence[str | None], koder: Sequence[str | None]) -> Tallrekke:
    plass = {kode: nr for nr, kode in enumerate(liste)}
    return rekke([plass.get(kode, 0) for kode in koder])


def _kjennetegn(h: Kolonner, koder: Sequence[str | None], gis: Gis) -> tuple[Tallrekke, list[Kjennetegn], Tallrekke]:
    """The kind of each referral, the kinds there are, and who has what each was given (-1: nobody)."""
    tildelt, betalt = h["gitt"] != INGEN, h["tilsagn"] != 0
    ting = np.where(h["beholdning"] != 0, h["beholdning"], -h["tilsagn"])
    tingene, hvilken = np.unique(ting[tildelt], return_inverse=True)
    hvem = [gis.arrangoer.get(t) for t in tingene.tolist()]
    nummer = {navn: nr for nr, navn in enumerate(dict.fromkeys(n for n in hvem if n))}
    arrangoer, aktivitet = np.full(len(ting), -1), np.zeros(len(ting), dtype=np.int64)
    arrangoer[tildelt] = rekke([nummer.get(navn or "", -1) for navn in hvem])[hvilken]
    aktiviteter = [None, *sorted(set(gis.aktivitet.values()))]
    av = {a: nr for nr, a in enumerate(aktiviteter)}
    aktivitet[tildelt] = rekke([av[gis.aktivitet.get(t)] for t in tingene.tolist()])[hvilken]
    hele = h["barn"] == HELE_FAMILIEN
    svar = (k.view(np.uint8) for k in (hele, tildelt, tildelt & betalt))
    nr, kolonner = ulike_rader([*(h[navn] for navn in ORD), *svar, aktivitet])
    slag = []
    for *ord_, familie, gitt, er_betalt, akt in zip(*(k.tolist() for k in kolonner), strict=True):
        enhet, tiltak, status, grunn, deltar, videre, vente = (koder[o] for o in ord_)
        slag.append(
            Kjennetegn(
                enhet or "", tiltak or "", status, grunn, deltar, videre, bool(familie), vente, bool(gitt),
                bool(er_betalt), aktiviteter[akt],
            )
        )  # fmt: skip
    return nr, slag, arrangoer


def _personer(indeks: NDArray[np.uint64], lenket: Janei, kjente: NDArray[np.uint64]) -> tuple[Tallrekke, Janei]:
    """The number of each child, and whether it was known: by the index, or by the row where unlinked."""
    nummer, antall = _nummer(np.concatenate((indeks, kjente)))
    egne = nummer[: len(lenket)]
    kjent_nr = np.zeros(antall, dtype=np.bool_)
    kjent_nr[nummer[len(lenket) :]] = True
    person = egne.copy()
    person[~lenket] = antall + np.arange(np.count_nonzero(~lenket))
    return person, lenket & kjent_nr[egne]


def _nummer(indekser: NDArray[np.uint64]) -> tuple[Tallrekke, int]:
    """A number for each different index of 32 bytes: by its first 8, unless two share those and differ in the rest."""
    begynner = np.ascontiguousarray(indekser[:, 0])
    orden = np.argsort(begynner)
    foerst = foerst_av_like(begynner[orden])
    nummer = np.empty(len(orden), dtype=np.int64)
    nummer[orden] = np.cumsum(foerst) - 1
    andre = orden[~foerst]
    if not (indekser[andre] == indekser[orden[foerst][nummer[andre]]]).all():
        hele, nummer = np.unique(np.ascontiguousarray(indekser).view("S32").ravel(), return_inverse=True)
        return nummer, len(hele)
    return nummer, int(foerst.sum())
