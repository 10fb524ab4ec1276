"""Signing in with whatever identifies an account."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from common.database.compiled import Compiled

from .models import User

_active: Compiled[User] = Compiled(lambda pk: User.objects.filter(pk=pk, is_active=True))


class AnyIdentifierBackend(BaseBackend):
    """Finds the account by e-mail, personal number or tax code and checks its password."""

    def authenticate(
        self, request: HttpRequest | None, login: str = "", password: str = "", **credentials: Any
    ) -> User | None:
        """Return the account, or None; an unknown one costs the same hash."""
        user = User.objects.find(login)
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) else None

    def get_user(self, user_id: int) -> User | None:
        """Return an active account by primary key."""
        return _active.first(user_id)
