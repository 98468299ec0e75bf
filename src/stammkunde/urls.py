from django.urls import include, path

urlpatterns = [
    path("", include("stammkunde.home.urls")),
    path("", include("stammkunde.customers.urls")),
    path("", include("stammkunde.activity.urls")),
    path("", include("stammkunde.intake.urls")),
    path("", include("stammkunde.team.urls")),
]
