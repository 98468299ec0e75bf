from django.urls import path

from stammkunde.portal.views import optin, preferences, signup, unsubscribe

urlpatterns = [
    path("c/confirm/<str:token>/", optin.confirm, name="portal-optin"),
    path("c/unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="portal-unsubscribe"),
    path("c/preferences/<str:token>/", preferences.preferences, name="portal-preferences"),
    path("c/signup/", signup.page, name="portal-signup"),
    path("c/signup/sent/", signup.sent, name="portal-signup-sent"),
    path("settings/signup/", signup.settings, name="settings-signup"),
]
