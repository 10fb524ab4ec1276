"""The secret on a receipt by which an account gets a dossier that was handed in on paper."""

from django.db import models

from .dossier import Dossier


class LinkCode(models.Model):
    """That a secret was printed on a dossier's first receipt: known here by its blind index only, used once.

    Drafts have none, so that deleting one need not ask here.
    """

    dossier = models.OneToOneField(Dossier, on_delete=models.DO_NOTHING, related_name="link_code")
    index = models.CharField(max_length=43, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.dossier_id}"
