"""The printable slips to the family."""

from collections.abc import Mapping
from datetime import date

from flask import flash, redirect, render_template, request, url_for

from koordinering.db import OSLO, i_dag
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker import services as saken
from koordinering.saker.rules.tekstfil import ett_ord, ord_for_ord
from koordinering.tekst import N_
from koordinering.tildeling import queries
from koordinering.tildeling.routes.felles import Svar, bp
from koordinering.tildeling.services import lapp as lapper
from koordinering.tildeling.services.lapp import Gave
from koordinering.tiltak import queries as tiltaket
from koordinering.tiltak.midler.models import Tilsagn
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.rules import Aktivitet
from koordinering.web.gate import needs
from koordinering.web.huset import innstillinger, me
from koordinering.web.side import dato, kroner
from koordinering.web.sprak import gettext


@bp.get("/henvisninger/<int:henvisning_id>/lapp")
@needs(Rettighet.HENVISNING_MOTTA, Rettighet.SAK_LES)
def lapp(henvisning_id: int) -> Svar:
    """What is given, on paper, in the family's language."""
    henvisning = queries.henvisning(me(), henvisning_id)
    gave = lapper.gave(henvisning)
    alle = lapper.spraak(innstillinger().tekster / "lapper")
    if gave is None:
        flash(gettext(N_("Det er ikke gitt noe som familien skal ha beskjed om nå.")), "info")
        return redirect(url_for("tildeling.henvisning", henvisning_id=henvisning_id), 303)
    valgt = alle.get(request.args.get("spraak", ""), alle["nb"])
    fylt = lapper.lapp(henvisning, valgt, _verdier(gave, valgt.ordliste), gave.seksjon, av=me())
    andre = [s for s in alle.values() if gave.seksjon in s.seksjoner]
    return render_template("tildeling/lapp.html", lapp=fylt, spraak=andre, henvisning=henvisning)


@bp.get("/saker/<int:sak_id>/kode")
@needs(Rettighet.SAK_LES)
def kodelapp(sak_id: int) -> Svar:
    """The family's linking code on paper, in the family's language; again when the slip is lost."""
    sak = saker.sak(me(), sak_id)
    kode = saken.les_koblingskode(sak)
    if kode is None:
        flash(gettext(N_("Saken har ingen koblingskode.")), "info")
        return redirect(url_for("saker.vis", sak_id=sak_id), 303)
    alle = lapper.spraak(innstillinger().tekster / "lapper")
    fylt = lapper.kodelapp(sak, alle.get(request.args.get("spraak", ""), alle["nb"]), kode, av=me())
    andre = [s for s in alle.values() if lapper.KODE in s.seksjoner]
    return render_template("saker/kodelapp.html", lapp=fylt, spraak=andre, sak=sak, kode=kode)


def _verdier(gave: Gave, ordliste: Mapping[str, str]) -> Mapping[str, str]:
    """What the slip's lines are filled with; in its own language as far as the list of its words goes."""
    felles = {"tiltak": gave.tiltak.kortnavn, "nummer": _nummer(gave)}
    if gave.tilbud is not None:
        return felles | _om_tilbud(gave.tilbud, ordliste)
    if gave.tildeling is not None and gave.tildeling.tilsagn is not None:
        om = _om_tilsagn(gave.tildeling.tilsagn, ordliste)
        return felles | om | {"start": dato(gave.tildeling.gitt)}
    if gave.seksjon == "kort" and gave.tildeling is not None:
        return felles | {"start": f"01.01.{gave.tildeling.aar}", "slutt": f"31.12.{gave.tildeling.aar}"}
    gitt = gave.tildeling.gitt.astimezone(OSLO).date() if gave.tildeling else i_dag()
    return felles | {"start": dato(gitt), "gratis": "ja"}


def _nummer(gave: Gave) -> str:
    plass = gave.tildeling.plass if gave.tildeling else None
    return str(plass.nummer) if plass else ""


def _om_tilsagn(tilsagn: Tilsagn, ordliste: Mapping[str, str]) -> dict[str, str]:
    lag = tilsagn.lag
    kontakt = (lag.kontakt, lag.telefon, lag.epost)
    aktiviteter = tiltaket.aktiviteter_hos(lag.id)
    return {
        # A club of several activities: which one is agreed with the club, and nothing here knows it.
        "aktivitet": _aktivitet(aktiviteter[0], ordliste) if len(aktiviteter) == 1 else "",
        "formaal": ett_ord(tilsagn.budsjett.formaal.navn, ordliste),
        "arrangoer": lag.navn,
        "beloep": kroner(tilsagn.beloep_oere),
        "oppmoete": ", ".join(ett_ord(ett, ordliste) for ett in kontakt if ett),
    }


def _om_tilbud(tilbud: Tilbud, ordliste: Mapping[str, str]) -> dict[str, str]:
    return {
        "navn": tilbud.navn,
        "aktivitet": _aktivitet(tilbud.aktivitet, ordliste),
        "arrangoer": tilbud.arrangoer,
        "sted": tilbud.sted or "",
        "ukedager": ord_for_ord(tilbud.ukedager or "", ordliste),
        "oppmoete": ett_ord(tilbud.oppmoete or "", ordliste),
        "start": dato(tilbud.sesong_fra),
        "slutt": dato(tilbud.sesong_til),
        **_sesongen(tilbud, i_dag()),
        "egenandel": kroner(tilbud.egenandel_oere) if tilbud.egenandel_oere else "",
        "gratis": "" if tilbud.egenandel_oere else "ja",
    }


def _aktivitet(aktivitet: Aktivitet, ordliste: Mapping[str, str]) -> str:
    return ett_ord(gettext(aktivitet.tekst), ordliste)


def _sesongen(tilbud: Tilbud, dag: date) -> dict[str, str]:
    """Where `dag` is in the season, as words that a line of the slip can depend on."""
    kommer, over = dag < tilbud.sesong_fra, dag > tilbud.sesong_til
    naar = {"kommer": kommer, "i_gang": not kommer and not over, "varer": not over, "over": over}
    return {ord_: "ja" if gjelder else "" for ord_, gjelder in naar.items()}
