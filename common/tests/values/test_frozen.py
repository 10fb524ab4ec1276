"""What many requests share: nothing in it can be set, saved, or loaded later; a copy is an ordinary one."""

import copy
import json
import pickle

import pytest

from common.values.frozen import FrozenDict, FrozenError, FrozenList, frozen, frozen_json
from offices.models import Unit

pytestmark = pytest.mark.django_db
DATA = {"fields": [{"key": "a"}, {"key": "b"}], "title": {"vi": "Tên"}}


def shared(commune):
    Unit.objects.create(kind="department", slug="phong", name="Phòng", short_name="Phòng", parent=commune.unit)
    return frozen(Unit.objects.select_related("parent").prefetch_related("opening_hours").get(slug="phong"))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(title=1),
        lambda data: data.pop("title"),
        lambda data: data.__setitem__("title", 1),
        lambda data: data.__ior__({"title": 1}),
        lambda data: data["title"].clear(),
        lambda data: data["title"].setdefault("en", ""),
        lambda data: data["fields"].append({}),
        lambda data: data["fields"].sort(key=str),
        lambda data: data["fields"].__iadd__([1]),
        lambda data: data["fields"].__delitem__(0),
        lambda data: data["fields"][0].__delitem__("key"),
    ],
)
def test_nothing_in_frozen_json_changes(change):
    data = frozen_json(DATA)
    with pytest.raises(FrozenError):
        change(data)
    assert data == DATA


def test_frozen_json_reads_like_any_other_and_its_copies_are_free():
    data = frozen_json(DATA)
    assert json.dumps(data) == json.dumps(DATA)
    assert isinstance(data, dict) and isinstance(data["fields"], list)
    for other in (copy.deepcopy(data), pickle.loads(pickle.dumps(data))):
        assert other == DATA
        assert type(other) is dict and type(other["fields"]) is list and type(other["fields"][0]) is dict
    assert data | {"x": 1} == DATA | {"x": 1}
    assert type(data["fields"] + [1]) is list


def test_what_is_made_of_a_frozen_dict_is_made_once():
    calls = []

    def make(data):
        calls.append(data)
        return len(data)

    data = FrozenDict({"a": 1})
    assert (data.once(make), data.once(make)) == (1, 1)
    assert calls == [data]


def test_a_frozen_row_is_neither_set_nor_saved(commune):
    unit = shared(commune)
    for change in (
        lambda: setattr(unit, "name", "Khác"),
        lambda: setattr(unit, "parent", None),
        lambda: delattr(unit, "name"),
        unit.save,
        unit.delete,
        unit.refresh_from_db,
        lambda: setattr(unit.parent, "name", "Khác"),
        unit.parent.save,
        lambda: setattr(unit.parent, "x", 1),
    ):
        with pytest.raises(FrozenError):
            change()
    assert Unit.objects.get(pk=unit.pk).name == "Phòng"


def test_it_is_still_a_row_of_its_model(commune):
    unit = shared(commune)
    assert isinstance(unit, Unit) and unit == Unit.objects.get(pk=unit.pk)
    assert Unit.objects.filter(parent=unit.parent).get() == unit
    made = Unit.objects.create(kind="department", slug="ban", name="Ban", short_name="Ban", parent=unit)
    assert made.parent is unit
    assert frozen(unit) is unit


def test_what_was_not_loaded_is_not_loaded_later(commune, django_assert_num_queries):
    shared(commune)
    unit = frozen(Unit.objects.defer("address").get(slug="phong"))
    with django_assert_num_queries(0):
        for missing in ("parent", "address"):
            with pytest.raises(FrozenError, match=missing if missing == "parent" else None):
                getattr(unit, missing)
        # A key that is empty has nothing to load.
        assert frozen(commune.unit).parent is None


def test_prefetched_rows_are_frozen_with_it_and_ask_nothing(commune, django_assert_num_queries):
    rows = commune.unit.opening_hours
    unit = frozen(Unit.objects.prefetch_related("opening_hours").get(pk=commune.unit.pk))
    with django_assert_num_queries(0):
        hours = list(unit.opening_hours.all())
    assert hours == list(rows.all())
    with pytest.raises(FrozenError):
        hours[0].weekday = 6


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_of_a_frozen_row_is_an_ordinary_one(commune, copied):
    unit = copied(shared(commune))
    unit.name = unit.parent.name = "Khác"
    unit.save()
    unit.parent.save()
    assert set(Unit.objects.values_list("name", flat=True)) == {"Khác"}


def test_frozen_lists_stay_lists_inside_rows(commune):
    commune.unit.refresh_from_db()
    post = frozen(commune.unit.posts.first())
    assert isinstance(post.sectors, FrozenList)
