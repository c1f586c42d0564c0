"""Whose turn it is when a place has come free: told to who gives, with one button to offer it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from koordinering import audit
from koordinering.access import can
from koordinering.audit import Hva
from koordinering.db import transaction
from koordinering.roles import Rettighet
from koordinering.saker.models import Henvisning
from koordinering.saker.rules.overganger import AAPNE
from koordinering.tekst import N_
from koordinering.tildeling import queries, services
from koordinering.tildeling.queries.tilbudt import neste_kandidater, sist_holdt
from koordinering.tildeling.routes.felles import betegnelse, bp, skrevet
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.routes import mer_om_tilbud
from koordinering.tiltak.rules import Plasstilstand
from koordinering.web.gate import needs
from koordinering.web.huset import me
from koordinering.web.sprak import gettext

NETTOPP = "ledig"
"""Stands in the address of a referral's page when it follows on that a place was let go of."""


@dataclass(frozen=True)
class Neste:
    """An offer with a free place, and who is next; None: nobody who waits fits it and wishes for it."""

    tilbud: Tilbud
    henvisning: Henvisning | None

    @property
    def hvem(self) -> str:
        """What the receiver calls the one who is next."""
        return betegnelse(queries.innsyn(self.henvisning)) if self.henvisning is not None else ""


def neste_for(tilbud: Tilbud, *, logg: bool = True) -> Neste | None:
    """Who is next for a free place of this offer; None when none is free, or for whoever does not give its places.

    Weighed on each family's own case: other cases are asked when it is offered. `logg`: the page is not logged
    otherwise, and tells of a referral.
    """
    gir = can(me(), Rettighet.TILBUD_ENDRE, tilbud) and can(me(), Rettighet.TILDELING_GI)
    if not gir or not tiltaket.tilstander([tilbud.beholdning_id])[tilbud.beholdning_id][Plasstilstand.LEDIG]:
        return None
    neste = next(iter(neste_kandidater(tilbud)), None)
    if logg and neste is not None:
        audit.record(Hva.LISTE_LEST, av=me(), detalj="neste")
    return Neste(tilbud, neste)


def neste_etter(henvisning: Henvisning) -> Neste | None:
    """Who is next for the place that this referral let go of, as long as it is free; None when it let go of none.

    Of a referral that is still open only on the page that follows (`NETTOPP`): it waits for a place itself.
    """
    if not can(me(), Rettighet.TILDELING_GI, henvisning):
        return None
    if henvisning.status in AAPNE and NETTOPP not in request.args:
        return None
    holdt = sist_holdt(henvisning)
    return neste_for(holdt[1], logg=False) if holdt and holdt[0].tilstand is Plasstilstand.LEDIG else None


@mer_om_tilbud
def _paa_tilbudets_side(tilbud: Tilbud) -> Mapping[str, Neste | None]:
    """The offer's own page tells who is next too."""
    return {"neste": neste_for(tilbud)}


@bp.post("/fordel/neste")
@needs(Rettighet.TILBUD_ENDRE)
def fordel_neste() -> Response:
    """Offer a free place to the next on the waiting list who fits."""
    tilbud_id = skrevet("tilbud_id")
    with transaction():
        tilbud = tiltaket.eget_tilbud(me(), tilbud_id)
        plasstilbud = services.tilby_neste(tilbud, av=me())
        verdier = (
            {
                "nummer": plasstilbud.plass.nummer,
                "navn": tilbud.navn,
                "hvem": betegnelse(queries.innsyn(plasstilbud.henvisning)),
            }
            if plasstilbud
            else None
        )
    if verdier is None:
        flash(gettext(N_("Ingen på ventelisten kan tilbys en plass nå.")), "info")
    else:
        tilbudt = N_("Plass %(nummer)d i %(navn)s er tilbudt %(hvem)s. Henviser svarer for familien.")
        flash(gettext(tilbudt) % verdier, "suksess")
    return redirect(url_for("tildeling.fordel", tilbud=tilbud_id), 303)
