"""The form that says who answers for open data."""

from typing import Any

from flask_babel import lazy_gettext

from koordinering.statistikk.aapne.rules import Lisens, Opplysninger
from koordinering.tekst import N_
from koordinering.web.skjema import BaseForm, MaaFyllesUt, RadioField, Tekstfelt
from koordinering.web.sprak import gettext


class OpplysningerForm(BaseForm):
    """What stands in every description of the data."""

    orgnr = Tekstfelt(
        lazy_gettext(N_("Kommunens organisasjonsnummer")), maks=20, validators=[MaaFyllesUt(N_("Skriv ni sifre."))]
    )
    kontakt = Tekstfelt(
        lazy_gettext(N_("Kontor som svarer på spørsmål")),
        description=lazy_gettext(N_("Et kontor, ikke en person. Alle kan lese det.")),
        maks=100,
        validators=[MaaFyllesUt(N_("Skriv hvilket kontor som svarer på spørsmål om tallene."))],
    )
    epost = Tekstfelt(
        lazy_gettext(N_("Kontorets e-post")),
        maks=100,
        validators=[MaaFyllesUt(N_("Skriv en e-postadresse til kontoret."))],
    )
    lisens = RadioField(lazy_gettext(N_("Vilkår for bruk")), validators=[MaaFyllesUt(N_("Velg vilkår."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lisens.choices = [(lisens.value, gettext(lisens.tekst)) for lisens in Lisens]

    def opplysninger(self) -> Opplysninger:
        """What was typed; only of a form that is valid."""
        return Opplysninger(
            self.orgnr.data or "", self.kontakt.data or "", self.epost.data or "", Lisens(self.lisens.data)
        )
