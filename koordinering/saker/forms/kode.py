"""The family's linking code: one it has, a new one, or none. Only where the municipality links by code."""

from collections.abc import Sequence

from flask_babel import lazy_gettext
from wtforms import HiddenField, StringField
from wtforms.validators import ValidationError

from koordinering.saker.rules import koblingskode
from koordinering.saker.rules.koblingskode import Kodevalg
from koordinering.saker.services import Koblingskode, bruker_koder
from koordinering.tekst import N_
from koordinering.web.skjema import MaaFyllesUt, RadioField, Skjemadel, Tekstfelt
from koordinering.web.sprak import gettext

FELTENE = ("kodevalg", "kode", "ny_kode")

_MED_KODE = frozenset({Kodevalg.HAR, Kodevalg.NY})


def les_kode(felt: StringField) -> str:
    """The code as it is kept. ValidationError where it cannot be one; the message never repeats it."""
    kode = koblingskode.normaliser(felt.data or "")
    if kode is None:
        raise ValidationError(
            gettext(N_("Dette er ikke en koblingskode. Den begynner med K og har tolv tegn til. Se over tegnene."))
        )
    return kode


class KodeFelter(Skjemadel):
    """The choice, the code that the family has, and the one that it gets."""

    kodevalg = RadioField(
        lazy_gettext(N_("Har familien en koblingskode?")), validators=[MaaFyllesUt(N_("Velg om familien har en kode."))]
    )
    kode = Tekstfelt(lazy_gettext(N_("Familiens kode")), maks=40)
    ny_kode = HiddenField()

    def sett_kodevalg(self, valgene: Sequence[Kodevalg]) -> None:
        """Offer these choices, with a code that nobody has; no field at all where codes are not used."""
        if not bruker_koder():
            for navn in FELTENE:
                del self._fields[navn]
            return
        ny = self.ny_kode.data = koblingskode.normaliser(self.ny_kode.data or "") or koblingskode.ny()
        vist = ny.replace("-", "\N{NON-BREAKING HYPHEN}")
        self.kodevalg.choices = [(v.value, gettext(v.tekst) % {"kode": vist}) for v in valgene]

    def validate_kode(self, field: StringField) -> None:
        """A mistyped code is told at once; one that was typed is not left out without a word."""
        if self.kodevalg.data != Kodevalg.HAR:
            if (field.data or "").strip():
                raise ValidationError(gettext(N_("Velg at familien har en kode, eller tøm feltet.")))
            return
        if not (field.data or "").strip():
            raise ValidationError(gettext(N_("Skriv koden familien har.")))
        les_kode(field)

    @property
    def bruker_kode(self) -> bool:
        """Whether the form asks for a code."""
        return "kodevalg" in self._fields

    @property
    def med_kode(self) -> bool:
        """Whether a code is looked up among the unit's cases."""
        return self.bruker_kode and self.kodevalg.data in _MED_KODE

    def koden(self, foedselsaar: Sequence[int]) -> Koblingskode | None:
        """What to link a case with these children by. Slow: call it before the transaction."""
        if not self.med_kode:
            return None
        tekst = les_kode(self.kode) if self.kodevalg.data == Kodevalg.HAR else str(self.ny_kode.data)
        return Koblingskode.klar(tekst, foedselsaar)
