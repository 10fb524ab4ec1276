"""Papers brought to the counter or sent by post, without a declaration: found, keyed, taken in, printed."""

import io
import unicodedata
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from common.clock import local_day
from common.onetime import new_key
from common.refusals import Refused
from common.secret import blind_index
from dossiers import actions, hooks
from dossiers.desk.counter import intake
from dossiers.desk.officer import Officer
from dossiers.models import Dossier, LinkCode, Paper, Slip, Status
from dossiers.tests.desk.test_intake import GOOD
from dossiers.timeline.history import OFFICER, PUBLIC, timeline
from offices.models import Post, Role
from procedures.models import RequiredPaper
from tests import factories
from tests.cards import CARD
from tests.pages import checks
from tests.present import present

ADDRESS = "/desk/counter/new/1.000001/"


@pytest.fixture(autouse=True)
def clock(now):
    """Monday morning."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def version(commune):
    return factories.version(commune.unit, level=1)


@pytest.fixture
def desk(client, commune, version):
    """A clerk's browser."""
    client.force_login(commune.clerk)
    return client


def send(desk, **changes):
    """Send the counter's page as it is shown, with what a clerk keys."""
    return desk.post(ADDRESS, GOOD | {"channel": "counter", "key": new_key()} | changes)


def errors(answer) -> set[str]:
    assert answer.status_code == 422, answer.status_code
    return set(answer.context["form"].errors)


def scan(name: str = "to-khai.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


# Which procedure ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["khai sinh", "KHAI SINH", unicodedata.normalize("NFD", "đăng ký khai"), "000001", "1.000001"],
)
def test_words_a_code_or_accents_in_either_form_lead_to_the_procedure(desk, typed):
    assert desk.post(reverse("desk:counter"), {"what": typed}).url == ADDRESS
    assert desk.post(reverse("desk:counter") + "?channel=post", {"what": typed}).url == f"{ADDRESS}?channel=post"


def test_of_several_procedures_one_is_chosen_from_a_list(desk, commune):
    factories.version(commune.unit, code="1.000002", name="Đăng ký lại khai sinh")
    page = desk.post(reverse("desk:counter"), {"what": "khai sinh"})
    assert [row["code"] for row in page.context["found"]] == ["1.000001", "1.000002"]
    # Enter opens the first: no other box takes the focus from it.
    assert page.content.decode().count("autofocus") == 1
    assert checks.faults(page.content.decode()) == []


def test_words_that_mean_nothing_and_procedures_of_others_are_said_so(desk, other_commune):
    factories.version(other_commune.unit, code="1.000003", name="Cấp phép xây dựng")
    for typed in ("xây dựng", "zzz", "", "   "):
        page = desk.post(reverse("desk:counter"), {"what": typed})
        assert errors(page) == {"what"}
        assert checks.faults(page.content.decode()) == []
    assert desk.get("/desk/counter/new/1.000003/").url == reverse("desk:counter")
    assert desk.get("/desk/counter/new/la/").status_code == 404


def test_the_page_costs_as_much_for_many_procedures_as_for_one(desk, commune, django_assert_max_num_queries):
    desk.get(reverse("desk:counter"))
    for n in range(2, 12):
        factories.version(commune.unit, code=f"1.0000{n:02d}", name=f"Thủ tục {n}")
    desk.get(reverse("desk:counter"))
    with django_assert_max_num_queries(12):
        page = desk.get(reverse("desk:counter"))
    assert len(page.context["offered"]) == 11


# Taking in ------------------------------------------------------------------------------------------------------------


def test_papers_are_taken_in_and_the_receipt_prints_once(desk, commune, now):
    page = desk.get(ADDRESS).content.decode()
    assert checks.faults(page) == []
    changes = {"paper-1-count": "2", "paper-1-number": "12/GCS", "paper-1-dated": "3/2026"}
    answer = send(desk, email="", **changes)
    dossier = Dossier.objects.get()
    assert answer.url == reverse("desk:print", args=["receipt", dossier.code])
    assert (dossier.status, dossier.channel, dossier.owner, dossier.answers) == (2, "counter", None, {})
    papers = {present(paper.required).key: paper for paper in dossier.papers.select_related("required")}
    first, second = papers["chung-sinh"], papers["uy-quyen"]
    assert (first.originals, first.copies, first.number, first.dated) == (2, 0, "12/GCS", "2026-03")
    assert (second.originals, second.copies) == (0, 1)
    slip = Slip.objects.get(kind="receipt")
    receipt = desk.get(answer.url).content.decode()
    assert "data-print-now" in receipt and slip.data["link_code"] in receipt and "số 12/GCS, 03/2026" in receipt
    assert "<svg" in receipt and checks.faults(receipt) == []
    assert "data-print-now" not in desk.get(answer.url).content.decode()
    assert dossier.code in desk.get(reverse("desk:counter")).content.decode()
    code = LinkCode.objects.get()
    assert code.expires_at == now + timedelta(days=30) and slip.data["link_code"] not in code.index


def test_the_same_page_sent_twice_takes_in_once(desk):
    key = new_key()
    assert send(desk, key=key).url == send(desk, key=key).url
    assert Dossier.objects.count() == LinkCode.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"paper-1": "none"}, {"paper-1"}),
        ({"id_number": ""}, {"id_number"}),
        ({"checked": ""}, {"checked"}),
        ({"paper-2": "none", "paper-2-number": "7"}, {"paper-2"}),
        ({"paper-1-count": "100"}, {"paper-1-count"}),
        ({"paper-1-dated": "hôm qua"}, {"paper-1-dated"}),
        ({"channel": "post", "came_at": "24/03/2026 8:00"}, {"came_at"}),
        ({"channel": "post", "came_at": "01/01/2026 8:00"}, {"came_at"}),
        ({"channel": "post", "came_at": "20/03/2026"}, {"came_at"}),
        ({"channel": "post", "came_at": "25 giờ"}, {"came_at"}),
        ({"channel": "online"}, {"channel"}),
        ({"name": "x" * 161}, {"name"}),
    ],
)
def test_what_is_wrong_is_said_at_its_box(desk, changes, wrong):
    page = send(desk, **changes)
    assert errors(page) == wrong
    assert checks.faults(page.content.decode()) == []
    assert not Dossier.objects.exists()


def test_a_clerk_does_not_take_in_the_own_dossier(desk, commune):
    commune.clerk.set_personal_number(GOOD["id_number"])
    commune.clerk.save()
    assert send(desk).status_code == 403 and not Dossier.objects.exists()


def test_papers_that_hang_on_answers_may_be_there_and_need_not(desk, commune):
    """Without answers nobody knows: the clerk sees the paper and its condition, and is not held up by it."""
    from common.database import append_only

    with append_only.lifted():
        RequiredPaper.objects.filter(key="uy-quyen").update(
            is_required=True, show_if={"field": "wants_copy", "op": "eq", "value": "co"}
        )
    assert 'name="paper-2"' in desk.get(ADDRESS).content.decode()
    assert send(desk, **{"paper-2": "none"}).status_code == 302
    assert Paper.objects.get().name == "Giấy chứng sinh"


def test_several_scans_are_stored_as_pages_of_their_paper(desk, settings):
    files = {"paper-1-scans": [scan("mot.png"), scan("hai.png")]}
    answer = send(desk, **files)
    assert answer.status_code == 302
    dossier = Dossier.objects.get()
    names = [paper.original_name for paper in dossier.papers.filter(kind="file").order_by("place")]
    assert names == ["mot.png", "hai.png"] and dossier.papers.count() == 4
    assert errors(send(desk, again="on", **{"paper-1-scans": [SimpleUploadedFile("x.png", b"no picture")]})) == {
        "paper-1-scans",
        "__all__",
    }
    settings.MAX_PAPERS = 1
    assert send(desk, again="on", **{"paper-1-scans": [scan(), scan()]}).status_code == 422
    assert Dossier.objects.count() == 1


def test_an_organisation_comes_with_who_acts_for_it(desk):
    from common.database import append_only
    from procedures.models import ProcedureVersion

    with append_only.lifted():
        ProcedureVersion.objects.update(audience=["citizen", "organisation"])
    body = {"kind": "organisation", "name": "Hội Nông dân xã", "tax_code": "0100233488"}
    assert send(desk, **body, representative="Lê Văn C", position="Chủ tịch").status_code == 302
    applicant = Dossier.objects.get().applicant
    acts = present(applicant.representative)
    assert (applicant.kind, applicant.id_number) == ("organisation", "0100233488")
    assert (acts["name"], acts["position"], acts["id_number"]) == ("Lê Văn C", "Chủ tịch", GOOD["id_number"])
    # By its tax code it is known the next time.
    asked = desk.post(ADDRESS, {"kind": "organisation", "card-applicant-text": "0100233488"}).context["form"]
    assert (asked["name"].value(), asked["representative"].value()) == ("Hội Nông dân xã", "Lê Văn C")


def test_a_post_that_ended_and_another_unit_take_in_nothing(desk, commune, other_commune, now):
    desk.force_login(other_commune.clerk)
    assert send(desk).url == reverse("desk:counter")
    commune.clerk.posts.update(valid_until=local_day(now) - timedelta(days=1))
    desk.force_login(commune.clerk)
    assert send(desk).status_code == 403
    assert not Dossier.objects.exists()


# By post --------------------------------------------------------------------------------------------------------------


def test_the_term_of_a_letter_runs_from_when_its_hand_over_was_signed(desk, now):
    page = desk.get(f"{ADDRESS}?channel=post").content.decode()
    assert checks.faults(page) == []
    letter = {"channel": "post", "came_at": "20/03/2026 14 giờ 30", "item": "CA123456789VN"}
    answer = send(desk, **letter, sender="Lê Thị Gửi")
    dossier = Dossier.objects.get()
    came = now.replace(day=20, hour=14, minute=30)
    assert (dossier.channel, dossier.received_at, dossier.submitted_at) == ("post", came, came)
    assert dossier.recorded_at == now and dossier.due_at == came.replace(day=25)
    data = dossier.events.get().data
    assert (data["sender"], data["item"], data["at"]) == ("Lê Thị Gửi", "CA123456789VN", came.isoformat())
    note = timeline(dossier, OFFICER)[0].note
    assert "Lê Thị Gửi" in note and "CA123456789VN" in note and "14:30" in note
    assert "Lê Thị Gửi" not in str(timeline(dossier, PUBLIC))
    assert "14 giờ 30 phút, ngày 20/03/2026" in " ".join(desk.get(answer.url).content.decode().split())


def test_a_letter_without_more_comes_from_the_applicant_now(desk, now):
    assert send(desk, channel="post").status_code == 302
    dossier = Dossier.objects.get()
    assert (dossier.received_at, dossier.events.get().data["sender"]) == (now, GOOD["name"])


def test_only_letters_have_a_sender(commune, version, now):
    draft = factories.draft(commune.clerk, commune.unit, version, channel="counter")
    Dossier.objects.update(owner=None)
    action = actions.Register(intake.ApplicantData(kind="citizen", name="Ổn"), letter=actions.Letter("Ai đó"))
    with pytest.raises(Refused) as caught:
        actions.CLASSES and intake.carry_out(action, Dossier.objects.get(pk=draft.pk), [], by=commune.clerk, now=now)
    assert caught.value.code == "channel"


# Who stands there -----------------------------------------------------------------------------------------------------


def asked_after(desk, typed: str, **data):
    """Return the form after something was scanned or typed into the box of the person."""
    page = desk.post(ADDRESS, {"card-applicant-text": typed, "key": new_key(), "channel": "counter"} | data)
    assert page.status_code == 200 and checks.faults(page.content.decode()) == []
    return page.context["form"]


def test_a_card_fills_in_the_person_and_the_next_box_is_the_phone(desk):
    form = asked_after(desk, CARD)
    assert form["name"].value() == "Nguyễn Thị Hồng Nhung"
    assert form.fields["phone"].widget.attrs["autofocus"]
    assert not Dossier.objects.exists()


@pytest.mark.parametrize("typed", [GOOD["id_number"], "075 199 000 011", GOOD["phone"], "+84 912 000 001"])
def test_who_has_been_here_is_filled_in_by_number_or_phone(desk, commune, typed):
    send(desk)
    form = asked_after(desk, typed)
    found = {name: form[name].value() for name in ("name", "id_number", "phone", "sex")}
    assert found == {"name": GOOD["name"], "id_number": GOOD["id_number"], "phone": GOOD["phone"], "sex": "nu"}
    assert form.fields["checked"].widget.attrs["autofocus"]
    readings = Dossier.objects.get().access_records.filter(what="applicant", reader=commune.clerk)
    assert readings.count() == 1
    # An open dossier of the same person and procedure is pointed out at once.
    assert form.twin == Dossier.objects.get()


def test_strangers_and_shared_phones_fill_in_nothing(desk, other_commune):
    assert asked_after(desk, "0912000001", name="Đang gõ")["name"].value() == "Đang gõ"
    send(desk)
    send(desk, name="Trần Văn Bình", id_number="075090000012", sex="nam", birth_year="1990")
    assert not asked_after(desk, GOOD["phone"])["name"].value()
    assert asked_after(desk, "075090000012")["name"].value() == "Trần Văn Bình"


def test_another_unit_learns_nothing_of_a_number(desk, other_commune, version):
    send(desk)
    factories.Offering.objects.create(
        unit=other_commune.unit, procedure=version.procedure, level=1, since=version.effective_from
    )
    desk.force_login(other_commune.clerk)
    form = asked_after(desk, GOOD["id_number"], id_number=GOOD["id_number"])
    assert not form["name"].value() and form.twin is None


def test_a_second_open_dossier_waits_for_a_word(desk):
    send(desk)
    page = send(desk)
    assert errors(page) == {"again"} and Dossier.objects.get().code in page.content.decode()
    assert checks.faults(page.content.decode()) == []
    assert send(desk, again="on").status_code == 302
    Dossier.objects.update(status=Status.RETURNED, closed_at=factories.NOW)
    assert send(desk).status_code == 302
    assert Dossier.objects.count() == 3


def test_hostile_input_is_no_error(desk):
    for data in ({}, {"key": "x"}, {"kind": "x", "tax_code": "9" * 500}, {"card-applicant-text": "|" * 400}):
        assert desk.post(ADDRESS, data).status_code in (200, 409, 422)
    assert send(desk, key="kurz").status_code in (409, 422)
    assert not Dossier.objects.exists()


# One transaction ------------------------------------------------------------------------------------------------------


def test_nothing_is_left_when_the_fee_cannot_be_taken(desk, commune, version, now):
    """What follows the registration is of the same transaction: rows, files and the secret go with it."""

    class Closed(hooks.CounterFee):
        fields = {}

        def choice(self, cleaned):
            return hooks.FeeChoice({})

        def settle(self, dossier, cleaned, now):
            raise Refused("Ca đã đóng", code="shift")

    officer = Officer(commune.clerk, tuple(Post.objects.filter(user=commune.clerk, role=Role.CLERK)), now)
    begun = intake.intake_for(version.procedure, officer)
    taking = intake.Taking(
        commune.unit,
        "counter",
        "desk",
        intake.ApplicantData(kind="citizen", name="Ổn", id_number="075199000011"),
        (intake.Handed("chung-sinh"),),
        fee=Closed(),
    )
    with pytest.raises(Refused):
        intake.register(begun, taking, by=commune.clerk, key=new_key(), now=now)
    assert not Dossier.objects.exists() and not LinkCode.objects.exists() and not Slip.objects.exists()


def test_blind_index_of_a_secret_is_of_its_own_kind():
    from dossiers.actions.linking import code_index

    assert code_index("7k3m q2zd-84tx") == code_index("7K3M-Q2ZD-84TX") != blind_index("prepared_form", "7K3MQ2ZD84TX")
    assert code_index("OIL0") == code_index("0110")
