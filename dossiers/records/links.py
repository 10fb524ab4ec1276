"""Whole addresses of a dossier's pages, for mails and codes on paper."""

from django.conf import settings
from django.urls import reverse

from ..models import Dossier


def tracking_link(dossier: Dossier) -> str:
    """Return the address of the public look-up page of a dossier with a code."""
    return settings.SITE_URL + reverse("track:dossier", args=[dossier.code])


def desk_link(dossier: Dossier) -> str:
    """Return the address of the desk's page of a dossier with a code."""
    return settings.SITE_URL + reverse("desk:dossier", args=[dossier.code])


def calendar_link(dossier: Dossier) -> str:
    """Return the address at which the owner gets the promised date as a calendar file."""
    return settings.SITE_URL + reverse("applicant:calendar", args=[dossier.ref])


def signing_calendar_link(dossier: Dossier) -> str:
    """Return the address at which the owner gets the day to come and sign as a calendar file."""
    return settings.SITE_URL + reverse("applicant:signing_calendar", args=[dossier.ref])


def applicant_link(dossier: Dossier) -> str:
    """Return the address of the page the applicant should open: their own, else the look-up."""
    if dossier.owner is None or not dossier.owner.is_active:
        return tracking_link(dossier)
    return settings.SITE_URL + reverse("applicant:dossier", args=[dossier.ref])
