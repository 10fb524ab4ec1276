"""Officers' pages of parcels: what goes to the postman, records of handing over, what came back."""

from django.urls import path

from . import views

app_name = "post"
PARCEL = "desk/post/parcels/<str:order_code>/"
urlpatterns = [
    path("desk/post/", views.waiting, name="waiting"),
    path("desk/post/find/", views.find, name="find"),
    path("desk/post/parcels/", views.parcel_list, name="parcels"),
    path(PARCEL, views.parcel, name="parcel"),
    path(f"{PARCEL}label/", views.label, name="label"),
    path(f"{PARCEL}cancel/", views.cancel, name="cancel"),
    path(f"{PARCEL}again/", views.again, name="again"),
    path(f"{PARCEL}settle/", views.settle, name="settle"),
    path("desk/post/records/", views.records, name="records"),
    path("desk/post/records/<int:pk>/", views.record, name="record"),
]
