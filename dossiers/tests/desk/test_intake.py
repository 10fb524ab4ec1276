"""A declaration filled in on the portal comes on paper: the clerk scans its code and types nothing."""

import copy
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from common.clock import LOCAL
from common.onetime import new_key
from common.refusals import Refused
from dossiers.desk.counter import intake
from dossiers.desk.officer import Officer
from dossiers.models import Dossier, PaperKind, Slip, Status
from dossiers.records.applicants import ApplicantData
from dossiers.records.papers import Handed
from offices.models import Unit
from procedures.models import Offering, PreparedForm
from procedures.paper import prepared
from tests import factories
from tests.cards import CARD
from tests.pages import checks
from tests.present import present

ANSWERS = {"requester_name": "Nguyễn Thị <b>Ổn</b>", "wants_copy": "co", "copies": 2}
GOOD = {
    "name": "Nguyễn Thị Ổn",
    "birth_day": "27", "birth_month": "5", "birth_year": "1999",
    "sex": "nu",
    "id_number": "075199000011",
    "phone": "0912000001",
    "address_province": "75", "address_commune_name": "Xuân Bắc", "address_detail": "Ấp 3",
    "checked": "on",
    "channel": "post",
    "delivery": "desk",
    "paper-1": "original",
    "paper-2": "copy",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock(now):
    """Monday morning."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def form(commune, now):
    """A printed declaration for the commune."""
    version = factories.version(commune.unit, level=2)
    made = prepared.start(version, commune.unit.slug, now, ANSWERS)
    prepared.make_ready(made, now)
    made.refresh_from_db()
    return made


def scanned(client, commune, form):
    """The clerk has scanned the code; returns the page that follows."""
    client.force_login(commune.clerk)
    return client.post(reverse("desk:counter"), {"what": prepared.qr_text(prepared.code_of(form))}).url


def key_of(client, form):
    page = client.get(reverse("desk:counter_declaration", args=[form.pk]))
    return page.context["form"]["key"].value()


def register(client, form, **changes):
    data = GOOD | {"key": key_of(client, form)} | changes
    return client.post(reverse("desk:counter_declaration", args=[form.pk]), data)


def test_scanning_shows_every_answer_as_text_and_is_written_down(client, commune, form, now):
    address = scanned(client, commune, form)
    page = client.get(address).content.decode()
    assert checks.faults(page) == []
    assert "Nguyễn Thị &lt;b&gt;Ổn&lt;/b&gt;" in page and ">2<" in page
    form.refresh_from_db()
    assert (form.opened_by, form.opened_at) == (commune.clerk, now)
    assert prepared.code_of(form) not in address


def test_code_that_opens_nothing_gets_one_answer(client, commune, form, clock, now):
    client.force_login(commune.clerk)
    code = prepared.code_of(form)
    pages = [client.post(reverse("desk:counter"), {"what": "MC1:0000-0000-0000-0000"})]
    clock.move_to(now + timedelta(days=30))
    client.force_login(commune.clerk)
    pages.append(client.post(reverse("desk:counter"), {"what": code}))
    assert [page.status_code for page in pages] == [422, 422]
    assert len({str(page.context["form"].errors["what"]) for page in pages}) == 1
    assert checks.faults(pages[0].content.decode()) == []


def test_a_declaration_scanned_among_letters_is_one_of_them(client, commune, form):
    client.force_login(commune.clerk)
    by_post = reverse("desk:counter") + "?channel=post"
    page = client.post(by_post, {"what": "MC1:0000-0000-0000-0000"})
    assert page.status_code == 422 and page.context["is_by_post"]
    answer = client.post(by_post, {"what": prepared.qr_text(prepared.code_of(form))})
    assert client.get(answer.url).context["form"].is_by_post


def test_scanning_into_the_search_box_opens_the_declaration_too(client, commune, form):
    client.force_login(commune.clerk)
    answer = client.post(reverse("desk:search"), {"q": prepared.qr_text(prepared.code_of(form))})
    assert answer.url == reverse("desk:counter_declaration", args=[form.pk])
    client.force_login(commune.leader)
    answer = client.post(reverse("desk:search"), {"q": prepared.qr_text(prepared.code_of(form))})
    assert answer.url.startswith(reverse("desk:list"))


def test_scanning_is_limited_per_account(client, commune, form, settings):
    settings.LIMITS = settings.LIMITS | {"prepared_user": (2, 600)}
    client.force_login(commune.clerk)
    sent = {"what": "MC1:0000-0000-0000-0000"}
    answers = [client.post(reverse("desk:counter"), sent).status_code for _n in range(3)]
    assert answers == [422, 422, 429]


def test_others_do_not_open_what_they_have_not_scanned(client, commune, other_commune, form):
    scanned(client, commune, form)
    colleague = Client()
    colleague.force_login(other_commune.clerk)
    assert colleague.get(reverse("desk:counter_declaration", args=[form.pk])).status_code == 404
    for person in (commune.specialist, commune.leader):
        colleague.force_login(person)
        assert colleague.post(reverse("desk:counter"), {"what": prepared.code_of(form)}).status_code == 403


def test_taking_in_makes_a_received_dossier_and_leads_to_the_receipt(client, commune, form):
    scanned(client, commune, form)
    page = client.get(reverse("desk:counter_declaration", args=[form.pk])).content.decode()
    assert checks.faults(page) == []
    assert 'value="Nguyễn Thị &lt;b&gt;Ổn&lt;/b&gt;"' in page
    answer = register(client, form)
    dossier = Dossier.objects.get()
    assert answer.url == reverse("desk:print", args=["receipt", dossier.code])
    assert dossier.status == Status.RECEIVED and dossier.channel == "post" and dossier.answers == ANSWERS
    applicant = dossier.applicant
    assert (applicant.name, applicant.birth, applicant.sex) == ("Nguyễn Thị Ổn", "1999-05-27", "nu")
    assert (applicant.id_kind, applicant.id_number) == ("personal_number", "075199000011")
    assert applicant.address == {"province": "75", "commune": "26428", "detail": "Ấp 3"}
    kinds = dict(dossier.papers.values_list("required__key", "kind"))
    assert kinds == {"chung-sinh": PaperKind.ORIGINAL_RECEIVED, "uy-quyen": PaperKind.COPY_RECEIVED}
    assert not PreparedForm.objects.exists()
    receipt = " ".join(client.get(answer.url).content.decode().split())
    assert "Nguyễn Thị Ổn" in receipt and "Văn bản ủy quyền (bản sao)" in receipt
    assert checks.faults(client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()) == []


@pytest.mark.parametrize(
    ("hour", "told"),
    [(9, "Thời hạn giải quyết tính từ bây giờ."), (18, "thời hạn giải quyết tính từ 07:00 thứ Ba 24/03.")],
)
def test_before_taking_in_the_clerk_reads_from_when_the_term_counts(client, commune, form, clock, hour, told):
    clock.move_to(datetime(2026, 3, 23, hour, tzinfo=LOCAL))
    scanned(client, commune, form)
    assert told in client.get(reverse("desk:counter_declaration", args=[form.pk])).content.decode()


def test_sending_the_same_form_twice_takes_it_in_once(client, commune, form):
    scanned(client, commune, form)
    data = GOOD | {"key": key_of(client, form)}
    address = reverse("desk:counter_declaration", args=[form.pk])
    first, second = client.post(address, data), client.post(address, data)
    assert first.url == second.url
    assert Dossier.objects.count() == 1 and Slip.objects.filter(kind="receipt").count() == 1
    assert client.get(address).url == reverse("desk:counter")
    assert client.post(reverse("desk:counter"), {"what": prepared.code_of(form)}).status_code == 422


def test_missing_papers_numbers_and_the_check_are_asked_for(client, commune, form):
    scanned(client, commune, form)
    answer = register(client, form, **{"paper-1": "none", "id_number": "", "checked": ""})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"paper-1", "id_number", "checked"}
    assert checks.faults(answer.content.decode()) == []
    assert not Dossier.objects.exists() and PreparedForm.objects.exists()


def test_nobody_takes_in_the_own_dossier(client, commune, form):
    commune.clerk.set_personal_number("075199000011")
    commune.clerk.save()
    scanned(client, commune, form)
    assert register(client, form).status_code == 403
    assert not Dossier.objects.exists() and PreparedForm.objects.exists()


def test_other_unit_may_read_but_not_receive_what_it_does_not_offer(client, other_commune, form):
    address = scanned(client, other_commune, form)
    page = client.get(address)
    assert page.context["refusal"] and page.status_code == 200
    refused = client.post(address, GOOD)
    assert refused.status_code == 403 and not Dossier.objects.exists()
    assert checks.faults(page.content.decode()) == checks.faults(refused.content.decode()) == []


def test_new_version_keeps_what_it_still_takes(client, commune, form):
    from procedures.models import ProcedureVersion

    shorter = factories.FORM | {"sections": [dict(factories.FORM["sections"][0])]}
    shorter["sections"][0]["fields"] = shorter["sections"][0]["fields"][:1]
    newer = ProcedureVersion.objects.create(
        procedure=form.version.procedure, number=2, status="published", published_at=factories.NOW, level=2,
        effective_from=form.version.effective_from, name=form.version.name, processing_amount=3,
        processing_unit="working_days", form=shorter, audience=["citizen"],
    )  # fmt: skip
    PreparedForm.objects.filter(pk=form.pk).update(
        answers={"answers": ANSWERS | {"requester_name": "Trần Văn Bình"}, "code": prepared.code_of(form), "unit": ""}
    )
    page = client.get(scanned(client, commune, form)).content.decode()
    assert "Số bản sao" in page and checks.faults(page) == []
    assert register(client, form).status_code == 302
    dossier = Dossier.objects.get()
    assert dossier.version == newer and dossier.answers == {"requester_name": "Trần Văn Bình"}


def test_enterprise_is_taken_in_with_its_tax_code(client, commune, form):
    from common.database import append_only
    from procedures.models import ProcedureVersion

    with append_only.lifted():
        ProcedureVersion.objects.update(audience=["citizen", "enterprise"])
    scanned(client, commune, form)
    data = {"kind": "enterprise", "name": "Công ty TNHH Xuân", "tax_code": "0100233488", "id_number": ""}
    answer = register(client, form, **data, representative="Lê Văn C")
    assert answer.status_code == 302, answer.context["form"].errors
    applicant = Dossier.objects.get().applicant
    assert (applicant.kind, applicant.id_kind, applicant.id_number) == ("enterprise", "tax_code", "0100233488")
    assert present(applicant.representative)["name"] == "Lê Văn C"


def test_hostile_input_is_no_error(client, commune, form):
    scanned(client, commune, form)
    address = reverse("desk:counter_declaration", args=[form.pk])
    for data in ({}, {"key": "x" * 64}, GOOD | {"key": "y"}, GOOD | {"key": "y" * 32, "birth_year": "9" * 300}):
        assert client.post(address, data).status_code in (409, 422)
    assert client.get("/desk/counter/declarations/99999999999999999999999/").status_code == 404


def test_lowered_offering_still_takes_what_was_sent(client, commune, form):
    Offering.objects.update(level=1)
    scanned(client, commune, form)
    assert register(client, form).status_code == 302


def test_declaration_prints_for_owner_and_officers(client, road, commune, citizen):
    dossier = road.submitted().dossier
    client.force_login(citizen)
    page = client.get(reverse("applicant:declaration", args=[dossier.ref])).content.decode()
    assert checks.faults(page) == []
    assert "TỜ KHAI THỬ" in page and dossier.code in page and "Nguyễn Văn An" in page
    assert (
        reverse("applicant:declaration", args=[dossier.ref])
        in client.get(reverse("applicant:dossier", args=[dossier.ref])).content.decode()
    )
    client.force_login(commune.specialist)
    assert client.get(reverse("desk:declaration", args=[dossier.code])).status_code == 200
    assert dossier.access_records.filter(what="declaration", reader=commune.specialist).exists()
    draft = factories.draft(citizen, commune.unit, road.version)
    client.force_login(citizen)
    assert client.get(reverse("applicant:declaration", args=[draft.ref])).status_code == 302


def test_second_of_two_clerks_is_told_that_it_is_taken_in(commune, form, now):
    officer = Officer(commune.clerk, tuple(commune.clerk.posts.all()), now)
    begun = intake.intake_of(form, officer)
    person = ApplicantData(kind="citizen", name="Nguyễn Thị Ổn", address={"elsewhere": "Lào"})
    taking = intake.Taking(commune.unit, "counter", "post", person, (Handed("chung-sinh"),))
    made = intake.register(begun, taking, by=commune.clerk, key=new_key(), now=now).dossier
    assert present(made.delivery_address)["address"] == {"elsewhere": "Lào"}
    with pytest.raises(Refused):
        intake.register(begun, taking, by=commune.clerk, key=new_key(), now=now)
    assert Dossier.objects.count() == 1


def test_a_card_fills_in_the_applicant_and_registers_nothing(client, commune, form):
    scanned(client, commune, form)
    address = reverse("desk:counter_declaration", args=[form.pk])
    sent = GOOD | {"key": key_of(client, form), "card-applicant-text": CARD, "phone": "0912000099"}
    page = client.post(address, sent)
    asked = page.context["form"]
    assert page.status_code == 200 and not Dossier.objects.exists()
    assert (asked["name"].value(), asked["phone"].value()) == ("Nguyễn Thị Hồng Nhung", "0912000099")
    assert CARD not in page.content.decode()


def test_a_second_open_dossier_is_pointed_out_before_anything_is_typed(client, commune, now):
    asked = copy.deepcopy(factories.FORM)
    label = {"vi": "Số định danh", "en": "Number"}
    number = {"key": "so", "type": "id_number", "label": label, "required": True, "prefill": "personal_number"}
    asked["sections"][0]["fields"].append(number)
    version = factories.version(commune.unit, level=2, form=asked)
    first, second = (
        prepared.start(version, commune.unit.slug, now, ANSWERS | {"so": GOOD["id_number"]}) for _n in range(2)
    )
    for made in (first, second):
        prepared.make_ready(made, now)
        made.refresh_from_db()
        scanned(client, commune, made)
    assert client.get(reverse("desk:counter_declaration", args=[first.pk])).context["form"].twin is None
    assert register(client, first).status_code == 302
    dossier = Dossier.objects.get()
    page = client.get(reverse("desk:counter_declaration", args=[second.pk]))
    text = page.content.decode()
    assert page.context["form"].twin == dossier and checks.faults(text) == []
    assert f'href="{reverse("desk:dossier", args=[dossier.code])}"' in text and 'name="again"' in text
    assert register(client, second, again="on").status_code == 302


def test_papers_of_before_for_a_colleague_at_once(client, commune, form, now):
    """The number in the old book, when it was received there, and forwarded with the same press."""
    Unit.objects.update(filing_since=now - timedelta(days=2))
    scanned(client, commune, form)
    page = client.get(reverse("desk:counter_declaration", args=[form.pk]))
    assert checks.faults(page.content.decode()) == []
    assert page.context["form"]["forward_to"].value() == str(commune.specialist.pk)
    brought = {"external_system": "before", "and_forward": "1", "forward_to": str(commune.specialist.pk)}
    answer = register(client, form, **brought, at="16/03/2026 08:00")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["external_code"])
    register(client, form, **brought, external_code="12/2026-ht", at="16/03/2026 08:00")
    dossier = Dossier.objects.get()
    assert (dossier.external_code, dossier.external_system) == ("12/2026-HT", "before")
    assert (dossier.status, dossier.holder) == (Status.PROCESSING, commune.specialist)
    assert dossier.received_at == datetime(2026, 3, 16, 8, tzinfo=LOCAL)
    assert present(dossier.slips.get(kind="receipt")).data["elsewhere"].startswith("12/2026-HT")
