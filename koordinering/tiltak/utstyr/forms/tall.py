"""Forms of the monthly figures: one month, a file, and its confirmation."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import HiddenField
from wtforms.validators import Optional

from koordinering.tekst import N_
from koordinering.tiltak.utstyr.rules.maanedstall import MAKS_BYTES, Lest, Maanedstall, UlesbarFil, les_rad
from koordinering.tiltak.utstyr.rules.tilstander import Kategori
from koordinering.web.skjema import BaseForm
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Heltallsfelt


class MaanedForm(BaseForm):
    """One month, a box for each category; an empty box is none."""

    def __init__(self, foert: Mapping[Kategori, int]) -> None:
        super().__init__(data={kategori.value: antall for kategori, antall in foert.items()})
        for kategori in Kategori:
            self._fields[kategori.value].label.text = gettext(kategori.tekst)

    def felter(self) -> list[Any]:
        """The boxes, in the order of the categories."""
        return [self._fields[kategori.value] for kategori in Kategori]

    def antall(self) -> dict[Kategori, int]:
        """What was typed, after validate()."""
        return {kategori: self._fields[kategori.value].data or 0 for kategori in Kategori}


for _kategori in Kategori:
    setattr(MaanedForm, _kategori.value, Heltallsfelt(_kategori.tekst, validators=[Optional()]))


class FilForm(BaseForm):
    """A csv file or a workbook."""

    fil = FileField(lazy_gettext(N_("Fil")))

    def innhold(self) -> bytes:
        """What was sent, no more than may be read. Raises UlesbarFil when nothing was."""
        lagret = self.fil.data
        if lagret is None or not lagret.filename:
            raise UlesbarFil(N_("Velg en fil."))
        innhold: bytes = lagret.stream.read(MAKS_BYTES + 1)
        return innhold


class BekreftForm(BaseForm):
    """The rows of a file that was read without a fault, carried by the page until they are confirmed."""

    rader = HiddenField()

    def fyll(self, lest: Sequence[Lest]) -> None:
        """Put the rows in the page."""
        tall = [rad.tall for rad in lest if rad.tall is not None]
        self.rader.data = json.dumps([[t.aar, t.maaned, t.kategori.value, t.antall] for t in tall])

    def tall(self, i_aar: int, naa_maaned: int) -> list[Maanedstall]:
        """The rows again, each held against the rules once more. Raises UlesbarFil when they are not what was shown."""
        try:
            rader = json.loads(self.rader.data or "")
            return [les_rad([str(celle) for celle in rad], i_aar, naa_maaned) for rad in rader]
        except (ValueError, TypeError, RecursionError):
            raise UlesbarFil(N_("Siden var for gammel. Velg filen en gang til.")) from None
