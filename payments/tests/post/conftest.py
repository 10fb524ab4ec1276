"""A post office that answers the adapter's questions without a network, and dossiers whose result goes by post."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from common.clock import LOCAL
from dossiers.tests.conftest import Road, road  # noqa: F401
from payments.models import Charge, Parcel
from payments.post import carrying
from payments.providers import vnpost
from payments.providers.base import Unreachable
from payments.providers.http import Refusing
from tests import factories

ADDRESS = {
    "name": "Nguyễn Văn An",
    "phone": "0912000001",
    "address": {"province": "75", "commune": "26425", "detail": "Ấp 3"},
}


class PostOffice:
    """What the carrier knows: its orders by our codes, and what happened to each."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.orders: dict[str, dict[str, Any]] = {}
        self.is_down = False
        self.asked: list[str] = []

    def post(self, url: str, data: Mapping[str, Any], headers: Any = None) -> dict[str, Any]:
        path = url.rpartition("/")[2]
        self.asked.append(path)
        if self.is_down:
            raise Unreachable("down")
        if path == "GetAccessToken":
            return {"token": "t"}
        if path == "ServicesCharge":
            return {"totalFee": 23_000}
        if path == "orderCancel":
            found = self.orders[data["saleOrderCode"]]
            if found["status"] not in ("1", "2", "5"):
                raise Refusing(409)
            self.happen(data["saleOrderCode"], "9")
            return {}
        assert path == "CreateOrder"
        order = data["informationOrder"]
        code = order["saleOrderCode"]
        if code not in self.orders:
            number = f"EA{len(self.orders):08d}"
            item = next(f"{number}{n}VN" for n in range(10) if vnpost.s10_fits(f"{number}{n}VN"))
            addons = [addon["propValue"].partition(":")[2] for addon in order["addonService"]]
            cod = int(addons[0]) if addons else 0
            self.orders[code] = {"itemCode": item, "saleOrderCode": code, "status": "1", "codAmount": cod}
            self.orders[code] |= {"events": [], "order": order}
        return {"itemCode": self.orders[code]["itemCode"]}

    def get(self, url: str, headers: Any = None) -> dict[str, Any]:
        path = url.rpartition("/")[2].partition("?")[0]
        self.asked.append(path)
        if self.is_down:
            raise Unreachable("down")
        item = url.rpartition("code=")[2]
        found = next(order for order in self.orders.values() if order["itemCode"] == item)
        return {"events": found["events"]} if path == "GetStatusHistoryOrder" else found

    def happen(self, order_code: str, *codes: str) -> None:
        """Let things happen to a parcel, a minute apart."""
        for code in codes:
            self.now += timedelta(minutes=1)
            time = self.now.astimezone(LOCAL).replace(tzinfo=None).isoformat(timespec="seconds")
            found = self.orders[order_code]
            found["status"] = code
            found["events"] = [*found["events"], {"status": code, "time": time, "place": "Bưu cục"}]


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, settings: Any, now: datetime) -> PostOffice:
    """The carrier of the installation."""
    found = PostOffice(now)
    settings.VNPOST = settings.VNPOST | {"base_url": "https://post.example", "customer": "T", "password": "x"}
    monkeypatch.setattr(vnpost, "post_json", found.post)
    monkeypatch.setattr(vnpost, "get_json", found.get)
    return found


class Sent:
    """A dossier whose result goes by post; its parcel, and turns of the worker."""

    def __init__(self, road: Road, office: PostOffice) -> None:  # noqa: F811
        self.road, self.office = road, office

    @property
    def now(self) -> datetime:
        """A moment after all that has happened."""
        self.office.now = max(self.office.now, self.road.now) + timedelta(minutes=1)
        return self.office.now

    @property
    def parcel(self) -> Parcel:
        return Parcel.objects.select_related("dossier", "unit", "attempt").latest("pk")

    @property
    def charge(self) -> Charge:
        return Charge.objects.get()

    def turn(self) -> Parcel:
        """Have the worker speak to the carrier about the parcel now."""
        parcel = self.parcel
        parcel.ask_at = moment = self.now
        Parcel.objects.filter(pk=parcel.pk).update(ask_at=moment)
        carrying.move(parcel, moment)
        return self.parcel

    def after(self, *codes: str) -> Parcel:
        """Let things happen to the parcel, then have the worker ask."""
        self.office.happen(self.parcel.order_code, *codes)
        return self.turn()


@pytest.fixture
def sent(road: Road, office: PostOffice) -> Sent:  # noqa: F811
    """A decided dossier of 20.000 đồng that its applicant pays to the postman; the parcel has been ordered."""
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    road.dossier.delivery, road.dossier.delivery_address, road.dossier.pays_on_delivery = "post", ADDRESS, True
    road.dossier.save()
    road.decided()
    made = Sent(road, office)
    made.turn()
    return made
