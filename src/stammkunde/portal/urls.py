from django.urls import path

from stammkunde.portal.views import optin, preferences, unsubscribe

urlpatterns = [
    path("c/confirm/<str:token>/", optin.confirm, name="portal-optin"),
    path("c/unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="portal-unsubscribe"),
    path("c/preferences/<str:token>/", preferences.preferences, name="portal-preferences"),
]
