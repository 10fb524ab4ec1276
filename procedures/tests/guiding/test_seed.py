"""The signposts and checklists that come with the portal: sound, filled in once, never written over."""

import json

from django.db.models import F, Value
from django.db.models.functions import Concat

from common.text import fold
from procedures.guiding import seed
from procedures.models import ChecklistStep, LifeEvent, Procedure, Signpost
from procedures.seed import FILE as CATALOGUE

SHIPPED = json.loads(seed.FILE.read_text(encoding="utf-8"))
CODES = {one["code"] for one in json.loads(CATALOGUE.read_text(encoding="utf-8"))["procedures"]}


def title(step):
    return step.procedure.code if step.procedure else step.signpost.code


def test_the_file_says_everything_in_both_languages():
    for row in [
        *SHIPPED["signposts"],
        *SHIPPED["life_events"],
        *(s for e in SHIPPED["life_events"] for s in e["steps"]),
    ]:
        for name in [name for name in row if f"{name}_en" in row or name.endswith("_en")]:
            other = name.removesuffix("_en") if name.endswith("_en") else f"{name}_en"
            assert bool(row[name]) == bool(row[other]), row


def test_every_fact_has_its_source():
    for row in SHIPPED["signposts"]:
        # Whoever runs the portal compares it with the law, and says when.
        assert row["basis"] and "reviewed_on" not in row, row["code"]
        assert set(row["procedures"]) <= CODES, row["code"]
        assert row["url"] == "" or row["url"].startswith("https://"), row["code"]
    for event in SHIPPED["life_events"]:
        for step in event["steps"]:
            assert "amount" not in step or step["basis"], step
            assert "amount" not in step or step.get("since") or event.get("day_name"), step


def test_no_two_signposts_have_one_name():
    names = [fold(row["name"]) for row in SHIPPED["signposts"]]
    assert len(names) == len(set(names)) >= 15


def test_the_catalogue_brings_them(commune):
    assert Signpost.objects.count() == len(SHIPPED["signposts"])
    assert ChecklistStep.objects.count() == sum(len(event["steps"]) for event in SHIPPED["life_events"])
    assert LifeEvent.objects.filter(steps=None).count() == 0
    assert LifeEvent.objects.get(code="co-con-nho").day_name == "ngày sinh của con"


def test_what_administrators_wrote_stays(commune):
    event = LifeEvent.objects.get(code="co-con-nho")
    event.steps.all().delete()
    LifeEvent.objects.filter(pk=event.pk).update(day_name="")
    Signpost.objects.filter(code="ho-chieu").update(how="Khác")
    assert seed.fill() == (0, 0)
    event.refresh_from_db()
    assert (event.steps.count(), event.day_name, Signpost.objects.get(code="ho-chieu").how) == (0, "", "Khác")


def test_an_upgrade_fills_what_is_not_there(commune):
    ChecklistStep.objects.all().delete()
    Signpost.objects.all().delete()
    Procedure.objects.exclude(code="1.001193").update(code=Concat(Value("X"), F("code")))
    LifeEvent.objects.exclude(code="co-con-nho").update(code=Concat(Value("x-"), F("code")))
    LifeEvent.objects.filter(code="co-con-nho").update(day_name="ngày khác")
    event = LifeEvent.objects.get(code="co-con-nho")
    signposts, steps = seed.fill()
    assert signposts == len(SHIPPED["signposts"])
    # What the installation does not have is left out, its own words stay.
    leads = [title(step) for step in event.steps.all()]
    assert leads == ["1.001193", "the-bao-hiem-y-te", "bao-hiem-xa-hoi"] and steps == 3
    shipped = next(row for row in SHIPPED["life_events"] if row["code"] == "co-con-nho")
    # Another way of what is left out is a way of nothing else.
    assert "1.001193" in [step["procedure"] for step in shipped["steps"] if step.get("is_alternative")]
    assert not event.steps.filter(is_alternative=True).exists()
    event.refresh_from_db()
    assert event.day_name == "ngày khác"
    assert seed.fill() == (0, 0)
