"""Open data: closed until the coordinator says so, the same figures in each form, and never a raw count."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jsonstat_validator
import pytest
from flask import Flask
from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from sqlalchemy import select

from koordinering import db as database
from koordinering.audit import Hva, Innslag
from koordinering.db import db, transaction
from koordinering.konto.rules import AAPENTRAPP
from koordinering.statistikk import queries, services
from koordinering.statistikk.aapne import services as aapne
from koordinering.statistikk.aapne.rules import KanIkkeAapnes, Lisens, Opplysninger
from koordinering.statistikk.rules import Trekkgrunn
from tests.nettleser import Nettleser
from tests.statistikk.test_raatall import SKREVET, merk
from tests.statistikk.utgivelse import KODER, bilde, kontrollert, publisert, slipp

pytestmark = pytest.mark.bare_sqlite  # what a database could do differently has a test of its own below

OM = Opplysninger("945578564", "Kultur og fritid", "apne-data@lillehammer.example", Lisens.CC_BY)
SKJEMA = {"orgnr": "945 578 564", "kontakt": OM.kontakt, "epost": OM.epost, "lisens": "CC_BY_4_0"}
ROT = "/aapne-data"
API = f"{ROT}/api/v2/tables"


def aapen(folk: Any) -> int:
    """A release that is open to all; its key."""
    ny = publisert(folk)
    with transaction():
        aapne.lagre_opplysninger(OM, av=folk.koordinator1)
        aapne.gjoer_aapen(queries.publisering(folk.koordinator1, ny), av=folk.koordinator1)
    return ny


def adresser() -> Iterator[str]:
    """Every address of release 1 and of what lists it."""
    yield from (ROT, f"{ROT}/katalog.ttl", f"{ROT}/katalog.jsonld", API, f"{ROT}/1")
    for kode in KODER:
        yield from (f"{ROT}/1/{kode}", f"{ROT}/1/{kode}.json", f"{ROT}/1/{kode}.csv")
        yield from (f"{API}/1-{kode}", f"{API}/1-{kode}/metadata", f"{API}/1-{kode}/data")
        yield from (f"{API}/1-{kode}/data?outputFormat=csv", f"{API}/1-{kode}/data?valueCodes[{kode}]=*")


def test_a_release_is_closed_until_the_coordinator_opens_it_and_after_she_closes_it(
    app: Flask, folk: Any, nettleser: Nettleser
) -> None:
    bilde(folk)
    ny = publisert(folk)
    hun, alle = nettleser.som(folk.koordinator1), Nettleser(app)
    egne = [sti for sti in adresser() if "/1" in sti]
    assert {alle.se(sti).status_code for sti in egne} == {404}
    assert "Ingen åpne data ennå" in alle.se(ROT).get_data(as_text=True)
    assert hun.send(f"/publiseringer/{ny}/gjoer-aapen").status_code == 409, "nobody answers for the data"
    svar = hun.send("/publiseringer/aapne-data", {**SKJEMA, "orgnr": "123456789", "epost": "nei"})
    assert (svar.status_code, "Dette er ikke et organisasjonsnummer" in svar.get_data(as_text=True)) == (422, True)
    assert hun.send("/publiseringer/aapne-data", SKJEMA).status_code == 303
    assert nettleser.som(folk.nav1).send(f"/publiseringer/{ny}/gjoer-aapen").status_code == 404
    for _ in range(2):  # the second click changes nothing
        assert hun.send(f"/publiseringer/{ny}/gjoer-aapen").status_code == 303
    assert "Åpen for alle siden" in hun.se(f"/publiseringer/{ny}").get_data(as_text=True)
    assert {alle.se(sti).status_code for sti in adresser()} == {200}
    assert {alle.se(f"{ROT}/{feil}").status_code for feil in ("2", "1/finnes", "1/finnes.json", "0")} == {404}
    assert {alle.se(f"{API}/{feil}").status_code for feil in ("1", "-", "x-alder", "1-finnes/data")} == {404}
    for _ in range(2):
        assert hun.send(f"/publiseringer/{ny}/aapen/lukk").status_code == 303
    assert {alle.se(sti).status_code for sti in egne} == {404}
    db.session.rollback()
    logget = [en.hva for en in db.session.scalars(select(Innslag)) if en.hva.startswith(("publisering_", "aapne_"))]
    assert logget[-3:] == [Hva.AAPNE_DATA_ENDRET, Hva.PUBLISERING_AAPNET, Hva.PUBLISERING_LUKKET]


def test_everybody_may_fetch_keep_and_embed_and_gets_no_cookie(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    bilde(folk)
    aapen(folk)
    for inne, hvem in ((False, Nettleser(app)), (True, nettleser.som(folk.nav1))):
        for sti in adresser():
            svar = hvem.se(sti)
            assert svar.headers["Access-Control-Allow-Origin"] == "*", sti
            assert svar.headers["Cross-Origin-Resource-Policy"] == "cross-origin", sti
            if svar.mimetype == "text/html" and inne:  # with her own menu
                assert svar.headers["Cache-Control"] == "no-store", sti
                continue
            assert "Set-Cookie" not in svar.headers, sti
            assert svar.headers["Cache-Control"] == "public, max-age=300", sti
            if svar.mimetype == "text/html":
                continue
            assert "Cookie" not in svar.headers.get("Vary", ""), sti
            igjen = hvem.se(sti, headers={"If-None-Match": svar.headers["ETag"]})
            assert (igjen.status_code, igjen.get_data()) == (304, b""), sti
    spoer = app.test_client().options(f"{ROT}/1/alder.json", base_url="http://localhost")
    assert (spoer.status_code, spoer.headers["Access-Control-Allow-Headers"]) == (200, "If-None-Match")


def test_the_same_figures_stand_in_each_form(app: Flask, folk: Any) -> None:
    bilde(folk)
    alle, ny = Nettleser(app), aapen(folk)
    trygg = services.publisert.tabell(queries.publisering(folk.nav1, ny), "tjeneste")
    hel = json.loads(alle.se(f"{ROT}/1/tjeneste.json").get_data())
    jsonstat_validator.validate_jsonstat(hel)
    assert hel["extension"]["publisering"] == 1
    assert json.loads(alle.se(f"{API}/1-tjeneste/data").get_data()) == hel
    raa = alle.se(f"{ROT}/1/tjeneste.csv").get_data()
    rader = list(csv.reader(io.StringIO(raa.decode("utf-8-sig")), delimiter=";"))
    assert len(rader) == 1 + len(list(trygg.noekler))
    assert {":"} <= {celle for rad in rader for celle in rad}
    html = alle.se(f"{ROT}/1/tjeneste").get_data(as_text=True)
    assert "<table" in html
    assert all(d.etikett in html for d in trygg.dimensjoner[0].kategorier)
    meta = json.loads(alle.se(f"{API}/1-tjeneste/metadata").get_data())
    assert (meta["value"], meta["id"]) == ([], hel["id"])
    en_klasse = hel["dimension"]["tjeneste"]["category"]["index"][0]
    valgt = json.loads(alle.se(f"{API}/1-tjeneste/data?valueCodes[tjeneste]={en_klasse}").get_data())
    jsonstat_validator.validate_jsonstat(valgt)
    assert valgt["value"] == hel["value"][: len(valgt["value"])]
    assert valgt["size"][0] == 1
    for galt in ("valueCodes[tjeneste]=finnes", "valueCodes[finnes]=*", "outputFormat=px"):
        assert alle.se(f"{API}/1-tjeneste/data?{galt}").status_code == 400


def test_the_index_is_paged_and_leads_to_the_data(app: Flask, folk: Any) -> None:
    bilde(folk)
    aapen(folk)
    alle = Nettleser(app)
    foerste = json.loads(alle.se(f"{API}?pageSize=1").get_data())
    assert foerste["page"] == {"pageNumber": 1, "pageSize": 1, "totalElements": 2, "totalPages": 2}
    neste = next(lenke["href"] for lenke in foerste["links"] if lenke["rel"] == "next")
    andre = json.loads(alle.se(neste).get_data())
    assert [t["id"] for t in foerste["tables"] + andre["tables"]] == [f"1-{kode}" for kode in KODER]
    for lenke in andre["tables"][0]["links"]:
        assert alle.se(lenke["href"]).status_code == 200, lenke
    tom = json.loads(alle.se(f"{API}?pageNumber=99&pageSize=0").get_data())
    assert (tom["tables"], tom["page"]["pageSize"]) == ([], 100)


OBLIGATORISK = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.identifier, DCTERMS.publisher, DCAT.dataset),
    DCAT.Dataset: (
        DCTERMS.title, DCTERMS.description, DCTERMS.identifier, DCTERMS.publisher, DCAT.theme, DCAT.contactPoint,
        DCAT.distribution, DCTERMS.accessRights, DCAT.keyword,
    ),
    DCAT.Distribution: (DCAT.accessURL, DCTERMS["format"], DCTERMS.license),
    FOAF.Agent: (FOAF.name, DCTERMS.identifier),
    DCTERMS.PeriodOfTime: (DCAT.startDate, DCAT.endDate),
}  # fmt: skip
"""What DCAT-AP-NO 2.2 demands of each class, and what it recommends of a data set."""

SKAL_VAERE = {
    DCTERMS.publisher: FOAF.Agent,
    DCAT.theme: URIRef("http://www.w3.org/2004/02/skos/core#Concept"),
    DCAT.contactPoint: URIRef("http://www.w3.org/2006/vcard/ns#Kind"),
    DCTERMS["format"]: DCTERMS.MediaType,
    DCTERMS.license: DCTERMS.LicenseDocument,
    DCTERMS.accessRights: DCTERMS.RightsStatement,
    DCTERMS.language: DCTERMS.LinguisticSystem,
    DCTERMS.temporal: DCTERMS.PeriodOfTime,
    DCAT.distribution: DCAT.Distribution,
    DCAT.dataset: DCAT.Dataset,
}
"""What the value of a property must be, as the shapes of the standard have it."""


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own reader uses it
def test_the_catalogue_is_what_dcat_ap_no_asks(app: Flask, folk: Any) -> None:
    bilde(folk)
    aapen(folk)
    alle = Nettleser(app)
    turtle = Graph().parse(data=alle.se(f"{ROT}/katalog.ttl").get_data(), format="turtle")
    jsonld = Graph().parse(data=alle.se(f"{ROT}/katalog.jsonld").get_data(), format="json-ld")
    assert isomorphic(turtle, jsonld)
    for klasse, egenskaper in OBLIGATORISK.items():
        ting = list(turtle.subjects(RDF.type, klasse))
        assert ting, klasse
        for en in ting:
            assert [e for e in egenskaper if turtle.value(en, e, any=True) is None] == [], en
    for egenskap, klasse in SKAL_VAERE.items():
        assert {(verdi, RDF.type, klasse) in turtle for verdi in turtle.objects(None, egenskap)} == {True}, egenskap
    assert len(list(turtle.subjects(RDF.type, DCAT.Dataset))) == len(KODER)
    for fil in turtle.objects(None, DCAT.downloadURL):
        assert alle.se(str(fil)).status_code == 200
    utgitt = {tekst.datatype for tekst in turtle.objects(None, DCTERMS.issued) if isinstance(tekst, Literal)}
    titler = {tekst.language for tekst in turtle.objects(None, DCTERMS.title) if isinstance(tekst, Literal)}
    assert (utgitt, titler) == ({XSD.date}, {"nb"})


def test_no_raw_count_is_open(app: Flask, folk: Any) -> None:
    bilde(folk)
    ny = kontrollert(folk)
    merk()
    slipp(folk.koordinator2, ny)  # what is frozen beside the tables is the marked count
    with transaction():
        aapne.lagre_opplysninger(OM, av=folk.koordinator1)
        aapne.gjoer_aapen(queries.publisering(folk.koordinator1, ny), av=folk.koordinator1)
    alle = Nettleser(app)
    svar = [alle.se(sti) for sti in adresser()]
    assert {en.status_code for en in svar} == {200}
    assert not [en for en in svar if SKREVET.search(en.get_data())]


def test_what_is_withdrawn_says_so_and_gives_nothing(app: Flask, folk: Any) -> None:
    bilde(folk)
    ny = aapen(folk)
    with transaction():
        services.trekk(queries.publisering(folk.koordinator1, ny), Trekkgrunn.PERSONVERN, "", av=folk.koordinator1)
    alle = Nettleser(app)
    assert {alle.se(sti).status_code for sti in adresser() if "/1" in sti} == {410}
    assert json.loads(alle.se(API).get_data())["tables"] == []
    with pytest.raises(KanIkkeAapnes), transaction():
        aapne.gjoer_aapen(queries.publisering(folk.koordinator1, ny), av=folk.koordinator1)


def test_a_network_that_never_rests_waits(app: Flask, folk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    alle, naa = Nettleser(app), database.now()
    monkeypatch.setattr("koordinering.konto.services.grenser.now", lambda: naa)
    monkeypatch.setattr("koordinering.konto.services.grenser.AAPENTRAPP", type(AAPENTRAPP)(3, AAPENTRAPP.venter))
    assert [alle.se(API).status_code for _ in range(6)] == [200] * 4 + [429] * 2
    svar = alle.se(API)
    assert svar.headers["Retry-After"] == "1"
    assert alle.se(API, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200, "another network"
    monkeypatch.setattr("koordinering.konto.services.grenser.now", lambda: naa + timedelta(minutes=2))
    assert alle.se(API).status_code == 200
