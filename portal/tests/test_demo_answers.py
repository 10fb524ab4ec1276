"""Every form that comes with the portal can be filled in, again and again."""

import random
from datetime import date

import pytest
from django.template.loader import render_to_string

from accounts.models import Kind
from dossiers.models import Dossier, Status
from dossiers.timeline import declaration
from eforms import schema as form_schema
from portal.demo import town
from portal.demo.accounts import XUAN_BAC
from portal.demo.answers import applicant, fill
from portal.demo.dossiers.beginnings import Stage, draft, submit
from portal.demo.dossiers.cases import CLUB, FIRM, Case
from portal.demo.loading import samples
from portal.demo.people import aged, somebody
from procedures.models import ProcedureVersion
from procedures.seed import import_catalogue

DAY = date(2026, 3, 23)
# Who files, by whom a procedure is for; anybody who lives there for one of citizens.
OWNERS = {Kind.CITIZEN: "", Kind.ORGANISATION: CLUB, Kind.ENTERPRISE: FIRM}


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


@pytest.mark.sqlite
@pytest.mark.django_db
def test_every_form_is_filed_and_its_declaration_printed(now):
    """By whom its procedure concerns, with every paper that is asked, through the rules that hold for everybody."""
    built = town.build(now)
    versions = {version.procedure.code: version for version in ProcedureVersion.objects.select_related("procedure")}
    stage = Stage(built, random.Random(1), now, versions, samples(now))
    unit = built.communes[XUAN_BAC].unit
    online = {code: version for code, version in versions.items() if version.form and version.level >= 3}
    for code, version in online.items():
        who = next(name for kind, name in OWNERS.items() if kind in version.audience)
        schema = form_schema.load(version.form)
        owner = built.accounts.get(who) or town.make_resident(
            built, applicant(schema, stage.rng, unit.division_code, DAY), now
        )
        made = draft(stage, Case("submitted", 0, who, XUAN_BAC, code), version, owner, now)
        submit(made, owner, now)
        assert made.status == Status.SUBMITTED, code
        text = render_to_string(declaration.TEMPLATE, declaration.page(made, ""))
        assert str(made.code) in text, code
    assert Dossier.objects.filter(status=Status.SUBMITTED).count() == len(online) > 40


def test_the_same_seed_makes_the_same_people():
    people = []
    for rng in (random.Random(7), random.Random(7)):
        people.append([somebody(rng, "26428", aged(rng, DAY, 20, 60)) for _n in range(3)])
    assert people[0] == people[1]
