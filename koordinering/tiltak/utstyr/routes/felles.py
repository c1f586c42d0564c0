"""The blueprint, who stands at the counter, and what a scan means on every page that takes one."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from koordinering.access import can
from koordinering.crypto import token_hash
from koordinering.errors import DomainError, ForMangeForsoek, UgyldigFelt
from koordinering.konto.routes.felles import token
from koordinering.roles import Rettighet
from koordinering.tekst import N_
from koordinering.tiltak.utstyr import queries, services
from koordinering.tiltak.utstyr.forms.felter import Skannefelt
from koordinering.tiltak.utstyr.models import Utstyrsenhet
from koordinering.tiltak.utstyr.queries import Disk
from koordinering.tiltak.utstyr.rules.strekkode import som_operatoerkode
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

bp = Blueprint("utstyr", __name__, url_prefix="/utstyr")

Svar = str | Response | tuple[str, int]

UTEN_OPERATOER = N_("Skann kortet ditt eller skriv koden din først. Det du har lagt til, blir stående.")


def okt_id() -> bytes:
    """The key of this station's session."""
    return token_hash(token() or "")


def disken() -> Disk:
    """Who stands at this station's counter."""
    return queries.disk(me(), okt_id())


class UtenOperatoer(DomainError):
    """Codes are in use at this counter, and nobody has shown one. Nothing was changed."""

    status = 422
    melding = UTEN_OPERATOER


def krev_operatoer() -> int | None:
    """The number to write in the history; None only where no codes are in use. Raises UtenOperatoer.

    Asked before everything that lends, takes back, holds or changes an item, and for stock-taking.
    """
    disk = disken()
    if disk.mangler:
        raise UtenOperatoer
    return disk.nummer


def foerst_operatoer(videre: str, **verdier: Any) -> Response:
    """Back to the page where the button stood, told that somebody must show a code first; nothing is changed."""
    flash(gettext(N_("Skann kortet ditt eller skriv koden din først. Ingenting er endret.")), "feil")
    return redirect(url_for(videre, **verdier), 303)


@bp.context_processor
def _paa_hver_side() -> dict[str, Any]:
    """Also on the page that tells a stranger of a fault: nobody may be signed in."""
    ved_disken = current_user.is_authenticated and can(me(), Rettighet.UTSTYR_LAAN)
    return {"disk": disken() if ved_disken else None}


def les_skann(felt: Skannefelt) -> Utstyrsenhet | None:
    """The item that was scanned; None when it was a person's card, or when the field now says what is wrong.

    A card changes who stands at the counter, and nothing else on the page.
    """
    lest, kode = felt.data or "", som_operatoerkode(felt.data or "")
    felt.toem()
    if kode is not None:
        try:
            services.bytt_operatoer(kode, okt_id(), av=me())
        except (UgyldigFelt, ForMangeForsoek) as feil:
            felt.errors = [gettext(str(feil))]
        return None
    enhet = queries.finn(me(), lest) if lest else None
    if enhet is None:
        felt.errors = [gettext(N_("Ingen enhet har denne strekkoden eller dette nummeret. Skann på nytt."))]
    return enhet
