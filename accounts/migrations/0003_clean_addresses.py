from django.core.exceptions import ValidationError
from django.db import migrations

from common.forms.checks import check_email


def clean_addresses(apps, schema_editor):
    """Take invisible characters out of stored addresses; one whose clean form belongs to somebody stays as it is."""
    for app, name in (("accounts", "User"), ("account", "EmailAddress")):
        rows = apps.get_model(app, name).objects
        for pk, email in rows.exclude(email=None).exclude(email="").values_list("pk", "email").iterator():
            try:
                clean = check_email(email)
            except ValidationError:
                continue
            if clean != email and not rows.filter(email__iexact=clean).exclude(pk=pk).exists():
                rows.filter(pk=pk).update(email=clean)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_identity_papers"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(clean_addresses, migrations.RunPython.noop)]
