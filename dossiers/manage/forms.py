"""The form of a unit's ready-made reasons."""

from collections.abc import Mapping
from typing import Any

from common.forms.fields import LinesField
from common.forms.screen_forms import ChangeForm

from ..desk.actions.reasons import OF_UNIT

# As many reasons for one action, and as long, as a select on a telephone still shows.
MOST, LONGEST = 20, 300


class ReasonsForm(ChangeForm):
    """One box for each action, a reason a line."""

    use_required_attribute = False

    def __init__(self, *args: Any, kept: Mapping[str, list[str]], **options: Any) -> None:
        super().__init__(*args, **options)
        for action, label in OF_UNIT.items():
            self.fields[action] = LinesField(
                label=label, required=False, maximum=MOST, longest=LONGEST, initial=kept.get(action, [])
            )

    def texts(self) -> dict[str, list[str]]:
        """Return the reasons by action."""
        return {action: self.cleaned_data[action] for action in OF_UNIT}
