"""A measure's page in the plan leads to the newest released tables that count it, and to nothing else."""

import re
from typing import Any

import pytest
from flask import Flask

from koordinering.db import transaction
from koordinering.statistikk import measures, queries, services
from koordinering.statistikk.rules import Trekkgrunn
from tests.nettleser import Nettleser
from tests.statistikk.test_tall_sider import spoerringer
from tests.statistikk.utgivelse import bilde, kontrollert, publisert, utkast

KORT, MOETEPLASS, SYSTEM = "4b-2", "4b-1", "5a-3"


def _lenker(hver: Nettleser, tiltak_id: str) -> list[tuple[int, str]]:
    html = hver.se(f"/plan/tiltak/{tiltak_id}").get_data(as_text=True)
    return [(int(nr), kode) for nr, kode in re.findall(r'href="/publiseringer/(\d+)/(\w+)"', html)]


def test_the_page_leads_to_the_newest_tables_that_count_the_measure(
    app: Flask, folk: Any, nettleser: Nettleser
) -> None:
    hver = nettleser.som(folk.nav1)
    bilde(folk)
    utkast(folk, koder=["tiltak"])
    kontrollert(folk, koder=["gitt"])
    assert _lenker(hver, KORT) == []  # nothing is released
    foerst = publisert(folk, koder=["tjeneste", "tiltak", "ventetid", "besoek"])
    # The waiting time is by kinds of measures; visits are counted of open offers alone.
    assert _lenker(hver, KORT) == [(foerst, "tiltak")]
    assert _lenker(hver, MOETEPLASS) == [(foerst, "tiltak"), (foerst, "besoek")]
    assert _lenker(hver, SYSTEM) == []
    assert "fra publisering 1. Tallene er for 2025" in hver.se(f"/plan/tiltak/{KORT}").get_data(as_text=True)
    publisert(folk, koder=["alder"])  # newer, and counts no measure
    siste = publisert(folk, koder=["gitt"])
    assert _lenker(hver, KORT) == [(siste, "gitt")]
    with transaction():
        p = queries.publisering(folk.koordinator1, siste)
        services.trekk(p, Trekkgrunn.FEIL_TALL, "", av=folk.koordinator1)
    assert _lenker(hver, KORT) == [(foerst, "tiltak")]


@pytest.mark.bare_sqlite  # the statements are the same
def test_it_costs_two_queries_however_much_is_released(app: Flask, folk: Any, nettleser: Nettleser) -> None:
    hver = nettleser.som(folk.nav1)

    def kostnad() -> int:
        hver.se(f"/plan/tiltak/{KORT}")
        with spoerringer() as setninger:
            hver.se(f"/plan/tiltak/{KORT}")
        assert sum("publisert_tabell" in setning for setning in setninger) == 2, "its links, and its series"
        assert not any("raatall" in setning for setning in setninger)
        return len(setninger)

    uten = kostnad()
    bilde(folk)
    publisert(folk, koder=["tiltak"])
    en = kostnad()
    publisert(folk, koder=[kode for kode in measures.definisjoner() if "kjoenn" not in kode])
    assert [en, kostnad()] == [uten, uten]
