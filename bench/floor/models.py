"""One table of things to list and one of what a submission writes."""

from typing import Any

from django.conf import settings
from django.db import models


class Item(models.Model):
    """A row of a list: a procedure, a dossier."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    person = models.CharField(max_length=160)
    text = models.TextField()
    status = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()

    # mypy reads the portal's settings, in which this is no app: it would not find the manager that Django adds.
    objects: models.Manager[Any] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "due_at", "id"], name="floor_queue"),
            models.Index(fields=["owner", "-due_at"], name="floor_owner"),
        ]

    def __str__(self) -> str:
        return self.code


class Part(models.Model):
    """One row of a submission, with its file where it has one."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="parts")
    name = models.CharField(max_length=100)
    file = models.FileField(upload_to="parts/", blank=True)

    objects: models.Manager[Any] = models.Manager()

    def __str__(self) -> str:
        return self.name
