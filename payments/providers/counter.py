"""Paying at the desk: cash in a cashier's shift, or a transfer whose proof the cashier saw."""

from dataclasses import dataclass

from .base import Provider, SettlementFile
from .vietqr import credits_of


@dataclass(frozen=True)
class Counter(Provider):
    """Money that an officer has counted or seen: what the officer enters is what is so."""


@dataclass(frozen=True)
class SeenTransfer(Counter):
    """A transfer to the account; the bank's statement, brought by hand, shows that it came."""

    def parse_settlement(self, content: bytes) -> SettlementFile:
        return credits_of(content)
