"""The shape of what is typed about activities and about what the plan asks of them."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from koordinering.db import i_dag, tilfeldig_id
from koordinering.plan.aktiviteter.models import Aktivitet
from koordinering.plan.aktiviteter.queries import Aktivitetssoek
from koordinering.plan.aktiviteter.rules import MAKS_TEMA, Aktivitetsopplysninger, Aktivitetsslag, Per
from koordinering.plan.organer.models import Organ
from koordinering.tekst import N_
from koordinering.tiltak.foering.forms import skrevet
from koordinering.tiltak.models import Tiltak
from koordinering.web.skjema import (
    DATO,
    BaseForm,
    DateField,
    Flervalg,
    Fritekstfelt,
    MaaFyllesUt,
    Noeklet,
    SelectField,
    Versjonert,
)
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Heltallsfelt


def tiltaksvalg(tiltak: Sequence[Tiltak]) -> list[tuple[str, str]]:
    """Measures as choices."""
    return [(en.id, f"{en.id} {en.kortnavn}") for en in tiltak]


def _slagene() -> list[tuple[str, str]]:
    return [(slag.value, gettext(slag.tekst)) for slag in Aktivitetsslag]


class AktivitetForm(Versjonert, Noeklet):
    """A new or changed activity."""

    dag = DateField(lazy_gettext(N_("Dato")), format=DATO, widget=TextInput(), validators=[MaaFyllesUt()])
    tiltak_id = SelectField(lazy_gettext(N_("Tiltak")), validators=[MaaFyllesUt(N_("Velg et tiltak."))])
    slag = SelectField(lazy_gettext(N_("Slag")), validators=[MaaFyllesUt(N_("Velg et slag."))])
    tema = Fritekstfelt(lazy_gettext(N_("Tema")), validators=[MaaFyllesUt(N_("Skriv temaet."))], maks=MAKS_TEMA)
    antall = Heltallsfelt(lazy_gettext(N_("Antall til stede")), validators=[Optional()])
    lite_bekreftet = BooleanField(lazy_gettext(N_("Tallet gjelder fagfolk eller lag, ikke barn og familier")))
    organer = Flervalg(lazy_gettext(N_("Organer")), validators=[Optional()])

    def __init__(
        self,
        tiltak: Sequence[Tiltak],
        organer: Sequence[Organ],
        *args: Any,
        aktivitet: Aktivitet | None = None,
        **kwargs: Any,
    ) -> None:
        if aktivitet is not None:
            kwargs |= {felt: getattr(aktivitet, felt) for felt in ("dag", "tema", "antall", "tiltak_id", "versjon")}
            kwargs |= {"slag": aktivitet.slag.value, "organer": [str(o.id) for o in aktivitet.organer]}
        else:
            kwargs = {"dag": i_dag(), "noekkel": str(tilfeldig_id())} | kwargs
        super().__init__(*args, **kwargs)
        self.tiltak_id.choices = [("", gettext(N_("Velg"))), *tiltaksvalg(tiltak)]
        self.slag.choices = [("", gettext(N_("Velg"))), *_slagene()]
        self.organer.choices = [(str(en.id), en.navn) for en in organer]

    def opplysninger(self) -> Aktivitetsopplysninger:
        """What was typed, after validate()."""
        return Aktivitetsopplysninger(
            dag=skrevet(self.dag.data),
            slag=Aktivitetsslag(self.slag.data),
            tema=self.tema.data or "",
            antall=self.antall.data,
            tiltak_id=self.tiltak_id.data,
            organer=frozenset(int(en) for en in self.organer.data or []),
            lite_bekreftet=bool(self.lite_bekreftet.data),
        )


class AktivitetSoekForm(BaseForm):
    """Narrowing the list of activities."""

    aar = SelectField(lazy_gettext(N_("År")), validators=[Optional()])
    tiltak = SelectField(lazy_gettext(N_("Tiltak")), validators=[Optional()])
    slag = SelectField(lazy_gettext(N_("Slag")), validators=[Optional()])

    def __init__(self, aarene: list[int], tiltak: Sequence[Tiltak], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aar.choices = [(str(et), str(et)) for et in aarene]
        self.tiltak.choices = [("", gettext(N_("Alle"))), *tiltaksvalg(tiltak)]
        self.slag.choices = [("", gettext(N_("Alle"))), *_slagene()]
        if self.aar.data not in {str(et) for et in aarene}:
            self.aar.data = str(i_dag().year)
        if self.tiltak.data not in {en.id for en in tiltak}:
            self.tiltak.data = ""

    def soek(self) -> Aktivitetssoek:
        """What to narrow by; what is not understood narrows nothing."""
        slagene = {slag.value: slag for slag in Aktivitetsslag}
        return Aktivitetssoek(int(self.aar.data), self.tiltak.data or None, slagene.get(self.slag.data or ""))


class KravForm(BaseForm):
    """Something more that the plan asks for."""

    tiltak_id = SelectField(lazy_gettext(N_("Tiltak")), validators=[MaaFyllesUt(N_("Velg et tiltak."))])
    slag = SelectField(lazy_gettext(N_("Slag")), validators=[MaaFyllesUt(N_("Velg et slag."))])
    antall = Heltallsfelt(lazy_gettext(N_("Hvor mange")), validators=[MaaFyllesUt(N_("Skriv et tall."))])
    per = SelectField(lazy_gettext(N_("Hvor ofte")), validators=[MaaFyllesUt(N_("Velg hvor ofte."))])

    def __init__(self, tiltak: Sequence[Tiltak], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tiltak_id.choices = [("", gettext(N_("Velg"))), *tiltaksvalg(tiltak)]
        self.slag.choices = [("", gettext(N_("Velg"))), *_slagene()]
        self.per.choices = [(per.value, gettext(per.tekst)) for per in Per]
