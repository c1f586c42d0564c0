"""Forms of the counter: lending, taking back, extending, reserving, and changing who stands there."""

from datetime import timedelta
from typing import Any

from flask import request
from flask_babel import lazy_gettext
from wtforms import PasswordField

from koordinering.db import i_dag
from koordinering.tekst import N_
from koordinering.tiltak.utstyr.forms.felter import Idliste, Skannefelt, Skanneskjema, dagfelt, skrevet, valg
from koordinering.tiltak.utstyr.models import Utstyrsenhet
from koordinering.tiltak.utstyr.rules.tilstander import Tilstand
from koordinering.tiltak.utstyr.services import Levering, NyttUtlaan
from koordinering.web.skjema import BaseForm, Flervalg, MaaFyllesUt, SelectField, Tekstfelt
from koordinering.web.sprak import gettext


def _telefonfelt() -> Tekstfelt:
    return Tekstfelt(lazy_gettext(N_("Telefonnummer")), validators=[MaaFyllesUt(N_("Skriv telefonnummeret."))], maks=30)


class UtForm(Skanneskjema):
    """Items scanned one after another, then whom they go to and until when."""

    kode = Skannefelt(lazy_gettext(N_("Skann eller skriv nummer")))
    enhet = Idliste()
    telefon = _telefonfelt()
    forfall = dagfelt(N_("Skal inn"))

    def __init__(self, *args: Any, laanetid: int, **kwargs: Any) -> None:
        kwargs.setdefault("forfall", i_dag() + timedelta(days=laanetid))
        super().__init__(*args, **kwargs)

    def nytt(self) -> NyttUtlaan:
        """What was typed, after validate()."""
        return NyttUtlaan(tuple(self.enhet.data), self.telefon.data or "", skrevet(self.forfall.data))


class InnForm(Skanneskjema):
    """Items scanned one after another; each has an InnRad beside it."""

    kode = Skannefelt(lazy_gettext(N_("Skann eller skriv nummer")))
    enhet = Idliste()


class InnRad(BaseForm):
    """One item that comes back: its condition, and what is missing of it."""

    tilstand = SelectField(lazy_gettext(N_("Tilstand")))
    mangler = Flervalg(lazy_gettext(N_("Kryss av for det som mangler")))

    def __init__(self, enhet: Utstyrsenhet) -> None:
        # the form around it has taken what was kept when the session ended
        felter: dict[str, Any] = {} if request.method == "POST" else {"formdata": None}
        super().__init__(prefix=f"rad{enhet.id}-", data={"tilstand": enhet.tilstand.value}, **felter)
        self.enhet = enhet
        self.tilstand.choices = valg(Tilstand)
        self.mangler.choices = [(str(del_.id), del_.navn) for del_ in enhet.deler]

    def levering(self) -> Levering:
        """What was chosen, after validate()."""
        mangler = frozenset(int(id_) for id_ in self.mangler.data or ())
        return Levering(self.enhet.id, Tilstand(self.tilstand.data), mangler)


class ForlengForm(BaseForm):
    """A new due date."""

    forfall = dagfelt(N_("Ny frist"))


class ReserverForm(BaseForm):
    """Whom an item is held for, and until when."""

    telefon = _telefonfelt()
    holdes_til = dagfelt(N_("Holdes til og med"))


class KodeForm(BaseForm):
    """A personal code. Its name begins with «passord», so that it is never kept when a session ends."""

    passord_kode = PasswordField(
        lazy_gettext(N_("Kode eller kort")),
        validators=[MaaFyllesUt(N_("Skriv koden din."))],
        render_kw={"autofocus": True, "autocomplete": "off"},
    )

    def feil_kode(self, melding: str) -> None:
        """What is wrong with the code."""
        self.passord_kode.errors = [gettext(melding)]
