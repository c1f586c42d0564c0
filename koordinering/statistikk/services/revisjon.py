"""The one door to the audit: the tables that are to be released, against the counts and all that was released."""

from collections.abc import Sequence

from koordinering.statistikk import measures
from koordinering.statistikk.disclosure import RawCounts, Regler, SafeTable, Tidligere


def kontroller(
    vist: Sequence[SafeTable], raa: Sequence[RawCounts], regler: Regler, tidligere: Sequence[Tidligere]
) -> tuple[bool, str]:
    """Whether nobody can be worked out, and the audit as JSON for whoever owns the raw counts."""
    from koordinering.statistikk.disclosure.revisjon import revider  # numpy and HiGHS, for the job worker alone

    revisjon = revider(vist, raa, regler, tidligere, measures.ulikheter())
    return revisjon.ok, revisjon.til_json()
