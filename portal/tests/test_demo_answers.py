"""Every form that comes with the portal can be filled in, again and again."""

import random
from datetime import date

import pytest

from eforms import schema as form_schema
from portal.demo.answers import fill
from portal.demo.people import somebody
from procedures.models import ProcedureVersion
from procedures.seed import import_catalogue

DAY = date(2026, 3, 23)


@pytest.mark.django_db
def test_every_form_takes_the_answers_made_for_it(now):
    import_catalogue(now=now)
    forms = list(ProcedureVersion.objects.exclude(form=None).values_list("form", flat=True))
    assert len(forms) > 40
    for seed in range(5):
        rng = random.Random(seed)
        for form in forms:
            schema = form_schema.load(form)
            answers = fill(schema, somebody(rng, "26428"), rng, DAY)
            assert form_schema.clean_all(schema, answers, today=DAY) == (answers, {})


def test_the_same_seed_makes_the_same_people():
    people = [[somebody(random.Random(7), "26428") for _n in range(3)] for _again in range(2)]
    assert people[0] == people[1]
