"""What is typed when one action is taken on several at once."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import Field, SelectMultipleField
from wtforms.validators import StopValidation, ValidationError

from koordinering.saker.forms.trekk import TekstVedAnnet
from koordinering.saker.rules.behov import JaNeiVetIkke
from koordinering.tekst import N_
from koordinering.tildeling.forms.handling import GRUNNLISTER, valg
from koordinering.tildeling.rules.flere import HANDLING, MAKS_SAMTIDIG, SPOER_OM, Tillegg
from koordinering.tildeling.rules.runde import VANLIG_FRIST, Maate
from koordinering.web.skjema import NOEKKELSIFRE, BaseForm, Fritekstomraade, MaaFyllesUt, RadioField, heltall
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Heltallsfelt

_HVEM = N_("Kryss av for dem det gjelder, høyst 100 om gangen.")


class NaarDetSpoerres:
    """Checks a field only when the chosen action asks for it: else what stands there is nobody's answer."""

    def __init__(self, *kontroller: Callable[[Any, Field], None]) -> None:
        self.kontroller = kontroller

    def __call__(self, form: Any, field: Field) -> None:
        """Run the checks, or forget what the field said of itself."""
        if not form.spoer_om(field):
            field.errors = []
            raise StopValidation
        for kontroll in self.kontroller:
            kontroll(form, field)


class FlereForm(BaseForm):
    """One action for all that are marked, with what it asks for. The marks stand in the list beside the form."""

    valgte = SelectMultipleField(
        lazy_gettext(N_("Hvem")),
        validate_choice=False,
        validators=[MaaFyllesUt(_HVEM)],
    )
    maate = RadioField(
        lazy_gettext(N_("Hva vil du gjøre med de valgte?")), validators=[MaaFyllesUt(N_("Velg hva du vil gjøre."))]
    )
    frist_dager = Heltallsfelt(lazy_gettext(N_("Svarfrist i dager")), validators=[NaarDetSpoerres(MaaFyllesUt())])
    grunn = RadioField(lazy_gettext(N_("Grunn")), validators=[NaarDetSpoerres(MaaFyllesUt(N_("Velg en grunn.")))])
    fritekst = Fritekstomraade(
        lazy_gettext(N_("Utdyp når grunnen er «Annet»")), validators=[NaarDetSpoerres(TekstVedAnnet())]
    )
    deltar = RadioField(
        lazy_gettext(N_("Deltar barna regelmessig i en organisert aktivitet nå?")),
        validators=[NaarDetSpoerres(MaaFyllesUt(N_("Velg et svar.")))],
    )

    def __init__(self, maater: Sequence[Maate], *args: Any, fri_tekst: bool, **kwargs: Any) -> None:
        super().__init__(*args, **({"frist_dager": VANLIG_FRIST} | kwargs))
        self.maater = maater
        self.maate.choices = [(m.value, gettext(_MAATETEKST.get(m, m.tekst))) for m in maater]
        self.grunn.choices = valg(next((GRUNNLISTER[HANDLING[m]] for m in maater if HANDLING[m] in GRUNNLISTER), ()))
        self.deltar.choices = valg(tuple(JaNeiVetIkke))
        beholdes = {felt for m in maater for felt in SPOER_OM.get(m, ())} - (set() if fri_tekst else {"fritekst"})
        for felt in {"frist_dager", "grunn", "fritekst", "deltar"} - beholdes:
            del self[felt]

    def spoer_om(self, felt: Field) -> bool:
        """Whether the action that is chosen asks for this field."""
        maate = self.valgt_maate()
        return maate is not None and felt.short_name in SPOER_OM.get(maate, ())

    def valgt_maate(self) -> Maate | None:
        """What is to be done; None while nothing on the list is chosen."""
        return next((m for m in self.maater if m.value == self.maate.data), None)

    def ider(self) -> list[int]:
        """The keys that are marked; what is no key of ours is nothing."""
        skrevne = (heltall(verdi, NOEKKELSIFRE) for verdi in self.valgte.data or ())
        return list(dict.fromkeys(id_ for id_ in skrevne if id_ is not None))

    def validate_valgte(self, felt: Field) -> None:
        """Raise ValidationError for more than can be done at a time."""
        if len(felt.data or ()) > MAKS_SAMTIDIG:
            raise ValidationError(gettext(_HVEM))

    def frist(self) -> int:
        """Days to answer, after validate(); the usual where nothing is offered."""
        return (self.frist_dager.data or 0) if self._gjelder("frist_dager") else VANLIG_FRIST

    def tillegg(self) -> Tillegg:
        """What the chosen action asks for, after validate()."""
        spurt = [felt for felt in ("grunn", "fritekst", "deltar") if self._gjelder(felt)]
        svar = {felt: (self[felt].data or "").strip() or None for felt in spurt}
        deltar = svar.get("deltar")
        return Tillegg(svar.get("grunn"), svar.get("fritekst"), JaNeiVetIkke(deltar) if deltar else None)

    def _gjelder(self, felt: str) -> bool:
        return felt in self and self.spoer_om(self[felt])


_MAATETEKST = {Maate.GI: N_("Gi plass"), Maate.TILBY: N_("Tilby plass med svarfrist")}
"""Where an action reads otherwise than when a whole proposal is confirmed."""
