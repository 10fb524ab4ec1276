"""Paths of the catalogue as everybody sees it."""

from django.urls import path

from ..paper import views as paper_views
from . import event_views, views

EVENT = "life-events/<slug:code>/"

app_name = "procedures"
urlpatterns = [
    path("procedures/", views.find, name="find"),
    path(EVENT, event_views.life_event, name="life_event"),
    path(f"{EVENT}print/", event_views.life_event_print, name="life_event_print"),
    path(f"{EVENT}steps/<int:pk>/calendar/", event_views.life_event_calendar, name="life_event_calendar"),
    path("procedures/<str:code>/", views.detail, name="detail"),
    path("procedures/<str:code>/templates/<int:n>/", views.template, name="template"),
    path("procedures/<str:code>/blank-form/", paper_views.blank_form, name="blank_form"),
    path("procedures/<str:code>/fill/", paper_views.begin, name="fill"),
    path("procedures/<str:code>/fill/review/", paper_views.review, name="fill_review"),
    path("procedures/<str:code>/fill/print/", paper_views.print_page, name="fill_print"),
    path("procedures/<str:code>/fill/print/pdf/", paper_views.print_pdf, name="fill_pdf"),
    path("procedures/<str:code>/fill/discard/", paper_views.discard, name="fill_discard"),
    path("procedures/<str:code>/fill/parts/<str:section>/", paper_views.section, name="fill_section"),
]
