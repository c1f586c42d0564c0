"""What is typed when one referral is handled, and the reasons a person may choose."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from koordinering.saker.forms.trekk import TekstVedAnnet
from koordinering.saker.rules.behov import JaNeiVetIkke, Spoersmaal
from koordinering.saker.rules.overganger import (
    Avslagsgrunn,
    Avslutningsgrunn,
    Gjenaapningsgrunn,
    PaaVentGrunn,
    Trekkgrunn,
    Videresendingsgrunn,
)
from koordinering.tekst import N_, Kode
from koordinering.tildeling.rules import Handling
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler.models import Budsjett
from koordinering.tiltak.oppfoelging.rules import Deltakelse, Oppfoelgingsresultat
from koordinering.tiltak.queries import Henvisbart
from koordinering.web.skjema import DATO, BaseForm, DateField, Fritekstomraade, MaaFyllesUt, RadioField, SelectField
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Kronerfelt

GRUNNLISTER: Mapping[Handling, tuple[Kode, ...]] = {
    Handling.SETT_PAA_VENT: tuple(PaaVentGrunn),
    # What a complaint leads to has an action of its own.
    Handling.AVSLAA: tuple(g for g in Avslagsgrunn if g is not Avslagsgrunn.KLAGE_IKKE_MEDHOLD),
    # The new year's routine alone ends something as expired.
    Handling.AVSLUTT: tuple(g for g in Avslutningsgrunn if g is not Avslutningsgrunn.UTLOEPT),
    Handling.VIDERESEND: tuple(Videresendingsgrunn),
    Handling.GJENAAPNE: tuple(Gjenaapningsgrunn),
    Handling.TREKK: tuple(Trekkgrunn),
}
"""The reasons a person may choose for an action."""


def valg(koder: tuple[Kode, ...]) -> list[tuple[str, str]]:
    """What a person chooses among, with texts in the reader's language."""
    return [(kode.value, gettext(kode.tekst)) for kode in koder]


class HandlingForm(BaseForm):
    """One action on a referral; it holds only the fields that the action asks for."""

    tiltak_id = SelectField(lazy_gettext(N_("Send til")), validators=[MaaFyllesUt(N_("Velg hvor den skal."))])
    spoersmaal = RadioField(lazy_gettext(N_("Spørsmål")), validators=[MaaFyllesUt(N_("Velg et spørsmål."))])
    grunn = RadioField(lazy_gettext(N_("Grunn")), validators=[MaaFyllesUt(N_("Velg en grunn."))])
    fritekst = Fritekstomraade(lazy_gettext(N_("Utdyp når grunnen er «Annet»")), validators=[TekstVedAnnet()])
    deltar = RadioField(
        lazy_gettext(N_("Deltar barnet regelmessig i en organisert aktivitet nå?")),
        validators=[MaaFyllesUt(N_("Velg et svar."))],
    )

    resultat = RadioField(
        lazy_gettext(N_("Hva kom ut av oppfølgingen?")), validators=[MaaFyllesUt(N_("Velg et resultat."))]
    )
    deltatt_fra = DateField(lazy_gettext(N_("Deltok fra")), format=DATO, widget=TextInput(), validators=[Optional()])
    deltatt_til = DateField(lazy_gettext(N_("Deltok til")), format=DATO, widget=TextInput(), validators=[Optional()])

    def __init__(
        self,
        handling: Handling,
        *args: Any,
        tiltak: list[Henvisbart] | None = None,
        fri_tekst: bool = False,
        for_barn: bool = False,
        oppfoelging: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        grunner = GRUNNLISTER.get(handling, ())
        beholdes = {
            "tiltak_id": tiltak is not None,
            "spoersmaal": handling is Handling.SPOER,
            "grunn": bool(grunner),
            "fritekst": fri_tekst and any(g.value == "annet" for g in grunner),
            "deltar": handling is Handling.AVSLUTT and for_barn,
            **dict.fromkeys(("resultat", "deltatt_fra", "deltatt_til"), handling is Handling.AVSLUTT and oppfoelging),
        }
        self._fyll(grunner, tiltak or [])
        for felt, beholdt in beholdes.items():
            if not beholdt:
                del self[felt]

    def _fyll(self, grunner: tuple[Kode, ...], tiltak: list[Henvisbart]) -> None:
        self.grunn.choices = valg(grunner)
        self.spoersmaal.choices = valg(tuple(Spoersmaal))
        self.resultat.choices = valg(tuple(Oppfoelgingsresultat))
        self.deltar.choices = valg(tuple(JaNeiVetIkke))
        enheter = {t.id: t.mottaker.kortnavn if t.mottaker else "" for t in tiltak}
        velg = [("", gettext(N_("Velg")))]
        self.tiltak_id.choices = velg + [(t.id, f"{enheter[t.id]}: {t.id} {t.kortnavn}") for t in tiltak]

    def deltakelse(self) -> Deltakelse | None:
        """From when to when and with which result, after validate(); None where it is not asked for."""
        if "resultat" not in self:
            return None
        return Deltakelse(Oppfoelgingsresultat(self.resultat.data), self.deltatt_fra.data, self.deltatt_til.data)

    def verdi(self, felt: str) -> str | None:
        """What was chosen or typed, None when empty or not asked for."""
        return (self[felt].data or None) if felt in self else None


class MidlerForm(BaseForm):
    """Money for one place: from which budget, to which club, how much."""

    budsjett_id = SelectField(lazy_gettext(N_("Budsjett")), validators=[MaaFyllesUt(N_("Velg et budsjett."))])
    lag_id = SelectField(lazy_gettext(N_("Lag")), validators=[MaaFyllesUt(N_("Velg et lag."))])
    beloep = Kronerfelt(
        lazy_gettext(N_("Beløp")),
        validators=[MaaFyllesUt(N_("Skriv et beløp."))],
        description=N_("Det settes av i budsjettet til laget sender faktura."),
    )

    def __init__(self, budsjetter: Sequence[Budsjett], lagene: Sequence[Lag], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        velg = [("", gettext(N_("Velg")))]
        valg = [(str(b.id), f"{b.formaal.navn} {b.aar}") for b in budsjetter]
        self.budsjett_id.choices = valg if len(valg) == 1 else velg + valg
        self.lag_id.choices = velg + [(str(lag.id), lag.navn) for lag in lagene]
