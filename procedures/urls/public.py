"""Paths of the catalogue as everybody sees it."""

from django.urls import path

from ..views import fill, public

app_name = "procedures"
urlpatterns = [
    path("procedures/", public.find, name="find"),
    path("procedures/<str:code>/", public.detail, name="detail"),
    path("procedures/<str:code>/templates/<int:n>/", public.template, name="template"),
    path("procedures/<str:code>/blank-form/", fill.blank_form, name="blank_form"),
    path("procedures/<str:code>/fill/", fill.begin, name="fill"),
    path("procedures/<str:code>/fill/review/", fill.review, name="fill_review"),
    path("procedures/<str:code>/fill/print/", fill.print_page, name="fill_print"),
    path("procedures/<str:code>/fill/print/pdf/", fill.print_pdf, name="fill_pdf"),
    path("procedures/<str:code>/fill/discard/", fill.discard, name="fill_discard"),
    path("procedures/<str:code>/fill/parts/<str:section>/", fill.section, name="fill_section"),
]
