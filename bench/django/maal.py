"""`python maal.py <database> <sak,sak,…>`: an ordinary Django admin's list, case page and registering.

Run by a Python that has Django, on the bench's own copy. For each job whose name it reads from a line it makes one
request, and writes what that cost: milliseconds of CPU and of the clock, as a list in JSON. Django's own tables (users,
sessions, its log) are made beside the product's. Passwords are not part of it: the client is signed in without.
"""

import itertools
import json
import secrets
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).parent))


def sett_opp(fil: str) -> None:
    """Settings as `startproject` writes them, on this file, with as durable writes as the product's."""
    pragma = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=15000; PRAGMA cache_size=-16384;"
    settings.configure(
        SECRET_KEY=secrets.token_hex(), ALLOWED_HOSTS=["*"], USE_TZ=False, DEBUG=False, ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": fil,
                               "OPTIONS": {"init_command": pragma, "transaction_mode": "IMMEDIATE"},
                               "CONN_MAX_AGE": None}},
        INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                        "django.contrib.sessions", "django.contrib.messages", "saker"],
        MIDDLEWARE=["django.middleware.security.SecurityMiddleware",
                    "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
                    "django.middleware.csrf.CsrfViewMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware",
                    "django.contrib.messages.middleware.MessageMiddleware",
                    "django.middleware.clickjacking.XFrameOptionsMiddleware"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                    "OPTIONS": {"context_processors": ["django.template.context_processors.request",
                                                       "django.contrib.auth.context_processors.auth",
                                                       "django.contrib.messages.context_processors.messages"]}}],
        STATIC_URL="static/", DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )  # fmt: skip
    django.setup()


urlpatterns: list = []


def registrer_admin() -> None:
    """The case with its children, consents and referrals as inlines, as one would write it in an afternoon."""
    from django.contrib import admin
    from django.urls import path
    from saker import models as m

    def rader(modell: type, *raa: str) -> type:
        return type(modell.__name__ + "Rader", (admin.TabularInline,), {"model": modell, "raw_id_fields": raa})

    def logg(hva: str, gjelder: str | None = None, id_: int | None = None) -> None:
        m.Innslag.objects.create(
            tid=naa(), hva=hva, user_id=1, roller="henviser", enhet_id="nav", gjelder=gjelder, gjelder_id=id_
        )

    @admin.register(m.Sak)
    class SakAdmin(admin.ModelAdmin):
        list_display = ("referanse", "enhet", "ansvarlig", "opprettet", "i_maalgruppe")
        list_filter = ("enhet",)
        search_fields = ("referanse",)
        ordering = ("-opprettet", "-id")
        list_per_page = 25
        show_full_result_count = False  # the count of a million rows is none of what is compared
        inlines = (rader(m.Barn), rader(m.Samtykke), rader(m.Henvisning, "barn"))

        def changelist_view(self, request, extra_context=None):
            logg("liste_lest")
            return super().changelist_view(request, extra_context)

        def change_view(self, request, object_id, form_url="", extra_context=None):
            logg("sak_lest", "sak", int(object_id))
            return super().change_view(request, object_id, form_url, extra_context)

        def save_related(self, request, form, formsets, change):
            """What the product writes beside what is typed: needs, wish, events and the log's lines."""
            super().save_related(request, form, formsets, change)
            sak, (barn, _, henvisninger) = form.instance, (en.new_objects for en in formsets)
            for behov in ("fritid", "opplevelse"):
                m.SakBehov.objects.create(sak=sak, behov=behov)
            m.Oenske.objects.create(barn=barn[0], rekkefoelge=1, aktivitet="fotball")
            m.Sakshendelse.objects.create(sak=sak, tid=naa(), user_id=1, slag="registrert")
            logg("samtykke_registrert", "sak", sak.pk)
            logg("sak_registrert", "sak", sak.pk)
            for en in henvisninger:
                m.Hendelse.objects.create(
                    henvisning=en, tid=naa(), user_id=1, enhet_id="nav", slag="status", fra="utkast", til="sendt"
                )
                logg("henvisning_laget", "henvisning", en.pk)
                logg("henvisning_status", "henvisning", en.pk)

    urlpatterns.append(path("admin/", admin.site.urls))


def naa() -> datetime:
    """The moment, in UTC and naive: as SQLite has it."""
    return datetime.now(UTC).replace(tzinfo=None)


def skjema(nr: int) -> dict[str, object]:
    """A case with a child, a consent and two referrals, as the product's bench registers."""
    sak, barn = secrets.randbits(61), secrets.randbits(61)
    tid = {"0": f"{naa():%Y-%m-%d}", "1": f"{naa():%H:%M:%S}"}

    def med_tid(foran: str) -> dict[str, object]:
        return {f"{foran}_{del_}": verdi for del_, verdi in tid.items()}

    ut: dict[str, object] = {
        "id": sak, "referanse": f"D-{secrets.token_hex(5)}-{nr}", "enhet": "nav", "ansvarlig": 1, "i_maalgruppe": "on",
        "versjon": 1, **med_tid("opprettet"), "_save": "Save",
        "barn_set-0-id": barn, "barn_set-0-lopenummer": 1, "barn_set-0-foedselsaar": 2017, "barn_set-0-deltar": "nei",
        "barn_set-0-spurt": "ja",
        "samtykke_set-0-id": secrets.randbits(61), "samtykke_set-0-mottaker": "inkluderingskonsulent",
        "samtykke_set-0-grunnlag": "samtykke", "samtykke_set-0-maate": "skriftlig", "samtykke_set-0-fra": "foresatt",
        "samtykke_set-0-opplysninger": '["behov"]', "samtykke_set-0-gitt": date.today().isoformat(),
        "samtykke_set-0-registrert_av": 1,
    }  # fmt: skip
    for linje, (tiltak, mottaker) in enumerate((("4b-12", "nav"), ("4a-3", "inkluderingskonsulent"))):
        foran = f"henvisning_set-{linje}-"
        ut |= {
            f"{foran}id": secrets.randbits(61), f"{foran}tiltak": tiltak, f"{foran}avsender": "nav",
            f"{foran}mottaker": mottaker, f"{foran}status": "sendt", f"{foran}synlig": "on", f"{foran}koe": 0,
            f"{foran}versjon": 1, **med_tid(f"{foran}opprettet"), **med_tid(f"{foran}sendt"),
            **med_tid(f"{foran}endret"),
        }  # fmt: skip
    for sett, antall in (("barn_set", 1), ("samtykke_set", 1), ("henvisning_set", 2)):
        ut |= {f"{sett}-TOTAL_FORMS": antall, f"{sett}-INITIAL_FORMS": 0}
    return ut


def main() -> None:
    """One request for each line; from the handler's start to its end."""
    fil, saker = sys.argv[1], itertools.cycle(sys.argv[2].split(","))
    sett_opp(fil)
    registrer_admin()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.signals import request_finished
    from django.db import close_old_connections
    from django.test import Client

    call_command("migrate", verbosity=0)
    request_finished.disconnect(close_old_connections)
    User.objects.filter(username="bench").delete()
    klient = Client()
    klient.force_login(User.objects.create_superuser("bench"))
    nr = itertools.count()
    jobber = {
        "registrere": (lambda: klient.post("/admin/saker/sak/add/", skjema(next(nr))), 302),
        "liste": (lambda: klient.get("/admin/saker/sak/?enhet__id__exact=nav"), 200),
        "åpne sak": (lambda: klient.get(f"/admin/saker/sak/{next(saker)}/change/"), 200),
    }
    for linje in sys.stdin:
        gjoer, svar = jobber[linje.strip()]
        klokke, cpu = time.perf_counter(), time.process_time()
        resultat = gjoer()
        ms = [(time.process_time() - cpu) * 1000, (time.perf_counter() - klokke) * 1000]
        if resultat.status_code != svar:
            raise SystemExit(f"{linje.strip()}: {resultat.status_code} {resultat.content.decode()[:2000]}")
        sys.stdout.write(json.dumps(ms) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
