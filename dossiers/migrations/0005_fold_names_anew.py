"""Fold applicants' names anew: searches read every apostrophe as one, Ð as đ, and pass over what cannot be seen."""

from django.db import migrations

from common.text import fold

SEARCH_NAME = 160


def fold_names(apps, schema_editor):
    """Write the search names that differ; a batch of rows at a time."""
    applicants = apps.get_model("dossiers", "Applicant")
    changed = []
    for row in applicants.objects.only("name", "search_name").order_by("pk").iterator(chunk_size=2000):
        folded = fold(row.name)[:SEARCH_NAME]
        if folded != row.search_name:
            row.search_name = folded
            changed.append(row)
    applicants.objects.bulk_update(changed, ["search_name"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0004_sections_changed")]

    operations = [migrations.RunPython(fold_names, migrations.RunPython.noop)]
