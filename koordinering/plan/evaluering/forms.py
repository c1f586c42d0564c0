"""The shape of what is typed about assessments, the choices they rest on, and the calendar."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext
from wtforms import ValidationError
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from koordinering.plan.evaluering.models import Evalueringsvalg, Vurdering
from koordinering.plan.evaluering.rules import (
    FELTENE,
    MAKS_GRUNN,
    MAKS_TEKST,
    Evalueringsfilter,
    Konklusjon,
    Vurderingsinnhold,
)
from koordinering.plan.evaluering.services import Valgene
from koordinering.plan.evaluering.services.kalender import MAKS_NAVN
from koordinering.plan.organer.models import Organ
from koordinering.tekst import N_
from koordinering.tiltak.foering.forms import skrevet
from koordinering.tiltak.foering.rules import Maaned
from koordinering.tiltak.models import Strategi
from koordinering.users import Enhet
from koordinering.web.feltmeldinger import FOR_LANG
from koordinering.web.skjema import (
    DATO,
    BaseForm,
    DateField,
    Fritekstfelt,
    Fritekstomraade,
    MaaFyllesUt,
    RadioField,
    SelectField,
    Versjonert,
    heltall,
)
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Heltallsfelt


class _Tekst(Fritekstomraade):
    """Several lines with a ceiling; longer is an error, never cut."""

    def __init__(self, *args: Any, maks: int = MAKS_TEKST, **kwargs: Any) -> None:
        super().__init__(*args, render_kw={"rows": 4}, **kwargs)
        self.maks = maks

    def pre_validate(self, form: Any) -> None:
        """Refuse a text that is too long, then what must not stand in it."""
        if self.data and len(self.data) > self.maks:
            raise ValidationError(gettext(FOR_LANG) % {"maks": self.maks})
        super().pre_validate(form)


class VurderingForm(Versjonert):
    """A unit's assessment of one measure's year. A draft may lack anything; what is sent may not."""

    gjort = _Tekst(lazy_gettext(FELTENE["gjort"]), description=lazy_gettext(N_("Hva er gjort i tiltaket dette året?")))
    effekt = _Tekst(
        lazy_gettext(FELTENE["effekt"]), description=lazy_gettext(N_("Hva er blitt bedre, og hvordan vet dere det?"))
    )
    hindring = _Tekst(
        lazy_gettext(FELTENE["hindring"]),
        description=lazy_gettext(N_("For eksempel penger, folk, regler eller uklart ansvar.")),
    )
    neste_steg = _Tekst(lazy_gettext(FELTENE["neste_steg"]), description=lazy_gettext(N_("Hva gjør dere nå?")))
    medvirkning = _Tekst(
        lazy_gettext(FELTENE["medvirkning"]),
        description=lazy_gettext(N_("Hvem er spurt, hvordan, og hva førte det til? Er ingen spurt, skriver du det.")),
    )
    konklusjon = RadioField(lazy_gettext(N_("Konklusjon")), validators=[Optional()])

    def __init__(self, *args: Any, vurdering: Vurdering | None = None, **kwargs: Any) -> None:
        kwargs |= {"versjon": 0}
        if vurdering is not None:
            kwargs |= {felt: getattr(vurdering, felt) for felt in (*FELTENE, "versjon")}
            kwargs |= {"konklusjon": vurdering.konklusjon.value if vurdering.konklusjon else None}
        super().__init__(*args, **kwargs)
        self.konklusjon.choices = [(k.value, gettext(k.tekst)) for k in Konklusjon]

    def innhold(self) -> Vurderingsinnhold:
        """What was typed, after validate()."""
        tekster = {felt: (getattr(self, felt).data or "").replace("\r\n", "\n").strip() for felt in FELTENE}
        konklusjon = Konklusjon(self.konklusjon.data) if self.konklusjon.data else None
        return Vurderingsinnhold(**tekster, konklusjon=konklusjon)

    @property
    def skal_sendes(self) -> bool:
        """Which of the two buttons was pressed."""
        return "send" in request.form


class ReturForm(BaseForm):
    """What the unit must change."""

    grunn = _Tekst(
        lazy_gettext(N_("Hva enheten må endre")),
        validators=[MaaFyllesUt(N_("Skriv hva enheten må endre."))],
        maks=MAKS_GRUNN,
    )


class GodkjennForm(Versjonert):
    """The version that was read."""


class EvalueringForm(BaseForm):
    """The coordinator's list narrowed by strategy, unit and state."""

    strategi = SelectField(lazy_gettext(N_("Strategi")))
    enhet = SelectField(lazy_gettext(N_("Enhet")))
    filter = SelectField(lazy_gettext(N_("Tilstand")))

    @classmethod
    def fra_adressen(cls, strategier: Iterable[Strategi], enheter: Iterable[Enhet]) -> "EvalueringForm":
        """The form as the address fills it. What is not on the lists counts as no filter."""
        form = cls(formdata=request.args)
        _velg(form.strategi, [("", gettext(N_("Alle strategier"))), *((s.id, s.id) for s in strategier)])
        _velg(form.enhet, [("", gettext(N_("Alle enheter"))), *((e.id, e.kortnavn) for e in enheter)])
        _velg(form.filter, [(f.value, gettext(f.tekst)) for f in Evalueringsfilter])
        return form

    @property
    def valgt(self) -> Evalueringsfilter:
        """The state."""
        return Evalueringsfilter(self.filter.data)


def _velg(felt: SelectField, valg: list[tuple[str, str]]) -> None:
    felt.choices = valg
    if felt.data not in {verdi for verdi, _ in valg}:
        felt.data = valg[0][0]


class ValgForm(Versjonert):
    """The municipality's choices."""

    dag = Heltallsfelt(lazy_gettext(N_("Dag")), validators=[MaaFyllesUt(N_("Skriv en dag."))])
    maaned = SelectField(lazy_gettext(N_("Måned")), validators=[MaaFyllesUt(N_("Velg en måned."))])
    foerste_aar = Heltallsfelt(
        lazy_gettext(N_("Første år som vurderes her")), validators=[MaaFyllesUt(N_("Skriv et år."))]
    )
    rulleres = DateField(
        lazy_gettext(N_("Planen rulleres")),
        description=lazy_gettext(
            N_("Dagen arbeidet med neste plan begynner. Tomt: dagen et utkast til neste versjon blir begynt.")
        ),
        format=DATO,
        widget=TextInput(),
        validators=[Optional()],
    )
    varsle_dager = Heltallsfelt(
        lazy_gettext(N_("Dager før fristen den første påminnelsen går")),
        validators=[MaaFyllesUt(N_("Skriv et tall."))],
    )

    def __init__(self, rad: Evalueringsvalg, *args: Any, **kwargs: Any) -> None:
        felter = ("dag", "foerste_aar", "rulleres", "varsle_dager", "versjon")
        kwargs |= {felt: getattr(rad, felt) for felt in felter} | {"maaned": str(rad.maaned)}
        super().__init__(*args, **kwargs)
        self.maaned.choices = [(m.value, gettext(m.tekst)) for m in Maaned]

    def valgene(self) -> Valgene:
        """What was chosen, after validate()."""
        return Valgene(
            maaned=int(self.maaned.data),
            dag=skrevet(self.dag.data),
            foerste_aar=skrevet(self.foerste_aar.data),
            rulleres=self.rulleres.data,
            varsle_dager=skrevet(self.varsle_dager.data),
        )


class LenkeForm(BaseForm):
    """A new address of the calendar."""

    navn = Fritekstfelt(
        lazy_gettext(N_("Hvem skal bruke adressen?")),
        description=lazy_gettext(N_("Et organ eller et kontor, ikke en person.")),
        validators=[MaaFyllesUt(N_("Skriv hvem som skal bruke adressen."))],
        maks=MAKS_NAVN,
    )
    organ = SelectField(lazy_gettext(N_("Tiltak i kalenderen")), validators=[Optional()])

    def __init__(self, organer: Sequence[Organ], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bare = [(str(en.id), gettext(N_("Bare dem %(organ)s hører om")) % {"organ": en.navn}) for en in organer]
        self.organ.choices = [("", gettext(N_("Alle tiltak"))), *bare]

    @property
    def organ_id(self) -> int | None:
        """The body whose measures it holds."""
        return heltall(self.organ.data, 19)
