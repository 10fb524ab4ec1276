"""Fill the demonstration up to a size: python -m bench.load DOSSIERS DRAFTS.

Prints codes of procedures, a blank, and refs of complete drafts of the demo
citizen, each list separated by commas.
"""

import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")

OWNER = "cong-dan@example.com"
OWNED = 40
CODES = 20


def load(dossiers: int, drafts: int) -> None:
    """Copy what the demonstration holds until there are enough dossiers and drafts."""
    django.setup()
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from accounts.models import User
    from dossiers import worklist
    from dossiers.models import OPEN, Applicant, Dossier, Paper, PaperKind
    from dossiers.models.dossier import new_ref
    from procedures.models import Procedure

    owner = User.objects.get(email=OWNER)
    patterns = list(Dossier.objects.filter(status__in=OPEN).select_related("applicant", "received_by")[:50])
    people = {pattern.pk: pattern.applicant for pattern in patterns}
    copies, applicants = [], []
    for n in range(dossiers):
        pattern = patterns[n % len(patterns)]
        values = {field.attname: getattr(pattern, field.attname) for field in Dossier._meta.concrete_fields}
        values |= {
            "id": None,
            "ref": new_ref(),
            "code": f"{pattern.received_by.identifier}-250101-{n:05}",
            "owner_id": owner.pk if n < OWNED else None,
            "due_at": pattern.due_at + timedelta(minutes=n) if pattern.due_at else None,
        }
        copies.append(Dossier(**values))
    made = Dossier.objects.bulk_create(copies, batch_size=200)
    for n, dossier in enumerate(made):
        person = people[patterns[n % len(patterns)].pk]
        values = {field.attname: getattr(person, field.attname) for field in Applicant._meta.concrete_fields}
        applicants.append(Applicant(**(values | {"id": None, "dossier_id": dossier.pk})))
    Applicant.objects.bulk_create(applicants, batch_size=200)
    list(worklist.rebuild())

    pattern = Dossier.objects.filter(status__gt=0, channel="online", version__form__isnull=False).earliest("id")
    stored = default_storage.save("papers/bench.jpg", ContentFile(os.urandom(300 * 1024)))
    refs = []
    form = pattern.version.form or {}
    for _n in range(drafts):
        draft = Dossier.objects.create(
            version=pattern.version,
            unit=pattern.unit,
            received_by=pattern.received_by,
            owner=owner,
            filed_by=owner,
            answers=pattern.answers,
            completed_sections=[section["key"] for section in form["sections"]],
            delivery="desk",
            created_at=pattern.created_at,
            saved_at=pattern.saved_at,
        )
        Paper.objects.bulk_create(
            Paper(
                dossier=draft,
                required=required,
                name=required.name,
                kind=PaperKind.FILE,
                file=stored,
                original_name="giay-to.jpg",
                media_type="image/jpeg",
                size=300 * 1024,
                sha256="0" * 64,
                pages=1,
                uploaded_by=owner,
                uploaded_at=pattern.saved_at,
            )
            for required in pattern.version.papers.filter(from_form=False)
        )
        refs.append(draft.ref)
    codes = Procedure.objects.order_by("code").values_list("code", flat=True)[:CODES]
    print(",".join(codes), ",".join(refs))


if __name__ == "__main__":
    load(int(sys.argv[1]), int(sys.argv[2]))
