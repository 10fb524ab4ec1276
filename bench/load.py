"""Fill the demonstration up to a size: python -m bench.load DOSSIERS DRAFTS.

Prints one JSON object: ``procedures`` (codes), ``drafts`` (refs of complete
drafts, one for each submission), ``empty`` (refs of as many without papers, one
for each upload), ``section`` (the key of their longest part), ``paper`` (the key of a paper
they are asked for) and ``dossiers`` (codes of open dossiers that were filed and treated, no copies).
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.bench")

# Whose list is shown, and who submits: drafts would stand above the list.
OWNER, FILER = "cong-dan@example.com", "cong-dan-2@example.com"
UNIT = "xuan-bac"
# The field of the specialist who acts.
SECTOR = "ho-tich"
OWNED = 40
CODES, TREATED = 20, 10
FILE_BYTES = 300 * 1024


def load(dossiers: int, drafts: int) -> dict[str, Any]:
    """Copy what the demonstration holds until there are enough dossiers and drafts."""
    django.setup()
    from dossiers.models import Dossier, Status
    from procedures.models import Procedure

    held = Dossier.objects.filter(unit__slug=UNIT, status=Status.PROCESSING).exclude(holder_role="leader")
    treated = list(held.order_by("pk").values_list("code", flat=True)[:TREATED])
    copy_dossiers(dossiers)
    complete, empty, section, paper = make_drafts(drafts)
    return {
        "procedures": list(Procedure.objects.order_by("code").values_list("code", flat=True)[:CODES]),
        "drafts": complete,
        "empty": empty,
        "section": section,
        "paper": paper,
        "dossiers": treated,
    }


def copy_dossiers(count: int) -> None:
    """Copy dossiers whose state needs no result and no open request of its own; the first belong to the owner."""
    from accounts.models import User
    from dossiers import worklist
    from dossiers.models import Applicant, Dossier, Status
    from dossiers.models.dossier import new_ref

    owner = User.objects.get(email=OWNER)
    found = Dossier.objects.filter(status__in=[Status.SUBMITTED, Status.RECEIVED, Status.PROCESSING], result=None)
    patterns = list(found.select_related("applicant", "received_by").order_by("pk")[:50])
    people = {pattern.pk: pattern.applicant for pattern in patterns}
    copies, applicants = [], []
    for n in range(count):
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


def make_drafts(count: int) -> tuple[list[str], list[str], str, str]:
    """Make complete drafts and as many without papers; return their refs, the longest part and a paper's key.

    A draft carries the papers that its answers ask for, and no others.
    """
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from accounts.models import User
    from dossiers.models import Dossier, Paper, PaperKind
    from procedures.papers import asked_papers

    filer = User.objects.get(email=FILER)
    filed = Dossier.objects.filter(status__gt=0, channel="online", version__form__isnull=False, unit__slug=UNIT)
    filed = filed.filter(version__procedure__sector__code=SECTOR)
    pattern = next(one for one in filed.order_by("pk") if asked_papers(one.version, one.answers))
    asked = asked_papers(pattern.version, pattern.answers)
    stored = default_storage.save("papers/bench.jpg", ContentFile(os.urandom(FILE_BYTES)))
    sections = (pattern.version.form or {})["sections"]
    refs = []
    for n in range(2 * count):
        draft = Dossier.objects.create(
            version=pattern.version,
            unit=pattern.unit,
            received_by=pattern.received_by,
            owner=filer,
            filed_by=filer,
            answers=pattern.answers,
            completed_sections=[section["key"] for section in sections],
            delivery="desk",
            created_at=pattern.created_at,
            saved_at=pattern.saved_at,
        )
        if n < count:
            Paper.objects.bulk_create(
                Paper(
                    dossier=draft,
                    required=required,
                    name=required.name,
                    kind=PaperKind.FILE,
                    file=stored,
                    original_name="giay-to.jpg",
                    media_type="image/jpeg",
                    size=FILE_BYTES,
                    sha256="0" * 64,
                    pages=1,
                    uploaded_by=filer,
                    uploaded_at=pattern.saved_at,
                )
                for required in asked
            )
        refs.append(draft.ref)
    return refs[:count], refs[count:], max(sections, key=lambda one: len(one["fields"]))["key"], asked[0].key


if __name__ == "__main__":
    print(json.dumps(load(int(sys.argv[1]), int(sys.argv[2]))))
