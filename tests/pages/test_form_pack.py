"""The form pack: label, hint, error, then the control; optional is marked, required is not."""

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.template import Context, Template
from django.utils import translation

from common.forms.fields import AddressField, FullNameField, PartialDateField, TableField, about_self
from common.forms.person import PersonField
from common.templatetags.ui import focus_id
from tests.pages import checks

PAGE = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Trang</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Trang</h1>{}</main></body></html>"""


class TrialForm(forms.Form):
    full_name = forms.CharField(label="Họ và tên", help_text="Như trên căn cước.")
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea)
    way = forms.ChoiceField(label="Cách nhận", choices=[("a", "Trên mạng"), ("b", "Tại xã")], widget=forms.RadioSelect)
    papers = forms.MultipleChoiceField(
        label="Giấy tờ", choices=[("x", "Bản sao"), ("y", "Bản chính")], widget=forms.CheckboxSelectMultiple
    )
    sure = forms.BooleanField(label="Tôi cam đoan", help_text="Đọc kỹ trước khi đánh dấu.")
    birth = PartialDateField(label="Ngày sinh")
    place = forms.ChoiceField(label="Nơi", choices=[("", "Chọn"), ("1", "Xuân Bắc")])
    token = forms.CharField(widget=forms.HiddenInput, initial="t", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Fieldset("Phần một", "full_name", "note", "birth"), "way", "papers", "place", "sure", "token",
            Submit("save", "Lưu"),
        )  # fmt: skip


def render(form, template="{% load crispy_forms_tags %}{% crispy form %}"):
    return PAGE.format(Template(template).render(Context({"form": form, "csrf_token": "x" * 64})))


@pytest.mark.parametrize(
    "template",
    [
        "{% load crispy_forms_tags %}{% crispy form %}",
        "{% load crispy_forms_tags %}{{ form|crispy }}",
        "{% load crispy_forms_tags %}{% for field in form %}{{ field|as_crispy_field }}{% endfor %}",
    ],
)
@pytest.mark.parametrize("data", [None, {}, {"full_name": "A", "way": "zzz", "birth_day": "40"}])
def test_form_is_valid_html(template, data):
    assert checks.faults(render(TrialForm(data), template)) == []


def nodes(html, **wanted):
    return [
        node
        for node in checks.parse(html).iter()
        if all(node.attrib.get(name) == value for name, value in wanted.items())
    ]


def test_browser_checks_are_off_and_the_token_is_there():
    html = render(TrialForm())
    assert "novalidate" in html and 'name="csrfmiddlewaretoken"' in html


def test_optional_is_marked_and_required_is_not():
    html = render(TrialForm())
    assert html.count('class="optional"') == 1
    assert "*" not in html.split("<main>")[1]


def test_hint_and_error_describe_the_control():
    (control,) = nodes(render(TrialForm({})), id="id_full_name")
    assert control.attrib["aria-describedby"].split() == ["id_full_name_helptext", "id_full_name_error"]
    assert control.attrib["aria-invalid"] == "true"


@pytest.mark.parametrize("name", ["way", "papers", "birth"])
def test_groups_stand_in_a_fieldset_with_their_legend_and_error(name):
    (group,) = nodes(render(TrialForm({})), id=f"id_{name}-group")
    assert group.tag == "fieldset"
    assert any(node.tag == "legend" for node in group)
    assert f"id_{name}_error" in group.attrib["aria-describedby"]


def test_error_summary_leads_to_the_first_control_of_each_field():
    html = render(TrialForm({}))
    (summary,) = nodes(html, role="alert")
    links = [node.attrib["href"] for node in summary.iter() if node.tag == "a"]
    assert len(links) == 6
    controls = {node.attrib.get("id") for node in checks.parse(html).iter() if node.tag in ("input", "select")}
    assert all(link[1:] in controls for link in links)


def test_nothing_typed_is_lost():
    html = render(TrialForm({"full_name": "Nguyễn <b>", "note": "ghi", "way": "b", "papers": ["y"], "birth_day": "31"}))
    assert 'value="Nguyễn &lt;b&gt;"' in html
    assert nodes(html, name="way", value="b")[0].attrib.get("checked") is not None
    assert nodes(html, name="papers", value="y")[0].attrib.get("checked") is not None
    assert nodes(html, name="birth_day")[0].attrib["value"] == "31"


def test_a_form_without_faults_has_no_summary():
    assert "data-error-summary" not in render(TrialForm())


class NamelessForm(forms.Form):
    """Fields that have no words of their own for being empty."""

    name = forms.CharField(label="Tên tổ chức")
    code = forms.CharField(label="MST")
    ward = forms.ChoiceField(label="Nơi nộp", choices=[("1", "Xuân Bắc")])
    scan = forms.FileField(label="Bản quét")
    sure = forms.BooleanField(label="Tôi cam đoan")
    sum = forms.CharField(label="Ba cộng bốn bằng mấy?")
    own = forms.CharField(label="Riêng", error_messages={"required": "Lời riêng."})


def test_an_empty_box_is_named():
    with translation.override("en"):
        errors = {name: str(*found) for name, found in NamelessForm({}).errors.items()}
    assert errors == {
        "name": "Enter tên tổ chức",
        "code": "Enter MST",
        "ward": "Choose: nơi nộp",
        "scan": "Choose: bản quét",
        "sure": "Tick the box to go on: “Tôi cam đoan”",
        "sum": "Answer the question “Ba cộng bốn bằng mấy?”",
        "own": "Lời riêng.",
    }
    # Each form has its own copy: the class keeps Django's words.
    assert NamelessForm.base_fields["name"].error_messages["required"] is forms.Field.default_error_messages["required"]


class PlacesForm(forms.Form):
    """Questions of several boxes."""

    place = AddressField()
    person = PersonField()
    rows = TableField(columns={"way": forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)}, max_rows=2)


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ({"place_province": "75"}, "id_place_commune_name"),
        ({"place_province": "75", "place_commune_name": "Không Có"}, "id_place_commune_name"),
        ({"place_commune_name": "Không Có"}, "id_place_province"),
        ({"place_province": "75", "place_commune_name": "Xuân Bắc", "place_detail": "x" * 201}, "id_place_detail"),
        ({"person-full_name": "Lê An", "person-birth_day": "40"}, "id_person-birth_0"),
        ({"person-full_name": "Lê An", "person-sex": "khong"}, "id_person-sex_nam"),
        ({"person-full_name": "Lê An", "person-id_kind": "can_cuoc", "person-id_number": "12"}, "id_person-id_number"),
    ],
)
def test_an_error_leads_to_the_box_it_is_about(typed, box):
    html = render(PlacesForm(typed))
    assert nodes(html, href=f"#{box}") and nodes(html, id=box)


def test_the_first_cell_of_a_table_may_be_a_group():
    html = render(PlacesForm({}))
    assert nodes(html, id=focus_id(PlacesForm({})["rows"]))


def test_browsers_offer_only_what_is_about_the_person_who_types():
    kinds = {"name": FullNameField, "birth": PartialDateField, "home": AddressField}
    own = type("OwnForm", (forms.Form,), {name: about_self(kind()) for name, kind in kinds.items()})
    other = type("OtherForm", (forms.Form,), {name: kind() for name, kind in kinds.items()})
    offered = {node.attrib.get("autocomplete") for node in checks.parse(render(own())).iter()}
    assert {"name", "bday-day", "bday-month", "bday-year", "address-level1", "address-line1"} <= offered
    assert {node.attrib.get("autocomplete") for node in checks.parse(render(other())).iter()} == {None, "off"}
