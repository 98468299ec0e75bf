from django.urls import path

from stammkunde.figures.views import charts, hours, ideal, lost, overview, products, proof

urlpatterns = [
    # Overview, products and their charts
    path("", overview.overview, name="overview"),
    path("overview/state/", overview.state, name="figures-state"),
    path("overview/point/export/", overview.take_point, name="point-export"),
    path("charts/<slug:name>.<slug:ending>", charts.chart, name="chart"),
    path("charts/<slug:name>.<slug:ending>/take/", charts.take, name="chart-take"),
    path("charts/bundle/<str:name>", charts.bundle, name="chart-bundle"),
    path("products/", products.products, name="products"),
    path("products/export/", products.export, name="products-export"),
    path("products/<int:pk>/", products.product, name="product"),
    # How good the early warning is
    path("warnings/proof/", proof.proof, name="warnings-proof"),
    # The time budget
    path("time/", hours.time, name="time"),
    path("time/export/", hours.export, name="time-export"),
    # What the lost, and the best, have in common
    path("lost/", lost.lost, name="lost"),
    path("lost/export/", lost.export, name="lost-export"),
    path("ideal-customer/", ideal.ideal, name="ideal-customer"),
    path("ideal-customer/score/", ideal.score, name="ideal-customer-score"),
    path("ideal-customer/take/", ideal.take, name="ideal-customer-take"),
]
