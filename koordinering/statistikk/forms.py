"""The forms of the pages with counts and releases."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

from koordinering.access import can
from koordinering.roles import Rettighet
from koordinering.saker.forms.felter import valg
from koordinering.saker.rules.registrering import MAKS_FRITEKST
from koordinering.statistikk.queries import UTKASTFILTRE, Publiseringsfilter, Publiseringssoek
from koordinering.statistikk.rules import TREKKES_MED
from koordinering.statistikk.services import UtkastValg
from koordinering.tekst import N_
from koordinering.users import User
from koordinering.web.skjema import BaseForm, Flervalg, Fritekstfelt, MaaFyllesUt, RadioField, SelectField, Tekstfelt
from koordinering.web.sprak import gettext


class KatalogForm(BaseForm):
    """Search in the catalogue; a search changes nothing."""

    sok = Tekstfelt(lazy_gettext(N_("Søk i tabellene")), maks=80)

    def __init__(self, args: MultiDict[str, str]) -> None:
        super().__init__(formdata=args)

    @property
    def ord(self) -> str:
        """What was typed; too long a text limits nothing, and says so."""
        return (self.sok.data or "") if self.validate() else ""


class TellingForm(BaseForm):
    """Which year to count."""

    aar = SelectField(N_("År"), coerce=int, validators=[MaaFyllesUt()])

    def med_aar(self, aar: list[int]) -> "TellingForm":
        """Offer these years."""
        self.aar.choices = [(ett, str(ett)) for ett in aar]
        return self


class EksportForm(BaseForm):
    """Which kind of file; the service knows which there are."""

    format = Tekstfelt(N_("Filtype"), maks=20)


class PubliseringssoekForm(BaseForm):
    """Search and filter of the list of releases."""

    filter = SelectField(lazy_gettext(N_("Vis")))
    sok = Tekstfelt(lazy_gettext(N_("Tabell eller år")), maks=80)

    def __init__(self, user: User, args: MultiDict[str, str]) -> None:
        super().__init__(formdata=MultiDict([(k, v) for k, v in args.items(multi=True) if v.strip()]))
        lager = can(user, Rettighet.STATISTIKK_PUBLISER)
        self.filter.choices = valg(f for f in Publiseringsfilter if lager or f not in UTKASTFILTRE)
        self.filter.data = self.filter.data or Publiseringsfilter.GJELDENDE.value

    def soek(self) -> Publiseringssoek:
        """What was asked for. A field that is wrong, and says so, limits nothing."""
        self.validate()
        return Publiseringssoek(
            filter=Publiseringsfilter.GJELDENDE if self.filter.errors else Publiseringsfilter(self.filter.data),
            tekst="" if self.sok.errors else self.sok.data or "",
        )


class NyPubliseringForm(BaseForm):
    """A draft: which year, which tables, and what it replaces."""

    aar = SelectField(lazy_gettext(N_("År")), coerce=int, validators=[MaaFyllesUt(N_("Velg et år."))])
    koder = Flervalg(lazy_gettext(N_("Tabeller")))
    erstatter = SelectField(lazy_gettext(N_("Erstatter")), validate_choice=False)

    def validate_erstatter(self, felt: SelectField) -> None:
        """Only what is on the list of the year that is chosen."""
        if (felt.data or "") not in {str(valget[0]) for valget in felt.iter_choices()}:
            raise ValidationError(N_("Velg en publisering fra samme år, som ingen annen har erstattet."))

    def med_valg(self, valgene: UtkastValg) -> None:
        """Offer the years that are counted, the tables, and the releases of the chosen year that can be replaced."""
        self.aar.choices = [
            (aar, gettext(N_("%(aar)s, tallene er fra %(dag)s")) % {"aar": aar, "dag": f"{dato:%d.%m.%Y}"})
            for aar, dato in valgene.aar
        ]
        self.koder.choices = [(kode, gettext(tittel)) for kode, tittel in valgene.tabeller]
        valgt = self.aar.data or next((aar for aar, _ in valgene.aar), None)
        self.erstatter.choices = [
            ("", gettext(N_("Ingen"))),
            *(
                (str(p_id), gettext(N_("Publisering %(nummer)s, %(aar)s")) % {"nummer": nummer, "aar": aar})
                for p_id, nummer, aar in valgene.kan_erstattes
                if aar == valgt
            ),
        ]

    def kryss_av(self, koder: Iterable[str]) -> None:
        """Tick these tables too; one that is not offered has no box."""
        self.koder.data = sorted({*(self.koder.data or ()), *koder})

    @property
    def erstatter_id(self) -> int | None:
        """The release that is replaced."""
        return int(self.erstatter.data) if self.erstatter.data else None


class TrekkPubliseringForm(BaseForm):
    """Why a release is withdrawn."""

    grunn = RadioField(lazy_gettext(N_("Hvorfor trekkes den?")), validators=[MaaFyllesUt(N_("Velg en grunn."))])
    tekst = Fritekstfelt(lazy_gettext(N_("Kort forklaring")), maks=MAKS_FRITEKST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grunn.choices = valg(TREKKES_MED)
