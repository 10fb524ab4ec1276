"""What an officer who leaves still holds is handed on by the unit's administrator."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.refusals import Refused
from offices.models import Post, Role

from ..models import Dossier, Status
from ..records import assignments
from ..table import Action
from ..workflow import ActionBase, Move, is_own


@dataclass(frozen=True)
class Reassign(ActionBase):
    """Give what ``leaver`` holds to somebody of the same unit and role, or with ``to`` None to the whole role.

    Step and status stay; the control sheet gets a row. Administrators may do
    it without opening the dossier. Refusals: holder, to.
    """

    leaver: User
    to: User | None = None
    action: ClassVar[Action] = Action.REASSIGN

    @classmethod
    def target(cls, move: Move) -> Status:
        return move.from_status

    @classmethod
    def prefers(cls, dossier: Dossier) -> str:
        return Role.ADMINISTRATOR

    def guard(self, move: Move) -> None:
        dossier = move.dossier
        if dossier.holder_id != self.leaver.pk:
            raise Refused(_("This person does not hold the dossier any more."), code="holder")
        posts = list(
            Post.objects.valid_on(move.local_day)
            .able()
            .filter(unit=dossier.holder_unit, role=dossier.holder_role)
            .select_related("user")
        )
        able = [
            post.user
            for post in posts
            if post.user_id != self.leaver.pk
            and (post.role != Role.SPECIALIST or post.covers(dossier.version.procedure.sector.code))
            and not is_own(post.user, dossier)
        ]
        if not able or (self.to is not None and self.to not in able):
            raise Refused(_("Nobody chosen can handle this dossier. Choose somebody who covers its field."), code="to")

    def changes(self, move: Move) -> dict[str, Any]:
        return {"holder": self.to}

    def record(self, move: Move) -> dict[str, Any]:
        return {
            "data": {
                "role": move.dossier.holder_role,
                "from": self.leaver.get_full_name(),
                "to": self.to.get_full_name() if self.to else "",
            }
        }

    def effects(self, move: Move) -> None:
        assignments.give(move)
