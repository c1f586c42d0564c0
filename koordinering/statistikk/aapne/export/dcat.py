"""The catalogue of open data: DCAT-AP-NO 2.2, as Turtle and as JSON-LD, both written from one list of nodes.

https://data.norge.no/specification/dcat-ap-no says what must be there: of the catalogue title, description,
identifier and publisher; of a data set also theme and contact point; of a distribution address and format. Terms are
taken from the EU's authority tables, as it says, and each term that is named is also described, so that the file can be
checked alone. Written by hand: a graph library would be needed for reading, and nothing is read.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from koordinering.statistikk.aapne.rules import Endelse, Lisens, Opplysninger
from koordinering.tekst import N_

PREFIKS = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EU = "http://publications.europa.eu/resource/authority/"
_TEMA = f"{_EU}data-theme/SOCI"
_SPRAAK = f"{_EU}language/NOB"
_AAPEN = f"{_EU}access-right/PUBLIC"
_ORGANISASJON = "https://organization-catalog.fellesdatakatalog.digdir.no/organizations/"
_IANA = "https://www.iana.org/assignments/media-types/"
_FILTYPE = {
    Endelse.JSON: (f"{_EU}file-type/JSON", f"{_IANA}application/json"),
    Endelse.CSV: (f"{_EU}file-type/CSV", f"{_IANA}text/csv"),
}
_LISENS = {lisens: f"{_EU}licence/{lisens.value}" for lisens in Lisens}


@dataclass(frozen=True)
class Iri:
    """The address of a thing."""

    verdi: str


@dataclass(frozen=True)
class Ord:
    """A text in bokmål, or one with a type."""

    verdi: str
    type: str = ""
    """Such as «xsd:date»; empty: a text in bokmål; «-»: a code, in no language."""


Verdi = Iri | Ord
Node = tuple[Iri, Mapping[str, list[Verdi]]]
"""A thing and what is said of it, by the names of the properties."""


@dataclass(frozen=True)
class Datasett:
    """One open table, as the catalogue tells of it."""

    nummer: int
    kode: str
    tittel: str
    aar: int
    publisert: date


def _beskrivelse(sett: Datasett, kommune: str) -> str:
    return N_(
        "%(tittel)s i %(kommune)s i %(aar)s. Tall over tiltak mot barnefattigdom, fra publisering %(nummer)s. "
        "Små tall er skjult slik at ingen kan kjennes igjen."
    ) % {"tittel": sett.tittel, "kommune": kommune, "aar": sett.aar, "nummer": sett.nummer}


def katalog(sett: Iterable[Datasett], om: Opplysninger, kommune: str, adresse: Callable[[str], str]) -> list[Node]:
    """All that is said. `adresse` makes a whole address of what comes after the address of the open data."""
    utgiver, kontakt = Iri(_ORGANISASJON + om.orgnr), Iri(adresse("/katalog#kontakt"))
    alle = list(sett)
    noder: list[Node] = [
        (
            Iri(adresse("/katalog")),
            {
                "a": [Iri("dcat:Catalog")],
                "dct:title": [Ord(N_("Åpne data om tiltak mot barnefattigdom, %(kommune)s") % {"kommune": kommune})],
                "dct:description": [Ord(N_("Publiserte tabeller fra kommunens handlingsplan mot barnefattigdom."))],
                "dct:identifier": [Ord(adresse("/katalog"), "-")],
                "dct:publisher": [utgiver],
                "dcat:contactPoint": [kontakt],
                "dct:language": [Iri(_SPRAAK)],
                "dct:license": [Iri(_LISENS[om.lisens])],
                "foaf:homepage": [Iri(adresse(""))],
                "dcat:dataset": [Iri(_sted(en, adresse)) for en in alle],
                **({"dct:modified": [_dag(max(en.publisert for en in alle))]} if alle else {}),
            },
        ),
        *_felles(om, kommune, utgiver, kontakt, adresse),
    ]
    for en in alle:
        noder += _datasett(en, om, kommune, adresse)
    return noder


def _sted(sett: Datasett, adresse: Callable[[str], str]) -> str:
    return adresse(f"/{sett.nummer}/{sett.kode}")


def _dag(dag: date) -> Ord:
    return Ord(dag.isoformat(), "xsd:date")


def _datasett(sett: Datasett, om: Opplysninger, kommune: str, adresse: Callable[[str], str]) -> list[Node]:
    sted = _sted(sett, adresse)
    periode = Iri(f"{sted}#periode")
    filer = {endelse: f"{sted}.{endelse.value}" for endelse in Endelse}
    return [
        (
            Iri(sted),
            {
                "a": [Iri("dcat:Dataset")],
                "dct:title": [Ord(f"{sett.tittel}, {sett.aar}")],
                "dct:description": [Ord(_beskrivelse(sett, kommune))],
                "dct:identifier": [Ord(sted, "-")],
                "dct:publisher": [Iri(_ORGANISASJON + om.orgnr)],
                "dcat:contactPoint": [Iri(adresse("/katalog#kontakt"))],
                "dcat:theme": [Iri(_TEMA)],
                "dcat:keyword": [Ord(ett) for ett in (N_("barnefattigdom"), N_("fritid"), kommune)],
                "dct:accessRights": [Iri(_AAPEN)],
                "dct:language": [Iri(_SPRAAK)],
                "dct:issued": [_dag(sett.publisert)],
                "dct:temporal": [periode],
                "dcat:landingPage": [Iri(f"{sted}#side")],
                "dcat:distribution": [Iri(f"{fil}#fil") for fil in filer.values()],
            },
        ),
        (
            periode,
            {
                "a": [Iri("dct:PeriodOfTime")],
                "dcat:startDate": [_dag(date(sett.aar, 1, 1))],
                "dcat:endDate": [_dag(date(sett.aar, 12, 31))],
            },
        ),
        (Iri(f"{sted}#side"), {"a": [Iri("foaf:Document")], "dct:title": [Ord(sett.tittel)]}),
        *(_fil(endelse, fil, om) for endelse, fil in filer.items()),
    ]


def _fil(endelse: Endelse, fil: str, om: Opplysninger) -> Node:
    filtype, medietype = _FILTYPE[endelse]
    return (
        Iri(f"{fil}#fil"),
        {
            "a": [Iri("dcat:Distribution")],
            "dct:title": [Ord(endelse.tekst)],
            "dcat:accessURL": [Iri(fil)],
            "dcat:downloadURL": [Iri(fil)],
            "dct:format": [Iri(filtype)],
            "dcat:mediaType": [Iri(medietype)],
            "dct:license": [Iri(_LISENS[om.lisens])],
        },
    )


def _felles(
    om: Opplysninger, kommune: str, utgiver: Iri, kontakt: Iri, adresse: Callable[[str], str]
) -> Iterable[Node]:
    """The publisher, the contact and every term that is named."""
    yield (
        utgiver,
        {"a": [Iri("foaf:Agent")], "foaf:name": [Ord(kommune)], "dct:identifier": [Ord(om.orgnr, "-")]},
    )
    yield (
        kontakt,
        {
            "a": [Iri("vcard:Kind"), Iri("vcard:Organization")],
            "vcard:fn": [Ord(om.kontakt)],
            "vcard:hasEmail": [Iri(f"mailto:{om.epost}")],
        },
    )
    yield Iri(adresse("")), {"a": [Iri("foaf:Document")]}
    yield Iri(_TEMA), {"a": [Iri("skos:Concept")], "skos:prefLabel": [Ord(N_("Befolkning og samfunn"))]}
    yield Iri(_SPRAAK), {"a": [Iri("dct:LinguisticSystem")]}
    yield Iri(_AAPEN), {"a": [Iri("dct:RightsStatement")]}
    yield Iri(_LISENS[om.lisens]), {"a": [Iri("dct:LicenseDocument")], "dct:title": [Ord(om.lisens.tekst)]}
    for par in _FILTYPE.values():
        for slag in par:
            yield Iri(slag), {"a": [Iri("dct:MediaType")]}


# --- The two ways of writing it ---------------------------------------------------------------------------------


def til_turtle(noder: Iterable[Node]) -> str:
    """Turtle (RDF 1.1)."""
    hode = "".join(f"@prefix {navn}: <{verdi}> .\n" for navn, verdi in PREFIKS.items())
    return hode + "".join(f"\n{_t(ting)}\n    {_utsagn(sagt)} .\n" for ting, sagt in noder)


def _utsagn(sagt: Mapping[str, list[Verdi]]) -> str:
    return " ;\n    ".join(f"{navn} {' , '.join(map(_t, verdier))}" for navn, verdier in sagt.items() if verdier)


def _t(verdi: Verdi) -> str:
    if isinstance(verdi, Iri):
        return verdi.verdi if _kort(verdi.verdi) else f"<{verdi.verdi}>"
    tekst = json.dumps(verdi.verdi, ensure_ascii=False)  # the escapes of JSON are escapes of Turtle too
    return tekst + {"": "@nb", "-": ""}.get(verdi.type, f"^^{verdi.type}")


def _kort(iri: str) -> bool:
    return iri.split(":", 1)[0] in PREFIKS and not iri.startswith("http")


def til_jsonld(noder: Iterable[Node]) -> str:
    """JSON-LD 1.1, flat: the prefixes, and a graph of nodes."""
    graf = [
        {"@id": ting.verdi, **dict(_felt(navn, verdier) for navn, verdier in sagt.items() if verdier)}
        for ting, sagt in noder
    ]
    return json.dumps({"@context": PREFIKS, "@graph": graf}, ensure_ascii=False, indent=1)


def _felt(navn: str, verdier: list[Verdi]) -> tuple[str, list[Any]]:
    if navn == "a":
        return "@type", [verdi.verdi for verdi in verdier]
    return navn, [_j(verdi) for verdi in verdier]


def _j(verdi: Verdi) -> dict[str, str]:
    if isinstance(verdi, Iri):
        return {"@id": verdi.verdi}
    slag = {"": {"@language": "nb"}, "-": {}}.get(verdi.type, {"@type": verdi.type})
    return {"@value": verdi.verdi, **slag}
