from django.urls import path

from stammkunde.home.views import charts

urlpatterns = [
    # Overview, products and their charts
    path("charts/bundle/<str:name>", charts.bundle, name="chart-bundle"),
    # Today, customers and the customer page
]
