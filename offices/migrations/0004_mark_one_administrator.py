from django.db import migrations
from django.db.models import Q


def mark(apps, schema_editor):
    """Mark the first administrator of a unit on top, who alone set the portal up; they give the mark to others."""
    posts = apps.get_model("offices", "Post").objects
    lasting = posts.filter(Q(valid_until=None), role="administrator", unit__parent=None, user__is_active=True)
    first = lasting.order_by("pk").first() or posts.filter(role="administrator", valid_until=None).order_by("pk").first()
    if first is not None:
        posts.filter(pk=first.pk).update(for_all=True)


class Migration(migrations.Migration):

    dependencies = [("offices", "0003_posts_given_by_two")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop, elidable=True)]
