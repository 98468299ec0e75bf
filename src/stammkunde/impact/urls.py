from django.urls import path

from stammkunde.impact.views import left_alone, people, trials

urlpatterns = [
    path("impact/", trials.listed, name="impact"),
    path("impact/alone/", people.left_alone, name="left-alone"),
    path("impact/<int:pk>/", trials.one, name="trial"),
    path("impact/<int:pk>/cost/", trials.cost, name="trial-cost"),
    path("impact/<int:pk>/customers/", people.customers, name="trial-customers"),
    path("settings/left-alone/", left_alone.page, name="settings-year"),
]
