"""The blueprint that the pages of this package share, and what several of them show."""

from collections.abc import Collection, Mapping

from flask import Blueprint, request
from werkzeug.wrappers import Response

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.errors import FinnesIkke
from koordinering.saker.models import Henvisning
from koordinering.tekst import N_
from koordinering.tildeling import queries
from koordinering.tildeling.models import Tildeling
from koordinering.tildeling.queries import Innsyn, Kortinnsyn
from koordinering.tildeling.rules import Handling
from koordinering.web.huset import me
from koordinering.web.skjema import NOEKKELSIFRE, heltall
from koordinering.web.sprak import gettext

bp = Blueprint("tildeling", __name__)

Svar = str | Response | tuple[str, int]


def skrevet(navn: str) -> int:
    """The key that a form of ours names. Raises FinnesIkke for anything else."""
    noekkel = heltall(request.form.get(navn), NOEKKELSIFRE)
    if noekkel is None:
        raise FinnesIkke
    return noekkel


GJORT: Mapping[Handling, str] = {
    Handling.TA_IMOT: N_("Henvisningen er tatt imot og er under behandling."),
    Handling.GI: N_("Innvilget. Henviser får oppgaven «Gi beskjed til familien»."),
    Handling.VENTELISTE: N_("Henvisningen står på venteliste."),
    Handling.SPOER: N_("Spørsmålet er sendt til henviser."),
    Handling.SETT_PAA_VENT: N_("Henvisningen er satt på vent."),
    Handling.FORTSETT: N_("Henvisningen er under behandling igjen."),
    Handling.GI_MEDHOLD: N_("Klagen er tatt til følge. Henvisningen er under behandling."),
    Handling.OPPRETTHOLD: N_("Avslaget står ved lag."),
    Handling.BEKREFT_START: N_("Det er registrert at det er tatt i bruk."),
    Handling.IKKE_MOETT: N_("Det er registrert at barnet ikke møtte."),
    Handling.AVSLUTT: N_("Henvisningen er avsluttet."),
    Handling.LEVER_TILBAKE: N_("Levert tilbake."),
    Handling.MELD_TAPT: N_("Kortet er meldt tapt."),
    Handling.VIDERESEND: N_("Henvisningen er sendt videre."),
    Handling.AVSLAA: N_("Henvisningen er avslått."),
    Handling.GJENAAPNE: N_("Henvisningen er gjenåpnet."),
    Handling.TREKK: N_("Henvisningen er trukket."),
    Handling.ANGRE: N_("Tildelingen er angret."),
}
"""What the page says after an action."""

SLIPPER = frozenset({Handling.ANGRE, Handling.IKKE_MOETT, Handling.LEVER_TILBAKE})
"""Actions after which the page says what is free."""


def blir_ledig(holdt: Tildeling | None) -> str:
    """What is free when this is let go of, as a sentence; empty when nothing is."""
    if holdt is None:
        return ""
    if holdt.tilsagn is not None:
        return gettext(N_("Beløpet til %(lag)s er frigitt.")) % {"lag": holdt.tilsagn.lag.navn}
    if holdt.plass is None:
        return ""
    tilbud = queries.tilbud_til(holdt)
    if tilbud is None:
        return gettext(N_("Kort nummer %(nummer)d er ledig.")) % {"nummer": holdt.plass.nummer}
    verdier = {"nummer": holdt.plass.nummer, "navn": tilbud.navn}
    return gettext(N_("Plass %(nummer)d i %(navn)s er ledig.")) % verdier


def innsyn_i(henvisninger: Collection[Henvisning]) -> Mapping[int, Innsyn]:
    """What the receiver may see of each, by id."""
    return {h.id: queries.innsyn(h) for h in henvisninger}


def logg_lesning(henvisning: Henvisning) -> None:
    """A page is about to show something of the referral: a line in the log first, or nothing is shown."""
    audit.record(Hva.HENVISNING_LEST, av=me(), gjelder=Ting("henvisning", henvisning.id, henvisning.avsender_id))


def betegnelse(innsyn: Innsyn | Kortinnsyn) -> str:
    """What the receiver calls a referral: its reference, where the consent covers it."""
    return innsyn.referanse or gettext(N_("Uten referanse"))


bp.add_app_template_global(betegnelse, "betegnelse")
