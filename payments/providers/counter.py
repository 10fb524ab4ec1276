"""Paying at the desk: cash in a cashier's shift, or a transfer whose proof the cashier saw."""

from dataclasses import dataclass

from .base import Provider


@dataclass(frozen=True)
class Counter(Provider):
    """Money that an officer has counted or seen: what the officer enters is what is so."""
