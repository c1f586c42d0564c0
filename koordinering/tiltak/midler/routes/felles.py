"""The blueprint that the pages of the money share, and what several of them do."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as Svartype

from koordinering.errors import DomainError, FinnesIkke
from koordinering.tekst import N_
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import i_grupper
from koordinering.tiltak.midler.export import XLSX_TYPE
from koordinering.tiltak.midler.forms import Foering
from koordinering.web.forsoek import Forsoek
from koordinering.web.samtidig import til_det_nye
from koordinering.web.side import kroner
from koordinering.web.skjema import BaseForm, Versjonert
from koordinering.web.sprak import gettext

bp = Blueprint("midler", __name__)

Svar = str | Svartype | tuple[str, int]


def proev(form: BaseForm, gjoer: Callable[[], object], naa: Callable[[], Versjonert] | None = None) -> int | None:
    """Do what the form asks for, in one transaction; None when it is done, else the status to show the page with.

    What went wrong stands at its field, or on top of the form, and what was typed is still there. `naa`: the form as
    somebody who opens the page now gets it; held against it, the next try counts.
    """
    forsoek = Forsoek(form, DomainError)
    if forsoek.gyldig:
        with forsoek.gjoer():
            gjoer()
        if forsoek.endret and naa is not None and isinstance(form, Versjonert):
            _til_det_nye(form, naa())
    return None if forsoek.gikk else forsoek.status


def _til_det_nye(form: Versjonert, naa: Versjonert) -> None:
    if isinstance(form, Foering):
        form.versjon.data = naa.versjon.data
    else:
        til_det_nye(form, naa)


def skjemaside(
    form: BaseForm,
    status: int,
    tittel: str,
    tilbake: tuple[str, str],
    *,
    knapp: str | None = None,
    ingress: str = "",
    fakta: Sequence[tuple[str, str]] = (),
    merknad: str = "",
) -> tuple[str, int]:
    """A page with one form: its heading, the way back, facts to decide from, and what she should know first."""
    side = render_template(
        "midler/skjema.html",
        form=form,
        tittel=tittel,
        tilbake=tilbake,
        knapp=knapp,
        ingress=ingress,
        fakta=fakta,
        merknad=merknad,
    )
    return side, status


def kontofakta(lag: Lag) -> tuple[str, str]:
    """The account that a payment goes to, in the groups that it is read in."""
    konto = i_grupper(lag.kontonummer) if lag.kontonummer else gettext(N_("Ikke oppgitt"))
    return gettext(N_("Lagets kontonummer")), konto


def paa_vei(oere: int) -> list[tuple[str, str]]:
    """What is in payments already that are in no file yet."""
    return [(gettext(N_("På vei i andre utbetalinger")), kroner(oere))] if oere else []


def fil(innhold: bytes, navn: str, mimetype: str = XLSX_TYPE) -> Response:
    """A file to keep."""
    svar = Response(innhold, mimetype=mimetype)
    svar.headers.set("Content-Disposition", "attachment", filename=navn)
    return svar


def aar_i_adressen(tekst: str | None) -> int | None:
    """A year from the address, None when there is none that can be meant."""
    aar = int(tekst) if tekst and tekst.isascii() and tekst.isdigit() and len(tekst) == 4 else 0
    return aar if 2000 <= aar <= 2100 else None


def gyldig_aar(aar: int) -> int:
    """A year that is part of an address. Raises FinnesIkke for what is none."""
    if not 2000 <= aar <= 2100:
        raise FinnesIkke
    return aar


def valgt(koder: Sequence[str], standard: str) -> str:
    """The named filter in the address, else the one that the list opens with."""
    navn = request.args.get("filter", "")
    return navn if navn in koder else standard
