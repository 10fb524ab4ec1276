"""Addresses as mail servers take them, at the door of every form."""

import pytest
from django.core.exceptions import ValidationError

from common.forms.checks import check_email
from common.forms.fields import MailField
from common.values.mail_address import ascii_address


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("an@example.com", "an@example.com"),
        ("An.Le+1@Example.com", "An.Le+1@Example.com"),
        ("o'brien@x.vn", "o'brien@x.vn"),
        ("an@ví-dụ.vn", "an@xn--v-d-rma6749a.vn"),
        ("an@đồng-nai.gov.vn", "an@xn--ng-nai-92a8502d.gov.vn"),
        ("  an@ví-dụ.vn ", "an@xn--v-d-rma6749a.vn"),
        ("an\u200b@example.com", "an@example.com"),
        ("\ufeffan@exam\u2060ple.com\u202c", "an@example.com"),
    ],
)
def test_an_address_is_stored_as_mail_servers_know_it(typed, stored):
    assert check_email(typed) == stored
    assert MailField().clean(typed) == stored
    assert ascii_address(stored) == stored


@pytest.mark.parametrize(
    "typed", ["an", "an@", "@x.vn", "ân@x.vn", "an@a..vn", "an@" + "ví" * 40 + ".vn", "a b@x.vn", 'a"b@x.vn', "a,b@x"]
)
def test_what_no_mail_reaches_is_refused_with_a_sentence(typed):
    with pytest.raises(ValidationError) as refusal:
        check_email(typed)
    assert len(refusal.value.messages) == 1 and refusal.value.messages[0].endswith(".")
