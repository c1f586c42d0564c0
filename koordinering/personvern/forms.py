"""The filter of the access log."""

from collections.abc import Sequence

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectField

from koordinering.audit import Hva
from koordinering.konto.rules import normaliser
from koordinering.personvern.queries import Loggfilter
from koordinering.tekst import N_
from koordinering.users import Enhet
from koordinering.web.skjema import BaseForm, Tekstfelt


class LoggfilterForm(BaseForm):
    """Every field may stand empty."""

    class Meta(BaseForm.Meta):
        """A search changes nothing and carries no token."""

        csrf = False

    brukernavn = Tekstfelt(lazy_gettext(N_("Brukernavn")), maks=60)
    hva = SelectField(lazy_gettext(N_("Hva som skjedde")))
    enhet = SelectField(lazy_gettext(N_("Enhet")))
    fra = DateField(lazy_gettext(N_("Fra og med")), format=["%Y-%m-%d", "%d.%m.%Y"])
    til = DateField(lazy_gettext(N_("Til og med")), format=["%Y-%m-%d", "%d.%m.%Y"])

    def __init__(self, args: MultiDict[str, str], enheter: Sequence[Enhet]) -> None:
        # Fields that are not filled are left out, so that an empty date is no wrong date.
        super().__init__(formdata=MultiDict([(k, v) for k, v in args.items(multi=True) if v.strip()]))
        self.hva.choices = [("", gettext(N_("Alt"))), *((h.value, gettext(h.tekst)) for h in Hva)]
        self.enhet.choices = [("", gettext(N_("Alle"))), *((e.id, e.navn) for e in enheter)]
        for felt in (self.hva, self.enhet):
            felt.data = felt.data or ""

    def valg(self) -> Loggfilter:
        """What was asked for. A field that is wrong, and says so, limits nothing."""
        self.validate()
        gyldig = {navn: felt.data for navn, felt in self._fields.items() if not felt.errors and felt.data}
        return Loggfilter(
            brukernavn=normaliser(gyldig["brukernavn"]) if "brukernavn" in gyldig else None,
            hva=Hva(gyldig["hva"]) if "hva" in gyldig else None,
            fra=gyldig.get("fra"),
            til=gyldig.get("til"),
            enhet_id=gyldig.get("enhet"),
        )
