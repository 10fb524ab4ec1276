"""What packages above do when an account changes; filled in their ``AppConfig.ready()``.

- ``renamed`` is called in the transaction in which an account got another name.
"""

from collections.abc import Callable

from .models import User

renamed: list[Callable[[User], None]] = []
