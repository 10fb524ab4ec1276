"""The four pages everything is compared with, and a way to sign in."""

from django.contrib.auth.views import LoginView
from django.urls import path

from . import views

urlpatterns = [
    path("page/", views.page, name="page"),
    path("page-user/", views.page_user, name="page-user"),
    path("queue50/", views.queue, name="queue50"),
    path("submit/", views.submit, name="submit"),
    path("login/", LoginView.as_view(template_name="floor/form.html", next_page="/page-user/"), name="login"),
]
