"""What stands around the answers of a submitted dossier's declaration."""

from typing import Any

from common.clock import LOCAL
from dossiers.models import Channel, Dossier
from dossiers.timeline import declaration
from eforms.declarations import Head
from procedures.models import ProcedureVersion


def page(road) -> dict[str, Any] | None:
    """Return the declaration of a road's dossier as a page reads it."""
    return declaration.page(Dossier.objects.get(pk=road.dossier.pk), "/back/")


def head(road) -> Head:
    """Return what stands around the answers; fails where there is no declaration."""
    found = page(road)
    assert found is not None
    return found["head"]


def test_what_was_filed_online_says_so_in_place_of_a_signature(road):
    road.submitted()
    told = head(road)
    assert (told.procedure, told.unit, told.place) == ("Đăng ký khai sinh", "UBND Xã Xuân Bắc", "Xuân Bắc")
    assert (told.mark, told.mark_label, told.qr_hint) == (road.dossier.code, "Mã hồ sơ", "Quét để tra cứu")
    assert road.dossier.code in told.qr_text
    assert told.signer == "Nguyễn Văn An"
    assert told.filed_at == road.dossier.submitted_at
    # Paper shows the hour of Vietnam.
    assert told.filed_at.tzinfo == LOCAL


def test_what_was_taken_in_at_the_counter_waits_for_a_signature(road):
    road.submitted()
    Dossier.objects.update(channel=Channel.COUNTER)
    told = head(road)
    assert (told.place, told.filed_at, told.signer) == ("", None, "Nguyễn Văn An")


def test_an_organisations_declaration_is_signed_by_who_acts_for_it(road):
    road.submitted()
    applicant = road.dossier.applicant
    applicant.representative = {"name": "Lê Văn Chung"}
    applicant.save(update_fields=["representative"])
    assert head(road).signer == "Lê Văn Chung"


def test_it_holds_the_answers_and_leads_back(road):
    road.submitted()
    found = page(road)
    assert found is not None and found["back"] == "/back/"
    lines = [line for part in found["parts"] for group in part.groups for line in group.lines]
    assert [line.text for line in lines if line.name == "requester_name"] == ["Nguyễn Văn An"]


def test_a_draft_and_a_procedure_without_a_form_have_none(road):
    assert page(road) is None
    road.submitted()
    dossier = Dossier.objects.select_related("version").get()
    dossier.version = ProcedureVersion(form=None)
    assert declaration.page(dossier, "/back/") is None


def test_it_costs_one_query_beside_the_dossier(road, django_assert_num_queries):
    road.submitted()
    dossier = Dossier.objects.select_related("version", "received_by").get()
    with django_assert_num_queries(1):
        declaration.page(dossier, "/back/")
