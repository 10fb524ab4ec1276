"""The one registry through which packages above take part in the workflow.

Filled in ``AppConfig.ready()`` of those packages. ``after_action`` callables
run inside perform()'s transaction with the recorded :class:`~dossiers.workflow.Move`;
``messages`` get the move, the message's kind and its audience ('applicant', 'officer') and return a paragraph or '';
``panels`` return (template name, context) to show on a dossier page, or None.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import Dossier
    from .workflow import Move

messages: list[Callable[["Move", str, str], str]] = []
after_action: list[Callable[["Move"], None]] = []
panels: list[Callable[["Dossier", Any], "tuple[str, dict[str, Any]] | None"]] = []
