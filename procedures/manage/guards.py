"""Who may open the screens of the catalogue's publishers, and those of what all units share."""

from offices.models import Role
from offices.views.guards import only, shared_only

__all__ = ["publisher_only", "shared_only"]

publisher_only = only(Role.PUBLISHER)
