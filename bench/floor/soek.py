"""Find a case by its reference or by a child's number."""

import hmac
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from bench.floor.basen import som_tid
from bench.floor.rammen import Gulvet, Meg, krev_token, naa_
from koordinering import crypto
from koordinering.saker.rules import identitetsnummer, referanse

_TELL = """INSERT INTO grense (noekkel, aapner, antall) VALUES (?, ?, 1) ON CONFLICT (noekkel) DO UPDATE
    SET antall = grense.antall + 1, aapner = excluded.aapner WHERE grense.antall < ? RETURNING antall"""
_OPPSLAG = """SELECT count(*) FROM (SELECT 1 FROM innsynslogg WHERE user_id = ? AND tid >= ? AND hva = 'sak_soekt'
    AND detalj IN ('kode', 'nummer', 'registrering') LIMIT 60) x"""
_FUNNET = "SELECT s.id, s.referanse, s.opprettet FROM {} AND s.enhet_id = ? AND s.begrenset IS NULL"
_REFERANSE = _FUNNET.format("sak s WHERE s.referanse = ?")
_NUMMER = (
    _FUNNET.format("(SELECT DISTINCT sak_id FROM barn WHERE blindindeks = ?) b JOIN sak s ON s.id = b.sak_id")
    + " ORDER BY s.opprettet DESC, s.id DESC LIMIT 20"
)


def vis(gulvet: Gulvet) -> Response | str:
    """A POST with one of the two."""
    krev_token()
    meg = gulvet.hvem()
    gulvet.basen.les("SELECT koblingsmodus FROM kommune WHERE id = 1")
    nummer = request.form.get("fnr", "").strip()
    indeks = None
    if nummer:
        indeks = crypto.blindindeks(crypto.gjeldende(), identitetsnummer.sjekk(nummer, syntetisk=True))
        tell_numre(gulvet, meg)
    tell_soek(gulvet, meg)
    gulvet.lest(meg, "sak_soekt", detalj="nummer" if indeks else "referanse")
    if indeks is not None:
        rader = gulvet.basen.les(_NUMMER, indeks, meg.enhet)
    else:
        rader = gulvet.basen.les(_REFERANSE, referanse.normaliser(request.form["referanse"]), meg.enhet)
    if len(rader) == 1:
        return redirect(url_for("saker.vis", sak_id=rader[0][0]), 303)
    funnet = [SimpleNamespace(id=r[0], referanse=r[1], opprettet=som_tid(r[2])) for r in rader]
    return render_template("saker/finn.html", form=_Finn(), funnet=funnet, **gulvet.paa_siden(meg))


def tell_numre(gulvet: Gulvet, meg: Meg) -> None:
    """How many numbers were looked up today."""
    siden = naa_().replace(hour=0, minute=0, second=0, microsecond=0)
    if gulvet.basen.les(_OPPSLAG, meg.id, gulvet.basen.tid(siden))[0][0] >= 60:
        raise PermissionError("too many numbers today")


def tell_soek(gulvet: Gulvet, meg: Meg) -> None:
    """How many searches there were this hour."""
    tell_i_timen(gulvet, meg, "soek", 120)


def tell_i_timen(gulvet: Gulvet, meg: Meg, slag: str, grense: int) -> None:
    """Two counts of the hour, of the user and of the network, in a transaction of their own."""
    hemmelighet, slutt = crypto.gjeldende().hemmelighet.encode(), naa_() + timedelta(hours=1)
    with gulvet.basen.skriv():
        for hvem, hoeyst in ((f"bruker {meg.id}", grense), (f"nett {request.remote_addr}", 10 * grense)):
            noekkel = hmac.digest(hemmelighet, f"gulv:{slag}:{hvem}".encode(), "sha256")
            if not gulvet.basen.les(_TELL, noekkel, gulvet.basen.tid(slutt), hoeyst):
                raise PermissionError("too many this hour")


class _Finn:
    """The form, as far as the templates ask."""

    kode = None

    def __init__(self) -> None:
        self.referanse = _Felt("referanse", "Sakens referanse", request.form.get("referanse", ""))
        self.fnr = _Felt("fnr", "Barnets fødselsnummer eller D-nummer", "")

    def __iter__(self) -> Any:
        return iter((self.referanse, self.fnr))


class _Felt:
    """A line to write in, as WTForms writes it."""

    type, description, errors = "StringField", "", ()
    flags, widget = SimpleNamespace(required=False), SimpleNamespace(input_type="text")

    def __init__(self, navn: str, ledetekst: str, verdi: str) -> None:
        self.id = self.name = navn
        self.label, self._verdi = SimpleNamespace(text=ledetekst), verdi

    def __call__(self, **attr: str) -> Markup:
        alle: dict[str, Any] = {"id": self.id, "name": self.name, "type": "text", "value": self._verdi, **attr}
        deler = (
            f'{navn.replace("_", "-") if navn.startswith(("data_", "aria_")) else navn}="{escape(verdi)}"'
            for navn, verdi in sorted(alle.items())
        )
        return Markup(f"<input {' '.join(deler)}>")  # noqa: S704 - escaped
