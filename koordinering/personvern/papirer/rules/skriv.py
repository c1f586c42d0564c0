"""Writes a paper as Markdown, and as a HTML file that a word processor opens and saves as its own."""

from collections.abc import Callable, Mapping
from html import escape

from koordinering.personvern.papirer.rules.dokument import (
    Avsnitt,
    Blokk,
    Dokument,
    Liste,
    Overskrift,
    Tabell,
    deler,
)


def til_markdown(dokument: Dokument) -> str:
    """The paper as Markdown, one blank line between blocks."""
    return "\n\n".join([f"# {dokument.tittel}", *(_markdown(blokk) for blokk in dokument.blokker)]) + "\n"


def _markdown(blokk: Blokk) -> str:
    match blokk:
        case Overskrift(tekst):
            return f"## {tekst}"
        case Avsnitt(tekst):
            return tekst
        case Liste(punkter):
            return "\n".join(f"- {punkt}" for punkt in punkter)
        case Tabell(tittel, kolonner, rader):
            linjer = [kolonner, ("---",) * len(kolonner), *rader]
            tabell = "\n".join("| " + " | ".join(map(_celle, linje)) + " |" for linje in linjer)
            return f"**{tittel}**\n\n{tabell}" if blokk.vis_tittel else tabell


def _celle(tekst: str) -> str:
    return tekst.replace("|", "\\|")


def til_html(dokument: Dokument) -> str:
    """The paper as a file of its own: no script, nothing fetched, black on white."""
    innhold = "\n".join(_html(blokk) for blokk in dokument.blokker)
    return (
        f'<!doctype html>\n<html lang="{escape(dokument.spraak)}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(dokument.tittel)}</title>\n<style>{_STIL}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(dokument.tittel)}</h1>\n{innhold}\n</main>\n</body>\n</html>\n"
    )


_STIL = (
    "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;line-height:1.5}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}caption{text-align:left;font-weight:bold}"
    "th,td{border:1px solid #777;padding:.3rem .5rem;text-align:left;vertical-align:top}"
)


def _html(blokk: Blokk) -> str:
    match blokk:
        case Overskrift(tekst):
            return f"<h2>{_inni(tekst)}</h2>"
        case Avsnitt(tekst):
            return f"<p>{_inni(tekst)}</p>"
        case Liste(punkter):
            return "<ul>\n" + "\n".join(f"<li>{_inni(punkt)}</li>" for punkt in punkter) + "\n</ul>"
        case Tabell(tittel, kolonner, rader):
            hode = "".join(f'<th scope="col">{_inni(k)}</th>' for k in kolonner)
            bildetekst = f"<caption>{_inni(tittel)}</caption>\n" if blokk.vis_tittel else ""
            kropp = "\n".join("<tr>" + "".join(f"<td>{_inni(c)}</td>" for c in rad) + "</tr>" for rad in rader)
            return f"<table>\n{bildetekst}<thead><tr>{hode}</tr></thead>\n<tbody>\n{kropp}\n</tbody>\n</table>"


_MERKER = {"tekst": "{}", "fet": "<strong>{}</strong>", "fyll": "<mark>{}</mark>"}


def _inni(tekst: str) -> str:
    return "".join(_MERKER[slag].format(escape(del_)) for slag, del_ in deler(tekst))


FORMATER: Mapping[str, Callable[[Dokument], str]] = {"md": til_markdown, "html": til_html}
"""Ending of the file to how it is written."""
