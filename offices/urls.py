"""Paths of the administrators of an installation."""

from django.urls import path

from .views import alerts, calendar, log, opening, people, posts, units

PERSON = "manage/people/<int:pk>/"
POST = f"{PERSON}posts/<int:post>/"
UNIT = "manage/units/<slug:slug>/"

urlpatterns = [
    path("manage/people/", people.people_list, name="people"),
    path("manage/people/invite/", people.invite, name="invite"),
    path(PERSON, people.person, name="person"),
    path(f"{PERSON}link/", people.send_link, name="send_link"),
    path(f"{PERSON}sessions/end/", people.end_sessions, name="end_sessions"),
    path(f"{PERSON}sessions/<int:session>/end/", people.end_session, name="end_session"),
    path(f"{PERSON}close/", people.close, name="close"),
    path(f"{PERSON}open/", people.open_again, name="open_again"),
    path(f"{PERSON}reassign/", posts.reassign, name="reassign"),
    path(f"{PERSON}posts/new/", posts.give, name="post_give"),
    path(POST, posts.change, name="post_change"),
    path(f"{POST}confirm/", posts.confirm, name="post_confirm"),
    path(f"{POST}end/", posts.end, name="post_end"),
    path(f"{POST}substitute/", posts.substitute, name="post_substitute"),
    path("manage/units/", units.unit_list, name="units"),
    path("manage/units/new/", units.add, name="unit_add"),
    path(UNIT, units.unit, name="unit"),
    path(f"{UNIT}change/", units.change, name="unit_change"),
    path(f"{UNIT}hours/", units.hours, name="unit_hours"),
    path(f"{UNIT}filing/", opening.filing, name="unit_filing"),
    path(f"{UNIT}close/", units.close, name="unit_close"),
    path(f"{UNIT}open/", units.open_again, name="unit_open"),
    path("manage/calendar/", calendar.year, name="calendar"),
    path("manage/calendar/new/", calendar.add, name="day_add"),
    path("manage/calendar/import/", calendar.import_days, name="calendar_import"),
    path("manage/calendar/days/<int:pk>/", calendar.change, name="day"),
    path("manage/calendar/days/<int:pk>/remove/", calendar.remove, name="day_remove"),
    path("manage/calendar/<int:number>/enter/", calendar.enter, name="year_enter"),
    path("manage/calendar/<int:number>/withdraw/", calendar.withdraw, name="year_withdraw"),
    path("manage/alerts/", alerts.alert_list, name="alerts"),
    path("manage/alerts/<int:pk>/acknowledge/", alerts.acknowledge, name="alert_acknowledge"),
    path("manage/log/", log.log, name="log"),
    path("manage/log/export/", log.export, name="log_export"),
]
