"""The form with which a leader lets another officer sign for some days."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.forms.adjusting import choice_of
from common.forms.fields import DayField, LineField
from common.forms.screen_forms import OnceForm
from common.text import in_order
from offices.models import Post, Unit


class DelegationForm(OnceForm):
    """In which unit, who, from when to when, and why; ``choices`` are the posts that may be asked, by unit."""

    taker = forms.ChoiceField(label=gettext_lazy("Who signs"))
    valid_from = DayField(label=gettext_lazy("First day"))
    valid_until = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Up to the end of this day. You may end it at any time before."),
    )
    reason = LineField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("For example: on leave, decision 15/QĐ-UBND."),
    )
    field_order = ["taker", "valid_from", "valid_until", "reason"]

    def __init__(self, *args: Any, posts: list[Post], **options: Any) -> None:
        super().__init__(*args, **options)
        self.posts = {f"{post.unit_id}-{post.user_id}": post for post in posts}
        named = in_order(posts, name=lambda post: post.user.full_name)
        choice_of(self, "taker").choices = [
            (f"{post.unit_id}-{post.user_id}", f"{post.user.full_name} – {post.title or post.get_role_display()}")
            for post in named
        ]

    def chosen(self) -> tuple[Unit, User]:
        """Return the unit and the officer chosen."""
        post = self.posts[self.cleaned_data["taker"]]
        return post.unit, post.user
