from django.urls import path

from stammkunde.home.views import charts, overview

urlpatterns = [
    # Overview, products and their charts
    path("", overview.overview, name="overview"),
    path("overview/state/", overview.state, name="figures-state"),
    path("overview/customers/<slug:group>/", overview.behind, name="overview-behind"),
    path("charts/<slug:name>.<slug:ending>", charts.chart, name="chart"),
    path("charts/bundle/<str:name>", charts.bundle, name="chart-bundle"),
    # Today, customers and the customer page
]
