"""Paths of accounts; allauth's names stay, only the pages the portal has exist."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from . import own_views, views
from .acting import views as acting_views

own = [
    path("accounts/register/<slug:kind>/", views.RegisterView.as_view(), name="register_kind"),
    path("accounts/resume/", views.resume_form, name="resume"),
    path("accounts/invitation/<str:token>/", views.invitation, name="invitation"),
    path("account/", views.profile, name="profile"),
    path("account/edit/", views.edit, name="edit"),
    path("account/sessions/", own_views.sessions, name="sessions"),
    path("account/sessions/end/", own_views.end_sessions, name="end_sessions"),
    path("account/sessions/<int:pk>/end/", own_views.end_session, name="end_session"),
    path("account/details/forget/", own_views.forget, name="forget"),
    path("account/export/", own_views.export, name="export"),
    path("account/acting/", acting_views.acting, name="acting"),
    path("account/people/", acting_views.people, name="people"),
    path("account/people/invite/", acting_views.invite, name="people_invite"),
    path("account/people/<int:pk>/", acting_views.member, name="people_member"),
    path("account/people/<int:pk>/end/", acting_views.end, name="people_end"),
    path("accounts/joining/<str:token>/", acting_views.joining, name="joining"),
    path("account/close/", own_views.close, name="close"),
]

urlpatterns = [
    path("", include((own, "accounts"))),
    path("accounts/register/", views.register, name="account_signup"),
    path("accounts/verify/", views.ConfirmEmailView.as_view(), name="account_email_verification_sent"),
    path("accounts/login/", views.SignInView.as_view(), name="account_login"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/reset/", views.ResetView.as_view(), name="account_reset_password"),
    path("accounts/reset/sent/", allauth_views.password_reset_done, name="account_reset_password_done"),
    path(
        "accounts/reset/done/", allauth_views.password_reset_from_key_done, name="account_reset_password_from_key_done"
    ),
    re_path(
        r"^accounts/reset/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[0-9A-Za-z-]{1,100})/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("account/password/", views.ChangePasswordView.as_view(), name="account_change_password"),
    path("account/email/", views.ChangeEmailView.as_view(), name="account_email"),
]
