"""Sessions in the database, read by a statement that is compiled once.

No cache stands before them: reading one costs what asking Redis costs, and a session that was ended elsewhere is ended.
"""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from ..database.compiled import Compiled

_stored: Compiled[Session] = Compiled(
    lambda key, moment: Session.objects.filter(session_key=key, expire_date__gt=moment)
)


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        found = _stored.first(self.session_key, timezone.now())
        if found is None:
            self._session_key = None
        return found
