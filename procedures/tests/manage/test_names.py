"""Fields and life events: added once, renamed with what follows, removed while nothing has them."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from common.refusals import Refused
from offices.models import AuditEntry, Post
from procedures.models import LifeEvent, Procedure, Sector
from procedures.versions import drafting, vocabularies
from tests import factories
from tests.pages import checks

pytestmark = pytest.mark.django_db
LISTS = [("life_events", vocabularies.LIFE_EVENTS), ("sectors", vocabularies.SECTORS)]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


@pytest.fixture
def sector(version):
    return version.procedure.sector


@pytest.fixture
def publisher(client, commune, now):
    client.force_login(commune.administrator)
    with time_machine.travel(now, tick=False):
        yield client


def hidden(client, name, *arguments, box="key"):
    text = client.get(reverse(f"manage:{name}", args=arguments)).content.decode()
    assert checks.faults(text) == []
    return text.split(f'name="{box}" value="')[1].split('"')[0]


def rename(where, row, name, name_en, commune, now):
    vocabularies.rename(where, row, name, name_en, vocabularies.revision_of(row), commune.publisher, now)


@pytest.mark.parametrize(("_page", "where"), LISTS)
def test_rows_have_codes_of_their_own(commune, now, _page, where):
    first = vocabularies.add(where, "Có con", "", commune.publisher, now)
    second = vocabularies.add(where, "Cô còn?", "Do you", commune.publisher, now)
    third = vocabularies.add(where, "…", "", commune.publisher, now)
    assert (first.code, second.code, third.code) == ("co-con", "co-con-2", where.stem)
    with pytest.raises(Refused):
        vocabularies.add(where, "CÓ CON", "", commune.publisher, now)
    with pytest.raises(Refused):
        rename(where, second, "có con", "", commune, now)


def test_life_events_are_arranged(commune, now):
    first = vocabularies.add(vocabularies.LIFE_EVENTS, "Có con", "", commune.publisher, now)
    second = vocabularies.add(vocabularies.LIFE_EVENTS, "Nhà đất", "", commune.publisher, now)
    vocabularies.move(vocabularies.LIFE_EVENTS, first, -1, commune.publisher, now)
    vocabularies.move(vocabularies.LIFE_EVENTS, second, -1, commune.publisher, now)
    assert list(LifeEvent.objects.values_list("n", "code")) == [(1, "nha-dat"), (2, "co-con")]


def test_two_who_rename_at_once_are_told(sector, commune, now):
    seen = Sector.objects.get(pk=sector.pk)
    rename(vocabularies.SECTORS, sector, "Hộ tịch và quốc tịch", "", commune, now)
    with pytest.raises(Refused) as refused:
        rename(vocabularies.SECTORS, seen, "Tư pháp", "", commune, now)
    assert refused.value.is_stale
    assert Sector.objects.get().name == "Hộ tịch và quốc tịch"


def test_procedures_are_found_by_the_new_name_of_their_field(version, sector, commune, now):
    drafting.new_procedure("XA-0001", "Thử", sector, 1, commune.publisher, now)
    drafting.draft_from(version.procedure, commune.publisher, now)
    rename(vocabularies.SECTORS, sector, "Tư pháp", "Justice", commune, now)
    assert Procedure.objects.filter(search_text__contains="tu phap").count() == 2
    assert not Procedure.objects.filter(search_text__contains="ho tich").exists()
    line = AuditEntry.objects.get(action="sector.edit")
    assert [change["after"] for change in line.changes] == ["Tư pháp", "Justice"]
    rename(vocabularies.SECTORS, sector, "Tư pháp", "Justice", commune, now)
    assert AuditEntry.objects.filter(action="sector.edit").count() == 1


def test_a_field_in_use_stays(sector, commune, now):
    with pytest.raises(Refused):
        vocabularies.remove(vocabularies.SECTORS, sector, commune.publisher, now)
    free = vocabularies.add(vocabularies.SECTORS, "Đất đai", "", commune.publisher, now)
    post = Post.objects.get(user=commune.specialist)
    Post.objects.filter(pk=post.pk).update(sectors=[free.code])
    with pytest.raises(Refused):
        vocabularies.remove(vocabularies.SECTORS, free, commune.publisher, now)
    Post.objects.filter(pk=post.pk).update(valid_until=date(2025, 12, 31))
    vocabularies.remove(vocabularies.SECTORS, free, commune.publisher, now)
    assert list(Sector.objects.values_list("code", flat=True)) == ["ho-tich"]
    assert AuditEntry.objects.get(action="sector.remove").subject_name == "Đất đai"


@pytest.mark.parametrize(("page", "where"), LISTS)
def test_the_page_adds_one_row_however_often_it_is_sent(publisher, version, page, where):
    address = reverse(f"manage:{page}")
    key = hidden(publisher, page)
    for _time in range(2):
        assert publisher.post(address, {"name": "Nhà  đất", "name_en": "Land", "key": key}).status_code == 302
    assert where.model.objects.filter(code="nha-dat", name="Nhà đất", name_en="Land").count() == 1
    for name, status in (("nhà ĐẤT", 422), ("", 422), ("x" * 200, 422), ("\x00", 400)):
        answer = publisher.post(address, {"name": name, "key": hidden(publisher, page)})
        assert answer.status_code == status, name
    assert publisher.post(address, {"name": "Khác", "key": "bịa"}).status_code == 422


@pytest.mark.parametrize(("page", "where"), LISTS)
def test_the_page_renames_and_removes(publisher, commune, now, version, page, where):
    one = page.removesuffix("s")
    row = vocabularies.add(where, "Nhà đất", "", commune.publisher, now)
    address = reverse(f"manage:{one}", args=[row.code])
    revision = hidden(publisher, one, row.code, box="revision")
    assert publisher.post(address, {"name": "Đất đai", "name_en": "Land", "revision": revision}).status_code == 302
    late = publisher.post(address, {"name": "Của tôi", "revision": revision})
    assert late.status_code == 409 and "Của tôi" in late.content.decode()
    assert commune.administrator.full_name in late.content.decode()
    again = late.content.decode().split('name="revision" value="')[1].split('"')[0]
    assert publisher.post(address, {"name": "Của tôi", "revision": again}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.code) == ("Của tôi", "nha-dat")
    publisher.post(reverse(f"manage:{one}_remove", args=[row.code]))
    assert not where.model.objects.filter(pk=row.pk).exists()
    assert publisher.post(reverse(f"manage:{one}_remove", args=[row.code])).status_code == 404


def test_what_has_procedures_is_not_removed_by_the_page(publisher, version, sector):
    event = LifeEvent.objects.create(code="co-con", name="Có con", n=1)
    LifeEvent.objects.create(code="nha-dat", name="Nhà đất", n=2)
    version.procedure.life_events.add(event)
    publisher.post(reverse("manage:life_event_remove", args=["co-con"]))
    publisher.post(reverse("manage:life_event_move", args=["co-con"]), {"to": "down"})
    publisher.post(reverse("manage:sector_remove", args=["ho-tich"]))
    assert list(LifeEvent.objects.values_list("code", flat=True)) == ["nha-dat", "co-con"]
    assert Sector.objects.count() == 1


def test_the_alphabet_is_vietnamese(publisher, version, commune, now):
    for name in ("Y tế", "Đất đai", "Lao động"):
        vocabularies.add(vocabularies.SECTORS, name, "", commune.publisher, now)
    text = publisher.get(reverse("manage:sectors")).content.decode()
    places = [text.index(f">{name}</a>") for name in ("Đất đai", "Hộ tịch", "Lao động", "Y tế")]
    assert places == sorted(places)
