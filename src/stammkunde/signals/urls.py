from django.urls import path

from stammkunde.signals.views import settings, warnings

urlpatterns = [
    path("warnings/", warnings.warnings, name="warnings"),
    path("warnings/act/", warnings.act, name="warnings-act"),
    path("settings/", settings.settings, name="settings"),
    path("settings/refresh/", settings.refresh, name="settings-refresh"),
]
