"""The shape of what is typed when a referral is handled."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

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
from koordinering.tildeling.queries.koefilter import Koefilter
from koordinering.tildeling.rules import Aldersgruppe, Handling
from koordinering.tildeling.rules.runde import Flyttegrunn, Koe, Maate
from koordinering.tildeling.services import Aarsskifte
from koordinering.tiltak.forms import Kronerfelt
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.midler.models import Budsjett
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.tiltak.oppfoelging.rules import Deltakelse, Oppfoelgingsresultat
from koordinering.tiltak.queries import Tilbudssoek, Tilstander
from koordinering.tiltak.rules import Aktivitet, Plasstilstand
from koordinering.web.skjema import DATO, BaseForm, Fritekstomraade, MaaFyllesUt, Tekstfelt

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


def _valg(koder: tuple[Kode, ...]) -> list[tuple[str, str]]:
    return [(kode.value, gettext(kode.tekst)) for kode in koder]


class HandlingForm(BaseForm):
    """One action on a referral; it holds only the fields that the action asks for."""

    tiltak_id = SelectField(lazy_gettext(N_("Send til")), validators=[MaaFyllesUt(N_("Velg hvor den skal."))])
    spoersmaal = RadioField(lazy_gettext(N_("Spørsmål")), validators=[MaaFyllesUt(N_("Velg et spørsmål."))])
    grunn = RadioField(lazy_gettext(N_("Grunn")), validators=[MaaFyllesUt(N_("Velg en grunn."))])
    fritekst = Fritekstomraade(lazy_gettext(N_("Utdyp når grunnen er «Annet»")), validators=[Optional()])
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
        tiltak: list[Tiltak] | None = None,
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

    def _fyll(self, grunner: tuple[Kode, ...], tiltak: list[Tiltak]) -> None:
        self.grunn.choices = _valg(grunner)
        self.spoersmaal.choices = _valg(tuple(Spoersmaal))
        self.resultat.choices = _valg(tuple(Oppfoelgingsresultat))
        self.deltar.choices = _valg(tuple(JaNeiVetIkke))
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


class ForslagForm(BaseForm):
    """A round: the offers whose places are to be distributed, and what confirming is to do."""

    tilbud = SelectMultipleField(
        lazy_gettext(N_("Tilbud i runden")),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[Optional()],
    )
    maate = RadioField(lazy_gettext(N_("Når du bekrefter")), validators=[MaaFyllesUt(N_("Velg en måte."))])
    frist_dager = IntegerField(lazy_gettext(N_("Svarfrist i dager")), validators=[MaaFyllesUt()])

    def __init__(self, tilbud: Sequence[tuple[Tilbud, Tilstander]], *args: Any, **kwargs: Any) -> None:
        ledige = [str(t.id) for t, tall in tilbud if tall[Plasstilstand.LEDIG]]
        super().__init__(*args, **({"tilbud": ledige, "maate": Maate.GI.value, "frist_dager": 7} | kwargs))
        antall = gettext(N_("%(navn)s, %(arrangoer)s, %(fra)d–%(til)d år: %(ledig)d ledig"))
        self.tilbud.choices = [
            (
                str(t.id),
                antall
                % {
                    "navn": t.navn,
                    "arrangoer": t.arrangoer,
                    "fra": t.alder_fra,
                    "til": t.alder_til,
                    "ledig": tall[Plasstilstand.LEDIG],
                },
            )
            for t, tall in tilbud
        ]
        self.maate.choices = _valg(tuple(Maate))

    def valgt_maate(self) -> Maate:
        """What confirming does, after validate()."""
        return Maate(self.maate.data)


class KoeForm(BaseForm):
    """Moving a referral in the waiting order."""

    til = RadioField(lazy_gettext(N_("Hvor i køen?")), validators=[MaaFyllesUt(N_("Velg hvor."))])
    grunn = RadioField(lazy_gettext(N_("Grunn")), validators=[MaaFyllesUt(N_("Velg en grunn."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.til.choices = _valg(tuple(Koe))
        self.grunn.choices = _valg(tuple(Flyttegrunn))


class FordelFilterForm(BaseForm):
    """What the two sides of the allocation page are narrowed by: the offers by a search, the queue by what is told."""

    class Meta(BaseForm.Meta):
        """A search changes nothing."""

        csrf = False

    q = Tekstfelt(lazy_gettext(N_("Navn eller arrangør")), maks=60)
    aktivitet = SelectField(lazy_gettext(N_("Aktivitet")), validators=[Optional()])
    alder = IntegerField(lazy_gettext(N_("Alder")), validators=[Optional()])
    oenske = SelectField(lazy_gettext(N_("Ønsker")), validators=[Optional()])
    gruppe = SelectField(lazy_gettext(N_("Aldersgruppe")), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alle = [("", gettext(N_("Alle")))]
        self.aktivitet.choices = self.oenske.choices = alle + _valg(tuple(Aktivitet))
        self.gruppe.choices = alle + _valg(tuple(Aldersgruppe))

    def soek(self) -> Tilbudssoek:
        """What the offers are narrowed by; what is not understood narrows nothing."""
        alder = self.alder.data
        return Tilbudssoek(
            tekst=self.q.data or "",
            aktivitet={a.value: a for a in Aktivitet}.get(self.aktivitet.data or ""),
            alder=alder if alder is not None and 0 <= alder <= 99 else None,
        )

    def koefilter(self) -> Koefilter:
        """What the queue is narrowed by; what is not understood narrows nothing."""
        return Koefilter(
            oenske={a.value: a for a in Aktivitet}.get(self.oenske.data or ""),
            gruppe={g.value: g for g in Aldersgruppe}.get(self.gruppe.data or ""),
        )


class NyeKortForm(BaseForm):
    """How many cards one measure has in the year that opens."""

    class Meta(BaseForm.Meta):
        """The token stands in the form around it."""

        csrf = False

    antall = IntegerField(validators=[Optional()])

    def __init__(self, navn: str, plan: Aarsskifte) -> None:
        felter: dict[str, Any] = {} if request.method == "POST" else {"formdata": None}
        super().__init__(prefix=f"kort-{plan.tiltak_id}-", data={"antall": plan.nye}, **felter)
        self.tiltak_id = plan.tiltak_id
        self.antall.label.text = gettext(N_("%(navn)s: antall kort i %(aar)d")) % {"navn": navn, "aar": plan.neste}
