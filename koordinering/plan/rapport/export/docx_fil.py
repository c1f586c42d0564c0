"""The report as a document for a word processor: headings, tables with a header row, pictures with their text."""

import io
from collections.abc import Iterable, Mapping, Sequence

from docx import Document
from docx.document import Document as Dokument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell

from koordinering import sats
from koordinering.plan.rapport.export import felles
from koordinering.plan.rapport.rules.innhold import Avsnitt, Bildedel, Rapport, Strategidel, Tallrad
from koordinering.tekst import N_

_SPRAAK = "nb-NO"
_BILDEBREDDE = Cm(15)
_KANT = Cm(1.8)


def til_docx(rapport: Rapport, nr: int | None) -> bytes:
    """The report; `nr` of a frozen one, None for a draft."""
    dokument = _tomt(felles.tittel(rapport), rapport.kommune)
    dokument.add_heading(felles.tittel(rapport), level=0)
    for linje in (*felles.ingress(rapport, nr), felles.oppsummering(rapport)):
        dokument.add_paragraph(linje)
    _planen(dokument, rapport)
    tegnet = sats.til_png([bilde.svg for strategi in rapport.strategier for bilde in strategi.bilder])
    for strategi in rapport.strategier:
        _strategi(dokument, strategi, rapport.aar, tegnet)
    if rapport.krav:
        dokument.add_heading(N_("Aktiviteter planen krever"), level=1)
        _tabell(dokument, felles.KRAV, ((k.tiltak, k.hva, k.krav, k.antall, k.mangler) for k in rapport.krav))
    _tallene(dokument, rapport)
    ut = io.BytesIO()
    dokument.save(ut)
    return ut.getvalue()


def _tomt(tittel: str, kommune: str) -> Dokument:
    dokument = Document()
    dokument.core_properties.title = tittel
    dokument.core_properties.author = kommune
    dokument.core_properties.language = _SPRAAK
    side = dokument.sections[0]
    side.orientation = WD_ORIENT.LANDSCAPE
    side.page_width, side.page_height = Cm(29.7), Cm(21)
    side.left_margin = side.right_margin = side.top_margin = side.bottom_margin = _KANT
    normal = dokument.styles["Normal"]
    normal.font.size = Pt(10)
    spraak = OxmlElement("w:lang")
    spraak.set(qn("w:val"), _SPRAAK)
    normal.element.get_or_add_rPr().append(spraak)
    return dokument


def _planen(dokument: Dokument, rapport: Rapport) -> None:
    dokument.add_heading(N_("Om planen"), level=1)
    dokument.add_paragraph(rapport.vedtak)
    _avsnitt(dokument, rapport.delmaal)
    dokument.add_heading(N_("Status"), level=1)
    _tabell(dokument, felles.STATUS, felles.statusrader(rapport))
    if rapport.hovedtall:
        dokument.add_heading(felles.HELE_PLANEN, level=2)
        _talltabell(dokument, rapport.hovedtall, rapport.aar)


def _strategi(dokument: Dokument, strategi: Strategidel, aar: int, tegnet: Mapping[str, bytes]) -> None:
    dokument.add_heading(felles.strategititler(strategi), level=1)
    dokument.add_paragraph(strategi.tekst)
    tabell = _med_hode(dokument, felles.kolonner(felles.MATRISE, aar))
    for tiltak in strategi.tiltak:
        celler = _ny_rad(tabell)
        celler[0].text = f"{tiltak.id} {tiltak.navn}"
        celler[1].text = ", ".join(tiltak.ansvar)
        celler[2].text = tiltak.evalueres
        _fyll(celler[3].paragraphs[0], tiltak.celle[0])
        for del_ in tiltak.celle[1:]:
            _fyll(celler[3].add_paragraph(), del_)
    _bredder(tabell, (3, 2.2, 2.2, 7))
    if strategi.tall:
        dokument.add_heading(N_("Tall"), level=2)
        _talltabell(dokument, strategi.tall, aar)
    if strategi.bilder:
        dokument.add_heading(N_("Bilder"), level=2)
        for bilde in strategi.bilder:
            _bilde(dokument, bilde, tegnet[bilde.svg])


def _fyll(avsnitt, del_: Avsnitt) -> None:  # type: ignore[no-untyped-def]  # python-docx has no public type for it
    avsnitt.add_run(f"{del_.navn}: ").bold = True
    avsnitt.add_run(del_.tekst)


def _avsnitt(dokument: Dokument, deler: Iterable[Avsnitt]) -> None:
    for del_ in deler:
        _fyll(dokument.add_paragraph(), del_)


def _bilde(dokument: Dokument, bilde: Bildedel, punkter: bytes) -> None:
    dokument.add_paragraph().add_run(bilde.tittel).bold = True
    form = dokument.add_picture(io.BytesIO(punkter), width=_BILDEBREDDE)
    form._inline.docPr.set("descr", f"{bilde.tittel}. {bilde.beskrivelse}")


def _tallene(dokument: Dokument, rapport: Rapport) -> None:
    dokument.add_heading(N_("Om tallene"), level=1)
    for linje in rapport.skjult:
        dokument.add_paragraph(linje)
    if rapport.definisjoner:
        dokument.add_heading(N_("Slik er det telt"), level=2)
        _tabell(dokument, felles.DEFINISJONER, ((d.navn, d.tekst) for d in rapport.definisjoner))
    dokument.add_heading(N_("Tegn i tabellene"), level=2)
    _tabell(dokument, felles.TEGN, ((t.navn, t.tekst) for t in rapport.tegn))
    if rapport.kilder:
        dokument.add_heading(N_("Publiserte tall"), level=2)
        rader = ((str(k.nummer), str(k.aar), k.publisert, k.sha256) for k in rapport.kilder)
        _tabell(dokument, felles.KILDER, rader)


def _talltabell(dokument: Dokument, tall: Iterable[Tallrad], aar: int) -> None:
    _tabell(dokument, felles.kolonner(felles.TALL, aar), map(felles.tallceller, tall))


def _tabell(dokument: Dokument, hode: Sequence[str], rader: Iterable[Sequence[str]]) -> None:
    tabell = _med_hode(dokument, hode)
    for rad in rader:
        for celle, tekst in zip(_ny_rad(tabell), rad, strict=True):
            celle.text = tekst


def _ny_rad(tabell: Table) -> tuple[_Cell, ...]:
    return tuple(tabell.add_row().cells)  # type: ignore[no-untyped-call]


def _med_hode(dokument: Dokument, hode: Sequence[str]) -> Table:
    """A table whose first row is marked as its header, and comes again on each page."""
    tabell: Table = dokument.add_table(rows=1, cols=len(hode), style="Table Grid")
    for celle, tekst in zip(tabell.rows[0].cells, hode, strict=True):
        celle.paragraphs[0].add_run(tekst).bold = True
    merke = OxmlElement("w:tblHeader")
    merke.set(qn("w:val"), "true")
    tabell.rows[0]._tr.get_or_add_trPr().append(merke)
    return tabell


def _bredder(tabell: Table, deler: Sequence[float]) -> None:
    """Share the width of the page out."""
    hele = Cm(29.7) - 2 * _KANT
    for nr, del_ in enumerate(deler):
        bredde = int(hele * del_ / sum(deler))
        for celle in tabell.columns[nr].cells:
            celle.width = bredde
