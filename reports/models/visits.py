"""How many pages of the portal were opened."""

from django.db import models


class VisitCount(models.Model):
    """How many pages were opened on a local day; nothing about who opened them."""

    day = models.DateField(primary_key=True)
    count = models.PositiveBigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"
