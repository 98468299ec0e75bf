from django.urls import path

from stammkunde.signals.views import customer, settings, warnings

urlpatterns = [
    path("warnings/", warnings.warnings, name="warnings"),
    path("warnings/act/", warnings.act, name="warnings-act"),
    path("customers/<int:pk>/orders/", customer.orders, name="customer-orders"),
    path("customers/<int:pk>/risk/", customer.risk, name="customer-risk"),
    path("settings/", settings.settings, name="settings"),
    path("settings/refresh/", settings.refresh, name="settings-refresh"),
    path("settings/costs/", settings.costs, name="settings-costs"),
    path("settings/costs/years/", settings.year_costs, name="settings-year-costs"),
]
