"""Register a family: children, consent and referrals in one step. The form is read by hand, and only what is right."""

import secrets
from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from bench.floor.basen import hull
from bench.floor.rammen import Gulvet, Meg, gjeldende, i_dag, krev_token, naa_
from bench.floor.soek import tell_numre, tell_soek
from koordinering import crypto
from koordinering.saker.rules import identitetsnummer, referanse
from koordinering.saker.rules.behov import Behov, JaNeiVetIkke, Opplysning, SamtykkeFra, Samtykkemaate, Spurt
from koordinering.saker.rules.samtykke import FAMILIEN
from koordinering.tiltak.rules import Aktivitet

_TILTAK = """SELECT t.id, t.kortnavn, t.mottaker_id, t.enkeltvedtak, e.kortnavn, m.mekanikk FROM tiltak t
    JOIN tiltak_mekanikk m ON m.tiltak_id = t.id LEFT JOIN enhet e ON e.id = t.mottaker_id
    WHERE NOT t.utgaatt ORDER BY t.orden, t.id, m.mekanikk"""
_KORT = """SELECT k.per, k.tak, b.antall FROM kortaar k JOIN beholdning b ON b.id = k.beholdning_id
    WHERE k.tiltak_id = ? AND k.aar = ?"""
_KOMMUNE = "SELECT koblingsmodus, registrer_kjoenn, samtykkealder FROM kommune WHERE id = 1"
_HJEMLER = (
    """SELECT id, tekst FROM hjemmel WHERE gyldig_fra <= ? AND (gyldig_til IS NULL OR gyldig_til >= ?) ORDER BY tekst"""
)
_ENHETER = "SELECT id, navn FROM enhet WHERE id = ?"
_ROLLER = """SELECT u.laast, r.rolle, r.enhet_id, r.fra, r.til, e.kortnavn, e.navn FROM user_konto u
    LEFT JOIN rolletildeling r ON r.user_id = u.id LEFT JOIN enhet e ON e.id = r.enhet_id
    WHERE u.id = ? ORDER BY r.id"""
_VALGTE = """SELECT t.id, t.mottaker_id, t.enkeltvedtak, m.mekanikk FROM tiltak t
    JOIN tiltak_mekanikk m ON m.tiltak_id = t.id WHERE t.id IN ({}) AND NOT t.utgaatt"""
_KJENT = """SELECT s.id FROM (SELECT DISTINCT sak_id FROM barn WHERE blindindeks = ?) b JOIN sak s ON s.id = b.sak_id
    WHERE s.enhet_id = ? ORDER BY s.opprettet, s.id"""
_SAK = """INSERT INTO sak (id, referanse, enhet_id, ansvarlig_id, opprettet, i_maalgruppe, egen_referanse, innsending,
    versjon) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (referanse) DO NOTHING RETURNING id"""
_BARN = """INSERT INTO barn (id, sak_id, lopenummer, foedselsaar, deltar, spurt, blindindeks)
    VALUES (?, ?, 1, ?, ?, ?, ?)"""
_SAMTYKKE = """INSERT INTO samtykke (id, sak_id, mottaker_id, grunnlag, maate, fra, opplysninger, gjelder, gitt,
    registrert_av) VALUES (?, ?, ?, 'samtykke', ?, ?, ?, ?, ?, ?)"""
_HENVISNING = """INSERT INTO henvisning (id, sak_id, barn_id, tiltak_id, avsender_id, mottaker_id, status, synlig,
    sperret, opprettet, sendt, lodd, koe, sammen, endret, startet, versjon)
    VALUES (?, ?, ?, ?, ?, ?, 'sendt', ?, ?, ?, ?, ?, 0, ?, ?, ?, 1)"""
_HENDELSE = """INSERT INTO hendelse (henvisning_id, tid, user_id, enhet_id, slag, fra, til)
    VALUES (?, ?, ?, ?, 'status', 'utkast', 'sendt')"""


def vis(gulvet: Gulvet) -> Response:
    """The form, sent."""
    krev_token()
    meg, basen, skjema = gulvet.hvem(), gulvet.basen, request.form
    nummer = identitetsnummer.sjekk(skjema["barn-0-fnr"].strip(), syntetisk=True)
    dag, aar = basen.dag(i_dag()), i_dag().year
    tiltak = {rad[0]: rad[2] for rad in basen.les(_TILTAK)}
    basen.les(_KORT, "4b-2", aar)
    basen.les(_ENHETER, meg.enhet)
    basen.les(_KOMMUNE)
    basen.les(_HJEMLER, dag, dag)
    sak = _lest(skjema, aar)
    tell_numre(gulvet, meg)
    tell_soek(gulvet, meg)
    indeks = crypto.blindindeks(crypto.gjeldende(), nummer)
    innsending = crypto.token_hash(f"{meg.id}:{secrets.token_urlsafe(32)}")
    with basen.skriv():
        _les_paa_nytt(gulvet, meg, {t for t, _ in sak["tiltak"]})
        if basen.les("SELECT id FROM sak WHERE innsending = ?", innsending) or basen.les(_KJENT, indeks, meg.enhet):
            raise LookupError("the child is known")
        _skriv(gulvet, meg, sak, tiltak, indeks, innsending)
    return redirect(url_for("tildeling.kvittering", sak_id=sak["id"]), 303)


def _les_paa_nytt(gulvet: Gulvet, meg: Meg, tiltak: set[str]) -> None:
    """Who may and what can be chosen may have changed since it was read; read under the lock, as the product does."""
    roller = gulvet.basen.les(_ROLLER, meg.id)
    if roller[0][0] or not gjeldende(rad[1:] for rad in roller):
        raise PermissionError("no longer")
    if {rad[0] for rad in gulvet.basen.les(_VALGTE.format(hull(len(tiltak))), *sorted(tiltak))} != tiltak:
        raise LookupError("a measure is gone")
    gulvet.basen.les(_KOMMUNE)


def _lest(skjema: MultiDict[str, str], aar: int) -> dict[str, Any]:
    """What was sent, checked as far as it goes: a wrong code or a year that cannot be is an error."""
    foedt = int(skjema["barn-0-foedselsaar"])
    if not aar - 25 <= foedt <= aar:
        raise ValueError("birth year")
    return {
        "id": _id(),
        "barn_id": _id(),
        "foedt": foedt,
        "deltar": JaNeiVetIkke(skjema["barn-0-deltar"]).value,
        "spurt": Spurt(skjema["barn-0-spurt"]).value,
        "oenske": Aktivitet(skjema["barn-0-oenske1"]).value,
        "i_maalgruppe": skjema["i_maalgruppe"] == "ja",
        "behov": sorted(Behov(b).value for b in skjema.getlist("behov")),
        "egen_referanse": skjema["egen_referanse"].strip()[:60],
        "maate": Samtykkemaate(skjema["maate"]).value,
        "fra": SamtykkeFra(skjema["fra"]).value,
        "opplysninger": [Opplysning(o).value for o in skjema.getlist("opplysninger")],
        "tiltak": [*((t, None) for t in skjema.getlist("tiltak")), *((t, 0) for t in skjema.getlist("barn-0-tiltak"))],
    }


def _id() -> int:
    return secrets.randbits(62) | 1


def _skriv(
    gulvet: Gulvet, meg: Meg, sak: dict[str, Any], tiltak: dict[str, str], indeks: bytes, innsending: bytes
) -> None:
    basen, naa, id_ = gulvet.basen, gulvet.basen.tid(naa_()), sak["id"]
    forseglet = _forsegl(gulvet, id_, sak["egen_referanse"])
    ja = basen.ja(sak["i_maalgruppe"])
    while not basen.les(_SAK, id_, referanse.ny(), meg.enhet, meg.id, naa, ja, forseglet, innsending):
        pass  # the reference is somebody's already: draw again
    basen.mange("INSERT INTO sak_behov (sak_id, behov) VALUES (?, ?)", [(id_, behov) for behov in sak["behov"]])
    basen.kjoer(_BARN, sak["barn_id"], id_, sak["foedt"], sak["deltar"], sak["spurt"], indeks)
    basen.kjoer("INSERT INTO oenske (barn_id, rekkefoelge, aktivitet) VALUES (?, 1, ?)", sak["barn_id"], sak["oenske"])
    for mottaker in sorted({tiltak[t] for t, _ in sak["tiltak"]} - {meg.enhet}):
        hele = any(barn is None for t, barn in sak["tiltak"] if tiltak[t] == mottaker)
        gjelder = [*([FAMILIEN] if hele else []), str(sak["barn_id"])]
        gulvet.linje(meg, "samtykke_registrert", "sak", id_, "samtykke")
        basen.kjoer(
            _SAMTYKKE, _id(), id_, mottaker, sak["maate"], sak["fra"], basen.json(sak["opplysninger"]),
            basen.json(gjelder), basen.dag(i_dag()), meg.id,
        )  # fmt: skip
    gulvet.linje(meg, "sak_registrert", "sak", id_)
    basen.kjoer(
        "INSERT INTO sakshendelse (sak_id, tid, user_id, slag) VALUES (?, ?, ?, 'registrert')", id_, naa, meg.id
    )
    for tiltak_id, barn in sak["tiltak"]:
        _henvis(gulvet, meg, id_, sak["barn_id"] if barn == 0 else None, tiltak_id, tiltak[tiltak_id], naa)


def _henvis(
    gulvet: Gulvet, meg: Meg, sak: int, barn: int | None, tiltak: str, mottaker: str, naa: datetime | str
) -> None:
    basen, id_, nei, ja = gulvet.basen, _id(), gulvet.basen.ja(False), gulvet.basen.ja(True)
    basen.kjoer(
        _HENVISNING, id_, sak, barn, tiltak, meg.enhet, mottaker, ja, nei, naa, naa, secrets.randbits(62), nei, naa, nei
    )
    gulvet.linje(meg, "henvisning_laget", "henvisning", id_)
    gulvet.linje(meg, "henvisning_status", "henvisning", id_, "sendt")
    basen.kjoer(_HENDELSE, id_, naa, meg.id, meg.enhet)


def _forsegl(gulvet: Gulvet, sak: int, tekst: str) -> bytes:
    """The unit's own reference, sealed with a key that is durable in the key store first."""
    gulvet.basen.les("SELECT rad FROM noekkelsletting WHERE tabell = 'sak_toemt' AND rad = ?", sak)
    noekler = crypto.gjeldende()
    noekkel = crypto.ny_datanoekkel(noekler, crypto.SAK, sak)
    tabell = "noekkel" if gulvet.lager.sqlite else "noekkellager.noekkel"
    with gulvet.lager.skriv():
        gulvet.lager.kjoer(
            f"INSERT INTO {tabell} (tabell, rad, innpakket) VALUES ('sak', ?, ?) ON CONFLICT DO NOTHING", sak, noekkel
        )
    return crypto.krypter(noekler, noekkel, tekst, sak_id=sak, tabell="sak", kolonne="egen_referanse", rad=sak)
