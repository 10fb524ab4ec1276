"""What the page of a procedure needs from packages above, filled in ``AppConfig.ready()`` there.

``below`` write HTML below a procedure, by its code, in the active language: the same for everybody, for it is kept
with the page until something of the procedure changes.
"""

from collections.abc import Callable

from django.utils.safestring import SafeString

below: list[Callable[[str], SafeString]] = []
