"""The case tables as `inspectdb` gives them, tidied: unmanaged models, for an ordinary admin to stand on."""

from django.db import models


class Enhet(models.Model):
    """A unit."""

    id = models.TextField(primary_key=True)
    navn = models.TextField()
    kortnavn = models.TextField()

    class Meta:
        managed = False
        db_table = "enhet"

    def __str__(self) -> str:
        return self.kortnavn


class Bruker(models.Model):
    """A user of the product."""

    id = models.IntegerField(primary_key=True)
    visningsnavn = models.TextField()

    class Meta:
        managed = False
        db_table = "user_konto"

    def __str__(self) -> str:
        return self.visningsnavn


class Tiltak(models.Model):
    """A measure."""

    id = models.TextField(primary_key=True)
    kortnavn = models.TextField()

    class Meta:
        managed = False
        db_table = "tiltak"

    def __str__(self) -> str:
        return self.kortnavn


class Sak(models.Model):
    """A case."""

    id = models.BigIntegerField(primary_key=True)
    referanse = models.TextField(unique=True)
    enhet = models.ForeignKey(Enhet, models.DO_NOTHING)
    ansvarlig = models.ForeignKey(Bruker, models.DO_NOTHING)
    opprettet = models.DateTimeField()
    i_maalgruppe = models.BooleanField()
    egen_referanse = models.BinaryField(null=True, editable=False)
    innsending = models.BinaryField(unique=True, null=True, editable=False)
    versjon = models.IntegerField(default=1)

    class Meta:
        managed = False
        db_table = "sak"

    def __str__(self) -> str:
        return self.referanse


class Barn(models.Model):
    """A child."""

    id = models.BigIntegerField(primary_key=True)
    sak = models.ForeignKey(Sak, models.DO_NOTHING)
    lopenummer = models.IntegerField()
    foedselsaar = models.IntegerField()
    deltar = models.CharField(max_length=60)
    spurt = models.CharField(max_length=60)
    blindindeks = models.BinaryField(null=True, editable=False)

    class Meta:
        managed = False
        db_table = "barn"

    def __str__(self) -> str:
        return f"{self.lopenummer}"


class Samtykke(models.Model):
    """A consent."""

    id = models.BigIntegerField(primary_key=True)
    sak = models.ForeignKey(Sak, models.DO_NOTHING)
    mottaker = models.ForeignKey(Enhet, models.DO_NOTHING)
    grunnlag = models.CharField(max_length=60)
    maate = models.CharField(max_length=60, null=True, blank=True)
    fra = models.CharField(max_length=60, null=True, blank=True)
    opplysninger = models.JSONField()
    gitt = models.DateField()
    registrert_av = models.ForeignKey(Bruker, models.DO_NOTHING, db_column="registrert_av")

    class Meta:
        managed = False
        db_table = "samtykke"


class Henvisning(models.Model):
    """A referral."""

    id = models.BigIntegerField(primary_key=True)
    sak = models.ForeignKey(Sak, models.DO_NOTHING)
    barn = models.ForeignKey(Barn, models.DO_NOTHING, null=True, blank=True)
    tiltak = models.ForeignKey(Tiltak, models.DO_NOTHING)
    avsender = models.ForeignKey(Enhet, models.DO_NOTHING, related_name="sendte")
    mottaker = models.ForeignKey(Enhet, models.DO_NOTHING, related_name="mottatte", null=True, blank=True)
    status = models.CharField(max_length=60)
    synlig = models.BooleanField()
    sperret = models.BooleanField(default=False)
    opprettet = models.DateTimeField()
    sendt = models.DateTimeField(null=True, blank=True)
    lodd = models.BigIntegerField(null=True, blank=True)
    koe = models.IntegerField(default=0)
    sammen = models.BooleanField(default=False)
    endret = models.DateTimeField()
    startet = models.BooleanField(default=False)
    versjon = models.IntegerField(default=1)

    class Meta:
        managed = False
        db_table = "henvisning"


class SakBehov(models.Model):
    """A need of the family."""

    pk = models.CompositePrimaryKey("sak_id", "behov")
    sak = models.ForeignKey(Sak, models.DO_NOTHING)
    behov = models.CharField(max_length=60)

    class Meta:
        managed = False
        db_table = "sak_behov"


class Oenske(models.Model):
    """A wish of a child."""

    pk = models.CompositePrimaryKey("barn_id", "rekkefoelge")
    barn = models.ForeignKey(Barn, models.DO_NOTHING)
    rekkefoelge = models.IntegerField()
    aktivitet = models.CharField(max_length=60)

    class Meta:
        managed = False
        db_table = "oenske"


class Hendelse(models.Model):
    """An event of a referral."""

    henvisning = models.ForeignKey(Henvisning, models.DO_NOTHING)
    tid = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    enhet_id = models.TextField(null=True)
    slag = models.TextField()
    fra = models.TextField(null=True)
    til = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "hendelse"


class Sakshendelse(models.Model):
    """An event of a case."""

    sak = models.ForeignKey(Sak, models.DO_NOTHING)
    tid = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    slag = models.TextField()

    class Meta:
        managed = False
        db_table = "sakshendelse"


class Innslag(models.Model):
    """A line of the access log."""

    tid = models.DateTimeField()
    hva = models.CharField(max_length=60)
    user_id = models.BigIntegerField(null=True)
    roller = models.TextField()
    enhet_id = models.TextField(null=True)
    gjelder = models.TextField(null=True)
    gjelder_id = models.BigIntegerField(null=True)
    detalj = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "innsynslogg"
