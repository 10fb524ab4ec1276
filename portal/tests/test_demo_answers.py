"""Every form that comes with the portal can be filled in, again and again."""

import random
from datetime import date

import pytest

from eforms import schema as form_schema
from portal.demo.answers import applicant, fill
from portal.demo.people import aged, somebody
from procedures.models import ProcedureVersion
from procedures.seed import import_catalogue

DAY = date(2026, 3, 23)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_every_form_takes_the_answers_made_for_it(now):
    import_catalogue(now=now)
    forms = list(ProcedureVersion.objects.exclude(form=None).values_list("form", flat=True))
    assert len(forms) > 40
    for seed in range(5):
        rng = random.Random(seed)
        for form in forms:
            schema = form_schema.load(form)
            answers = fill(schema, applicant(schema, rng, "26428", DAY), rng, DAY)
            assert form_schema.clean_all(schema, answers, today=DAY) == (answers, {})
            # Nobody of them looks as if something had been mistyped.
            assert [check.key for check in form_schema.warnings(schema, answers, DAY)] == []


def test_the_same_seed_makes_the_same_people():
    people = []
    for rng in (random.Random(7), random.Random(7)):
        people.append([somebody(rng, "26428", aged(rng, DAY, 20, 60)) for _n in range(3)])
    assert people[0] == people[1]
