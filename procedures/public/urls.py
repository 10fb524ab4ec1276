"""Paths of the catalogue as everybody sees it."""

from django.urls import path

from ..paper import views as paper_views
from . import views

app_name = "procedures"
urlpatterns = [
    path("procedures/", views.find, name="find"),
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
