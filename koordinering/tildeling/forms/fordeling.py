"""What is typed when places are shared out: a round, the waiting order, the filters of the page, the new year."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext
from wtforms.validators import Optional

from koordinering.tekst import N_
from koordinering.tildeling.forms.handling import valg as _valg
from koordinering.tildeling.queries.koefilter import Koefilter
from koordinering.tildeling.rules import Aldersgruppe
from koordinering.tildeling.rules.runde import FORDELES, Flyttegrunn, Koe, Maate
from koordinering.tildeling.services import Aarsskifte
from koordinering.tiltak.models import Tilbud
from koordinering.tiltak.queries import Tilbudssoek, Tilstander
from koordinering.tiltak.rules import Aktivitet, Plasstilstand
from koordinering.web.skjema import BaseForm, Flervalg, MaaFyllesUt, RadioField, SelectField, Tekstfelt
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Heltallsfelt


class ForslagForm(BaseForm):
    """A round: the offers whose places are to be distributed, and what confirming is to do."""

    tilbud = Flervalg(
        lazy_gettext(N_("Tilbud i runden")),
        validators=[Optional()],
    )
    maate = RadioField(lazy_gettext(N_("Når du bekrefter")), validators=[MaaFyllesUt(N_("Velg en måte."))])
    frist_dager = Heltallsfelt(lazy_gettext(N_("Svarfrist i dager")), validators=[MaaFyllesUt()])

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
        self.maate.choices = _valg(FORDELES)

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

    q = Tekstfelt(lazy_gettext(N_("Navn eller arrangør")), maks=60)
    aktivitet = SelectField(lazy_gettext(N_("Aktivitet")), validators=[Optional()])
    alder = Heltallsfelt(lazy_gettext(N_("Alder")), validators=[Optional()])
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

    antall = Heltallsfelt(validators=[Optional()])

    def __init__(self, navn: str, plan: Aarsskifte) -> None:
        felter: dict[str, Any] = {} if request.method == "POST" else {"formdata": None}
        super().__init__(prefix=f"kort-{plan.tiltak_id}-", data={"antall": plan.nye}, **felter)
        self.tiltak_id = plan.tiltak_id
        self.antall.label.text = gettext(N_("%(navn)s: antall kort i %(aar)d")) % {"navn": navn, "aar": plan.neste}
