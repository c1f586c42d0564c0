"""A year's activities as a workbook."""

import io
from collections.abc import Iterable, Sequence

from koordinering.plan.aktiviteter.rules import Aktivitetskrav, Aktivitetslinje

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

HODE = ("Dato", "Tiltak", "Navn", "Slag", "Tema", "Til stede", "Organer", "Enhet")
KRAVHODE = ("Tiltak", "Navn", "Slag", "Planen krever", "Del", "Antall", "Krevd")
_BREDDER = (12, 9, 40, 26, 60, 10, 36, 30)


def til_xlsx(aktiviteter: Iterable[Aktivitetslinje], krav: Sequence[Aktivitetskrav]) -> bytes:
    """One sheet of activities, and one of what the plan asks for. Numbers are numbers, and nothing is a formula."""
    from xlsxwriter import Workbook  # seldom used: see pyproject.toml

    buffer = io.BytesIO()
    valg = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(buffer, valg) as bok:
        fet, dato = bok.add_format({"bold": True}), bok.add_format({"num_format": "dd.mm.yyyy"})
        ark = bok.add_worksheet("Aktiviteter")
        ark.freeze_panes(1, 0)
        ark.write_row(0, 0, HODE, fet)
        for kolonne, bredde in enumerate(_BREDDER):
            ark.set_column(kolonne, kolonne, bredde)
        for nr, en in enumerate(aktiviteter, 1):
            ark.write_datetime(nr, 0, en.dag, dato)
            ark.write_row(nr, 1, (en.tiltak_id, en.tiltak, en.slag.tekst, en.tema))
            if en.antall is not None:
                ark.write_number(nr, 5, en.antall)
            ark.write_row(nr, 6, (", ".join(en.organer), en.enhet))
        kravark = bok.add_worksheet("Planen krever")
        kravark.freeze_panes(1, 0)
        kravark.write_row(0, 0, KRAVHODE, fet)
        rader = [(k, del_) for k in krav for del_ in k.deler]
        for nr, (k, del_) in enumerate(rader, 1):
            kravark.write_row(nr, 0, (k.tiltak_id, k.tiltak, k.slag.tekst, f"{k.krevd} {k.per.tekst}", del_.navn))
            kravark.write_row(nr, 5, (del_.antall, del_.krevd))
    return buffer.getvalue()
