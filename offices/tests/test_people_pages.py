"""Officers: who sees them, what may be done to them, and what the log says afterwards."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import invitations
from accounts.models import User
from offices.models import AuditEntry, Post, Role
from offices.people import changes as people
from tests import factories
from tests.pages import checks

from .steps import address, carried, fill, page, press, send

TODAY = date(2026, 3, 23)


def invite(admin, commune, **changes):
    values = {
        "name": "Lý Thị Hương",
        "email": "huong@example.com",
        "unit": commune.unit.slug,
        "roles": ["specialist", "clerk"],
        "title": "Địa chính",
        "since": TODAY,
        "until": None,
    }
    return fill(admin, "invite", **(values | changes))


def last_mail() -> mail.EmailMessage:
    return mail.outbox[-1]


def test_the_list_shows_officers_of_the_units_only(admin, commune, other_commune):
    html = page(admin, "people")
    assert commune.clerk.full_name in html
    assert other_commune.clerk.full_name not in html
    assert checks.faults(html) == []


@pytest.mark.parametrize("query", ["?q=CAN BO CLERK", "?q=clerk.xuan-bac@", "?role=clerk", "?unit=xuan-bac&role=clerk"])
def test_the_list_is_narrowed(admin, commune, query):
    html = admin.get(address("people") + query).content.decode()
    assert commune.clerk.full_name in html
    assert commune.leader.full_name not in html


@pytest.mark.parametrize(
    "query", ["?q=%F0%9F%98%80&unit=x&role=y&state=z", "?after=~~&before=x~9" + "9" * 30, "?state=closed", "?unit=--"]
)
def test_the_list_takes_anything(admin, query):
    assert admin.get(address("people") + query).status_code == 200


def test_the_list_costs_the_same_for_many(admin, commune, django_assert_max_num_queries):
    for n in range(60):
        user = factories.user(full_name=f"Người {n:02}", email=f"n{n}@example.com", password=None)
        Post.objects.create(user=user, unit=commune.unit, role=Role.CLERK, valid_from=TODAY)
    page(admin, "people")
    with django_assert_max_num_queries(13):
        html = page(admin, "people")
    assert "Người 30" in html
    assert html.count("<tr>") == 51
    assert "after=" in html


def test_an_invited_officer_chooses_a_password_and_signs_in(admin, commune):
    response = invite(admin, commune)
    user = User.objects.get(email="huong@example.com")
    assert response.url == address("person", user.pk)
    assert sorted(user.posts.values_list("role", flat=True)) == ["clerk", "specialist"]
    html = page(admin, "person", user.pk)
    assert checks.faults(html) == []
    sent = last_mail()
    assert sent.to == ["huong@example.com"]
    link = next(line for line in sent.body.splitlines() if "/accounts/invitation/" in line)
    stranger = Client()
    path = link.removeprefix("http://testserver")
    form = stranger.get(path)
    assert checks.faults(form.content.decode()) == []
    typed = {"password1": "suối-reo-giữa-rừng-7", "password2": "suối-reo-giữa-rừng-7"}
    assert stranger.post(path, typed)["Location"] == reverse("account_login")
    signed_in = stranger.post(
        reverse("account_login"), {"login": "huong@example.com", "password": "suối-reo-giữa-rừng-7"}
    )
    assert signed_in["Location"] == reverse("desk:home")
    assert stranger.get(path).status_code == 410


def test_a_link_ends_after_three_days_and_with_the_account(commune, standstill, time_machine):
    token = invitations.invitation_url(commune.clerk).rstrip("/").rsplit("/", 1)[1]
    assert invitations.invited(token) == commune.clerk
    assert invitations.invited(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    time_machine.move_to(factories.NOW.replace(day=27))
    assert invitations.invited(token) is None
    time_machine.move_to(factories.NOW)
    User.objects.filter(pk=commune.clerk.pk).update(is_active=False)
    assert invitations.invited(token) is None


def test_inviting_twice_with_one_page_makes_one_account(admin, commune):
    first = page(admin, "invite")
    values = {
        "name": "Lý Thị Hương",
        "email": "huong@example.com",
        "unit": commune.unit.slug,
        "roles": ["clerk"],
        "since": TODAY,
    }
    for _again in range(2):
        response = send(admin, "invite", carried=carried(first), **values)
        assert response.status_code == 302
    assert Post.objects.filter(user__email="huong@example.com").count() == 1
    assert len(mail.outbox) == 1


def test_a_known_address_is_told_plainly_and_only_gets_the_post(admin, commune, citizen):
    response = invite(admin, commune, email="AN@example.com", name="Người Khác")
    html = response.content.decode()
    assert response.status_code == 422
    assert citizen.full_name not in html
    assert not citizen.posts.exists()
    assert 'type="checkbox" name="attach"' in html
    response = invite(admin, commune, email="AN@example.com", name="Người Khác", attach="on")
    citizen.refresh_from_db()
    assert response.status_code == 302
    assert citizen.full_name == "Nguyễn Văn An"
    assert citizen.posts.count() == 2
    # Sessions with the long limits of a citizen have ended.
    assert citizen.sessions_valid_from == factories.NOW
    shown = page(admin, "person", citizen.pk)
    assert citizen.phone not in shown
    assert citizen.personal_number not in shown


def test_an_enterprise_or_a_closed_account_gets_no_post(admin, commune):
    factories.user(full_name="Công ty", email="ct@example.com", kind="enterprise")
    factories.user(full_name="Cũ", email="cu@example.com", is_active=False)
    for email in ("ct@example.com", "cu@example.com"):
        assert invite(admin, commune, email=email, attach="on").status_code == 422


@pytest.mark.parametrize(
    ("changes", "box"),
    [
        ({"email": "khong-phai"}, "id_email"),
        ({"name": "x"}, "id_name"),
        ({"roles": ["king"]}, "id_roles"),
        ({"roles": []}, "id_roles"),
        ({"unit": "xuan-loc"}, "id_unit"),
        ({"since": date(2026, 3, 20), "until": date(2026, 3, 22)}, "id_until"),
        ({"since_year": "99999999999999999999"}, "id_since"),
        ({"title": "x" * 81}, "id_title"),
    ],
)
def test_what_cannot_be_is_refused_at_its_box(admin, commune, other_commune, changes, box):
    response = invite(admin, commune, **changes)
    assert response.status_code == 422
    assert f'href="#{box}' in response.content.decode()
    assert not User.objects.filter(email="huong@example.com").exists()


@pytest.mark.parametrize("evil", ["\x00", "é" * 19_000, "<script>alert(1)</script>", "‮"])
def test_hostile_words_never_fail(admin, commune, evil):
    assert invite(admin, commune, title=evil, name=evil).status_code in (400, 422)


def test_a_title_is_kept_composed(admin, commune):
    invite(admin, commune, title="Ti\u00ea\u0301p nha\u0323\u0302n")
    assert Post.objects.filter(title="Ti\u1ebfp nh\u1eadn").count() == 2


def test_the_person_page_costs_the_same_for_many_posts(admin, commune, django_assert_max_num_queries):
    for year in range(2000, 2020):
        Post.objects.create(
            user=commune.clerk,
            unit=commune.unit,
            role=Role.LEADER,
            valid_from=date(year, 1, 1),
            valid_until=date(year, 6, 1),
        )
    page(admin, "person", commune.clerk.pk)
    with django_assert_max_num_queries(18):
        html = page(admin, "person", commune.clerk.pk)
    assert checks.faults(html) == []


def test_access_is_reset_by_mail_and_within_limits(admin, commune):
    for _time in range(3):
        press(admin, "send_link", commune.clerk.pk)
    assert last_mail().to == [commune.clerk.email]
    assert AuditEntry.objects.filter(action="person.send_link").count() == 3
    assert press(admin, "send_link", commune.clerk.pk).status_code == 429


def test_sessions_are_seen_and_ended(admin, commune):
    clerk = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"})
    EmailAddress.objects.create(user=commune.clerk, email=commune.clerk.email, verified=True, primary=True)
    clerk.post(reverse("account_login"), {"login": commune.clerk.email, "password": factories.PASSWORD})
    assert clerk.get(reverse("desk:home")).status_code == 200
    html = page(admin, "person", commune.clerk.pk)
    assert "Firefox, Windows" in html
    end = html.split("/sessions/")[1].split('"')[0]
    assert admin.post(f"/manage/people/{commune.clerk.pk}/sessions/{end}").status_code == 302
    assert clerk.get(reverse("desk:home")).status_code == 302
    assert "Firefox, Windows" not in page(admin, "person", commune.clerk.pk).split('id="log"')[0]
    assert AuditEntry.objects.get(action="person.end_session").changes[0]["before"] == "Firefox, Windows"


def test_signing_out_everywhere_reaches_sessions_that_are_not_listed(admin, commune, time_machine):
    clerk = Client()
    clerk.force_login(commune.clerk)
    assert clerk.get(reverse("desk:home")).status_code == 200
    time_machine.move_to(factories.NOW.replace(minute=1), tick=False)
    admin.post(address("end_sessions", commune.clerk.pk))
    assert clerk.get(reverse("desk:home")).status_code == 302


def test_a_closed_account_is_out_at_once_and_may_come_back(admin, commune):
    clerk = Client()
    clerk.force_login(commune.clerk)
    assert checks.faults(page(admin, "close", commune.clerk.pk)) == []
    press(admin, "close", commune.clerk.pk)
    assert clerk.get(reverse("desk:home")).status_code == 302
    assert last_mail().to == [commune.clerk.email]
    assert press(admin, "close", commune.clerk.pk).status_code == 422
    assert AuditEntry.objects.filter(action="person.close").count() == 1
    assert "clerk.xuan-bac" in admin.get(address("people") + "?state=closed").content.decode()
    press(admin, "open_again", commune.clerk.pk)
    assert User.objects.get(pk=commune.clerk.pk).is_active


def test_nobody_closes_themselves_a_leaver_or_somebody_of_another_unit_too(admin, commune, other_commune):
    Post.objects.filter(user=commune.leader).update(valid_until=date(2026, 3, 1))
    Post.objects.create(user=commune.clerk, unit=other_commune.unit, role=Role.CLERK, valid_from=TODAY)
    for person in (commune.administrator, commune.leader, commune.clerk):
        press(admin, "close", person.pk)
        assert User.objects.get(pk=person.pk).is_active
    # Who has left keeps the account as a citizen: no link, no sessions either.
    for name in ("send_link", "end_sessions"):
        press(admin, name, commune.leader.pk)
    assert not AuditEntry.objects.filter(action__startswith="person").exists()


def test_an_account_without_an_address_gets_no_link(admin, commune):
    User.objects.filter(pk=commune.clerk.pk).update(email=None)
    press(admin, "send_link", commune.clerk.pk)
    assert not mail.outbox
    assert checks.faults(page(admin, "person", commune.clerk.pk)) == []


def test_what_another_unit_closed_stays_closed(admin, commune, other_commune):
    left = Post.objects.create(user=other_commune.clerk, unit=commune.unit, role=Role.CLERK, valid_from=TODAY)
    Post.objects.filter(pk=left.pk).update(valid_from=date(2025, 1, 1), valid_until=date(2025, 6, 30))
    people.close_account(
        other_commune.clerk, {other_commune.unit.pk}, by=other_commune.administrator, now=factories.NOW
    )
    press(admin, "open_again", other_commune.clerk.pk)
    assert not User.objects.get(pk=other_commune.clerk.pk).is_active


def test_a_leavers_session_is_nobodys_business(admin, commune):
    leaver = Client()
    EmailAddress.objects.create(user=commune.clerk, email=commune.clerk.email, verified=True, primary=True)
    leaver.post(reverse("account_login"), {"login": commune.clerk.email, "password": factories.PASSWORD})
    end = page(admin, "person", commune.clerk.pk).split("/sessions/")[1].split('"')[0]
    Post.objects.filter(user=commune.clerk).update(valid_until=date(2026, 3, 1))
    admin.post(f"/manage/people/{commune.clerk.pk}/sessions/{end}")
    assert UserSession.objects.filter(user=commune.clerk).count() == 1
    assert not AuditEntry.objects.filter(action="person.end_session").exists()


def test_an_unconfirmed_address_gets_a_link_with_its_post(admin, commune, citizen):
    """Somebody may have registered with an officer's address and a password of their own."""
    EmailAddress.objects.create(user=citizen, email=citizen.email, verified=False, primary=True)
    invite(admin, commune, email=citizen.email, attach="on")
    assert "/invitation/" in last_mail().body


@pytest.mark.parametrize(
    "name", ["send_link", "close", "invite", "post_give", "post_change", "post_end", "post_substitute"]
)
def test_posts_links_and_closing_ask_for_the_password_again(admin, commune, name):
    """A screen left open gives nobody a post."""
    post = commune.clerk.posts.get()
    where = {
        "invite": [],
        "send_link": [commune.clerk.pk],
        "close": [commune.clerk.pk],
        "post_give": [commune.clerk.pk],
    }
    arguments = where.get(name, [commune.clerk.pk, post.pk])
    values = {
        "name": "Lý Thị Hương",
        "email": "huong@example.com",
        "unit": commune.unit.slug,
        "roles": ["specialist"],
        "role": "cashier",
        "person": commune.cashier.pk,
        "title": "Địa chính",
        "since": TODAY,
        "until": TODAY,
    }
    for wrong in ("", "sai-mat-khau"):
        response = fill(admin, name, *arguments, **values, password=wrong)
        assert response.status_code == 422
        assert 'id="id_password"' in response.content.decode()
    assert not AuditEntry.objects.exists()
    assert not mail.outbox
    assert fill(admin, name, *arguments, **values).status_code == 302
    assert AuditEntry.objects.exists()


def test_guessing_the_password_ends_soon(admin, commune):
    for _time in range(5):
        press(admin, "close", commune.clerk.pk, password="sai-mat-khau")
    assert press(admin, "close", commune.clerk.pk).status_code == 422
    assert User.objects.get(pk=commune.clerk.pk).is_active
