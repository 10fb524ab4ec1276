"""What the log calls what happens to notices."""

from django.utils.translation import gettext_lazy as _

from .models import NoticeKind

AREAS = {"notice": _("Notices")}
ACTIONS = {
    "notice.add": _("Notice written"),
    "notice.change": _("Notice changed"),
    "notice.hide": _("Notice hidden"),
    "notice.show": _("Notice shown again"),
}
FIELDS = {
    "title": _("Title"),
    "title_en": _("Title, in English"),
    "text": _("Text"),
    "text_en": _("Text, in English"),
    "unit": _("Unit"),
    "is_pinned": _("Pinned"),
    "begins_at": _("Work begins"),
    "ends_at": _("Work ends"),
}
VALUES = {"kind": dict(NoticeKind.choices)}
