"""English pages write dates and numbers as Vietnamese ones do: day first, 1.234,5."""

from ..vi.formats import *  # noqa: F403
