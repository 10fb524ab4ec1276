"""What packages above do when the catalogue changes; filled in their ``AppConfig.ready()``.

- ``sector_changed`` is called in the transaction in which a procedure got another sector.
"""

from collections.abc import Callable

from .models import Procedure

sector_changed: list[Callable[[Procedure], None]] = []
