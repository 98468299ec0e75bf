from django.urls import path

from stammkunde.home.views import (
    charts,
    contact,
    customer,
    hours,
    ideal,
    lost,
    overview,
    products,
    settings,
    today,
    warnings,
)

urlpatterns = [
    # Overview, products and their charts
    path("", overview.overview, name="overview"),
    path("overview/state/", overview.state, name="figures-state"),
    path("charts/<slug:name>.<slug:ending>", charts.chart, name="chart"),
    path("charts/<slug:name>.<slug:ending>/take/", charts.take, name="chart-take"),
    path("charts/bundle/<str:name>", charts.bundle, name="chart-bundle"),
    path("products/", products.products, name="products"),
    path("products/export/", products.export, name="products-export"),
    path("products/<int:pk>/", products.product, name="product"),
    # The early warning
    path("warnings/", warnings.warnings, name="warnings"),
    path("warnings/act/", warnings.act, name="warnings-act"),
    path("warnings/export/", warnings.export, name="warnings-export"),
    path("warnings/proof/", warnings.proof, name="warnings-proof"),
    # Today, customers and the customer page
    path("today/", today.today, name="today"),
    path("today/act/", today.act, name="today-act"),
    path("today/calls/", today.call_list, name="call-list"),
    path("time/", hours.time, name="time"),
    path("time/export/", hours.export, name="time-export"),
    path("customers/<int:pk>/", customer.customer, name="customer"),
    path("customers/<int:pk>/orders/", customer.orders, name="customer-orders"),
    path("customers/<int:pk>/risk/", customer.risk, name="customer-risk"),
    path("customers/<int:pk>/timeline/", customer.timeline, name="customer-timeline"),
    path("customers/<int:pk>/contact/", contact.page, name="customer-contact"),
    path("customers/<int:pk>/contact/export/", contact.export_one, name="customer-consents-export"),
    path("customers/consents/export/", contact.export, name="consents-export"),
    # What the lost, and the best, have in common
    path("lost/", lost.lost, name="lost"),
    path("lost/export/", lost.export, name="lost-export"),
    path("ideal-customer/", ideal.ideal, name="ideal-customer"),
    path("ideal-customer/score/", ideal.score, name="ideal-customer-score"),
    path("ideal-customer/take/", ideal.take, name="ideal-customer-take"),
    # What the company decided
    path("settings/", settings.settings, name="settings"),
    path("settings/refresh/", settings.refresh, name="settings-refresh"),
    path("settings/contact/", settings.contact, name="settings-contact"),
    path("settings/post/", settings.paper, name="settings-paper"),
    path("settings/sending/", settings.sending, name="settings-sending"),
    path("settings/sending/test/", settings.send_test, name="settings-send-test"),
]
