"""Before reception the clerk learns that nobody could go on with the dossier."""

from django.test import Client
from django.urls import reverse

from accounts.models import User
from dossiers.models import Dossier
from offices.models import Post
from tests.pages import checks


def test_a_field_without_a_specialist_is_told_before_reception(road):
    road.submitted()
    client = Client()
    client.force_login(road.commune.clerk)
    address = reverse("desk:act", args=[Dossier.objects.get().code, "receive"])
    assert "banner-warn" not in client.get(address).content.decode().split("<main")[1]
    Post.objects.filter(user=road.commune.specialist).update(sectors=["dat-dai"])
    html = client.get(address).content.decode()
    assert "banner-warn" in html.split("<main")[1]
    assert checks.faults(html) == []


def test_who_never_accepted_is_not_offered_for_forwarding(road):
    road.received()
    client = Client()
    client.force_login(road.commune.clerk)
    address = reverse("desk:act", args=[Dossier.objects.get().code, "forward"])
    assert road.commune.specialist.full_name in client.get(address).content.decode()
    User.objects.filter(pk=road.commune.specialist.pk).update(password="!")
    assert road.commune.specialist.full_name not in client.get(address).content.decode()
