"""Ground tables that belong to no subject: one-time keys and attempt counters."""

from django.db import models


class OneTimeKey(models.Model):
    """A key that a form carries so that sending it twice acts once.

    Claimed by inserting: the unique pair (key, purpose) lets one request win,
    the others read ``subject`` to learn what the first one made.
    """

    key = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    user_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=64, default="")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "purpose"], name="one_time_key_once")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.key}"


class AttemptCounter(models.Model):
    """How often something was tried in a window; written outside business transactions.

    ``bucket`` is a keyed hash of what is limited (account, address, target), so
    that no personal number rests here.
    """

    bucket = models.CharField(max_length=64)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bucket", "window"], name="attempt_counter_once")]
        indexes = [models.Index(fields=["window"], name="attempt_counter_window")]

    def __str__(self) -> str:
        return f"{self.bucket} {self.count}"
