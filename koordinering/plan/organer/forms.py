"""The shape of what is typed about bodies."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext
from wtforms.validators import Optional

from koordinering.plan.organer.models import Organ
from koordinering.plan.organer.rules import MAKS_NAVN
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak
from koordinering.web.skjema import BaseForm, Flervalg, Fritekstfelt, MaaFyllesUt, SelectField, Versjonert


class OrganForm(Versjonert):
    """A new or changed body, with the measures that it hears of."""

    navn = Fritekstfelt(
        lazy_gettext(N_("Navn")), validators=[MaaFyllesUt(N_("Skriv navnet på organet."))], maks=MAKS_NAVN
    )
    tiltak = Flervalg(
        lazy_gettext(N_("Tiltak som rapporteres hit")),
        validators=[Optional()],
    )

    def __init__(self, tiltak: Sequence[Tiltak], *args: Any, organ: Organ | None = None, **kwargs: Any) -> None:
        if organ is not None:
            kwargs |= {"navn": organ.navn, "versjon": organ.versjon, "tiltak": [rad.tiltak_id for rad in organ.tiltak]}
        super().__init__(*args, **kwargs)
        self.tiltak.choices = [(en.id, f"{en.id} {en.kortnavn}") for en in tiltak]


class AarForm(BaseForm):
    """Which year an extract is of."""

    aar = SelectField(lazy_gettext(N_("År")), validators=[Optional()])

    @classmethod
    def fra_adressen(cls, aarene: Sequence[int], ellers: int) -> "AarForm":
        """The form as the address fills it."""
        form = cls(formdata=request.args)
        form.aar.choices = [(str(et), str(et)) for et in aarene]
        if form.aar.data not in {str(et) for et in aarene}:
            form.aar.data = str(ellers)
        return form

    @property
    def valgt(self) -> int:
        """The year."""
        return int(self.aar.data)
