"""Who may open the screens of the catalogue's publishers."""

from offices.models import Role
from offices.views.guards import only

publisher_only = only(Role.PUBLISHER)
