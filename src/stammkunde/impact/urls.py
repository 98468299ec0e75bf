from django.urls import path

from stammkunde.impact.views import left_alone, trials

urlpatterns = [
    path("impact/", trials.listed, name="impact"),
    path("impact/alone/", trials.left_alone, name="left-alone"),
    path("impact/<int:pk>/", trials.one, name="trial"),
    path("impact/<int:pk>/customers/", trials.customers, name="trial-customers"),
    path("settings/left-alone/", left_alone.page, name="settings-year"),
]
