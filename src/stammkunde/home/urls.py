from django.urls import path

from stammkunde.home.views import contact, customer, today

urlpatterns = [
    # Today, customers and the customer page
    path("today/", today.today, name="today"),
    path("today/act/", today.act, name="today-act"),
    path("today/calls/", today.call_list, name="call-list"),
    path("customers/<int:pk>/", customer.customer, name="customer"),
    path("customers/<int:pk>/timeline/", customer.timeline, name="customer-timeline"),
    path("customers/<int:pk>/contact/", contact.page, name="customer-contact"),
    path("customers/<int:pk>/contact/export/", contact.export_one, name="customer-consents-export"),
    path("customers/consents/export/", contact.export, name="consents-export"),
]
