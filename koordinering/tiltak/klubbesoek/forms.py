"""The shape of what is typed about visits to clubs."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from koordinering.db import i_dag, tilfeldig_id
from koordinering.tekst import N_
from koordinering.tiltak.foering.forms import skrevet
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.klubbesoek.queries import Klubbesoeksoek
from koordinering.tiltak.klubbesoek.rules import MAKS_TEKST, Besoekstema, Klubbesoeksopplysninger
from koordinering.tiltak.lag import queries as lagene
from koordinering.tiltak.lag.forms import som_valg
from koordinering.web.skjema import (
    DATO,
    BaseForm,
    DateField,
    Fritekstfelt,
    MaaFyllesUt,
    Noeklet,
    SelectField,
    Tekstfelt,
    Versjonert,
)
from koordinering.web.sprak import gettext


def _temaer() -> list[tuple[str, str]]:
    return [(tema.value, gettext(tema.tekst)) for tema in Besoekstema]


_SOM_FOER = "som-foer"
"""The choice that leaves the club as the text that it is."""


def _lagvalg(besoek: Klubbesoek | None) -> list[tuple[str, str]]:
    velg = [("", gettext(N_("Velg")))]
    if besoek is not None and besoek.lagtekst is not None:
        velg += [(_SOM_FOER, gettext(N_("%(navn)s (står ikke i listen)")) % {"navn": besoek.lagtekst})]
    return velg + som_valg(lagene.kan_velges(besoek.lag_id if besoek is not None else None))


class KlubbesoekForm(Versjonert, Noeklet):
    """A new or changed visit."""

    dag = DateField(lazy_gettext(N_("Dato")), format=DATO, widget=TextInput(), validators=[MaaFyllesUt()])
    lag_id = SelectField(lazy_gettext(N_("Lag eller forening")), validators=[MaaFyllesUt(N_("Velg et lag."))])
    tema = SelectField(lazy_gettext(N_("Tema")), validators=[MaaFyllesUt(N_("Velg et tema."))])
    merknad = Fritekstfelt(lazy_gettext(N_("Kort om besøket")), validators=[Optional()], maks=MAKS_TEKST)

    def __init__(self, *args: Any, besoek: Klubbesoek | None = None, **kwargs: Any) -> None:
        if besoek is not None:
            kwargs |= {felt: getattr(besoek, felt) for felt in ("dag", "merknad", "versjon")}
            kwargs |= {"tema": besoek.tema.value, "lag_id": str(besoek.lag_id or _SOM_FOER)}
        else:
            kwargs |= {"dag": i_dag(), "noekkel": str(tilfeldig_id())}
        super().__init__(*args, **kwargs)
        self.tema.choices = [("", gettext(N_("Velg"))), *_temaer()]
        self.lag_id.choices = _lagvalg(besoek)

    def opplysninger(self) -> Klubbesoeksopplysninger:
        """What was typed, after validate()."""
        return Klubbesoeksopplysninger(
            dag=skrevet(self.dag.data),
            lag_id=None if self.lag_id.data == _SOM_FOER else int(self.lag_id.data),
            tema=Besoekstema(self.tema.data),
            merknad=self.merknad.data or None,
        )


class KlubbesoekSoekForm(BaseForm):
    """Narrowing the list of visits."""

    q = Tekstfelt(lazy_gettext(N_("Lag eller forening")), maks=60)
    tema = SelectField(lazy_gettext(N_("Tema")), validators=[Optional()])
    aar = SelectField(lazy_gettext(N_("År")), validators=[Optional()])

    def __init__(self, aarene: list[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tema.choices = [("", gettext(N_("Alle"))), *_temaer()]
        self.aar.choices = [(str(et), str(et)) for et in aarene]
        self._aarene = aarene
        if self.aar.data not in {str(et) for et in aarene}:
            self.aar.data = str(i_dag().year)

    def soek(self) -> Klubbesoeksoek:
        """What to narrow by; what is not understood narrows nothing."""
        temaer = {tema.value: tema for tema in Besoekstema}
        return Klubbesoeksoek(aar=int(self.aar.data), tekst=self.q.data or "", tema=temaer.get(self.tema.data or ""))
