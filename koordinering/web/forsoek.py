"""What a form asks for is tried in one transaction: it is done, or the page comes once more with what was wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

from koordinering.db import transaction
from koordinering.errors import DomainError, Endret, UgyldigFelt
from koordinering.web.skjema import BaseForm


class Forsoek:
    """Whether it was done, and the status of the page where it was not.

    forsoek = Forsoek(form, Endret)
    if forsoek.gyldig:
        with forsoek.gjoer():
            services.endre(…)
    if forsoek.gikk:
        return redirect(…)
    return render_template(…), forsoek.status
    """

    def __init__(self, form: BaseForm, *oeverst: type[DomainError]) -> None:
        self._form, self._oeverst = form, oeverst
        self.gyldig: bool = form.validate_on_submit()
        self._kode = 422 if form.is_submitted() else 200
        self.gikk = False
        self.endret = False
        """Somebody else saved the same thing meanwhile."""

    @property
    def status(self) -> int:
        """Of the page: 200 before anything is sent, else that of what was wrong."""
        return self._kode

    @contextmanager
    def gjoer(self) -> Iterator[None]:
        """Do it. A broken rule is told at its field, the errors that were named on top of the form."""
        try:
            with transaction():
                yield
        except UgyldigFelt as feil:
            self._form.feil(feil)
            self._kode = feil.status
        except self._oeverst as feil:
            self._form.oeverst(feil)
            self._kode = feil.status
            self.endret = isinstance(feil, Endret)
        else:
            self.gikk = True
