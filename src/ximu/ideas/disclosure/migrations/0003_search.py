"""A search index over what is open, by pairs of characters: FTS5 on SQLite, GIN on PostgreSQL."""

from django.db import migrations, models

from ximu.ideas.disclosure.rules.grams import document

FTS = "CREATE VIRTUAL TABLE disclosure_found USING fts5(words, facets, content='', columnsize=0, tokenize='ascii')"
FUNCTION = """
CREATE OR REPLACE FUNCTION ximu_grams(given text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT coalesce(array_agg(DISTINCT gram), '{}') FROM (
  SELECT substr(plain, place, 2) AS gram
  FROM (SELECT lower(normalize(given, NFKC)) AS plain) AS one, generate_series(1, length(plain) - 1) AS place
  UNION
  SELECT substr(plain, place, 1)
  FROM (SELECT lower(normalize(given, NFKC)) AS plain) AS one, generate_series(1, length(plain)) AS place
) AS grams
$$"""
INDEX = "CREATE INDEX publication_grams ON disclosure_publication USING gin (ximu_grams(words)) WHERE state = 'open'"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
            cursor.execute(INDEX)
            return
        cursor.execute(FTS)
        rows = apps.get_model("disclosure", "Publication").objects.filter(state="open")
        for row in rows.only("pk", "words", "family", "event_date", "subject").iterator():
            facets = f"f{row.family} y{row.event_date.year} s{row.subject}"
            cursor.execute("INSERT INTO disclosure_found (rowid, words, facets) VALUES (%s, %s, %s)", [row.pk, document(row.words), facets])


def drop(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute("DROP INDEX publication_grams")
            cursor.execute("DROP FUNCTION ximu_grams(text)")
        else:
            cursor.execute("DROP TABLE disclosure_found")


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0002_search_certificate")]
    operations = [
        migrations.AddIndex("publication", models.Index(fields=["state", "-event_date", "number"], name="publication_newest")),
        migrations.AddIndex("publication", models.Index(fields=["state", "family", "-event_date", "number"], name="publication_kind")),
        migrations.RunPython(build, drop),
    ]
