"""Offers written for others: csv that no spreadsheet runs, with headings after Open Referral HSDS."""

import csv
import io
from collections.abc import Iterable, Sequence

from koordinering.formler import uten_formel


def som_csv(rader: Iterable[Sequence[object]], skille: str = ";", *, til_regneark: bool = True) -> str:
    """Rows as csv. In a file for people, a text that a spreadsheet would take for a formula gets an apostrophe."""
    ut = io.StringIO()
    skriver = csv.writer(ut, delimiter=skille, lineterminator="\r\n")
    for rad in rader:
        skriver.writerow([uten_formel(verdi) if til_regneark and isinstance(verdi, str) else verdi for verdi in rad])
    return ut.getvalue()


HSDS = (
    "organization.name",
    "organization_identifier.identifier",
    "service.id",
    "service.name",
    "taxonomy_term.name",
    "location.name",
    "schedule.description",
    "schedule.valid_from",
    "schedule.valid_to",
    "service.minimum_age",
    "service.maximum_age",
    "cost_option.option",
    "cost_option.amount",
    "cost_option.currency",
    "service.fees_description",
    "service_capacity.available",
    "service_capacity.maximum",
    "service.assured_date",
    "service.status",
    "service.last_modified",
)
"""Headings of the exported offers, after Open Referral HSDS 3.1 (table.field). No person stands there."""
