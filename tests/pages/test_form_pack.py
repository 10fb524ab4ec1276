"""The form pack: label, hint, error, then the control; optional is marked, required is not."""

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.template import Context, Template

from common.forms.fields import PartialDateField
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
