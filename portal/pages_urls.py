"""Paths of the pages that everybody may read and of the display settings."""

from django.urls import path

from . import demo_mail, display, sitemaps, views

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_page, name="help"),
    path("contact/", views.contact, name="contact"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("sitemap/", views.site_map, name="site_map"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<int:n>.xml", sitemaps.part, name="sitemap_part"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("display/", display.display, name="display"),
    path("language/", display.language, name="language"),
    path("demo/mail/", demo_mail.demo_mail, name="demo_mail"),
    path("demo/mail/<int:pk>/", demo_mail.demo_mail_message, name="demo_mail_message"),
]
