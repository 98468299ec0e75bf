from django.urls import include, path

from stammkunde import health

urlpatterns = [
    path("health/", health.page, name="health"),
    path("", include("stammkunde.home.urls")),
    path("", include("stammkunde.customers.urls")),
    path("", include("stammkunde.activity.urls")),
    path("", include("stammkunde.intake.urls")),
    path("", include("stammkunde.team.urls")),
]
