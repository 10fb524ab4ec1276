"""The request of somebody who is signed in, for the annotations of views."""

from django.http import HttpRequest

from .models import User


class SignedInRequest(HttpRequest):
    """A request that the middleware or a guard has let through: its user is a person, never anonymous."""

    user: User
