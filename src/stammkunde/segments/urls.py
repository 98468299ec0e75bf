from django.urls import path

from stammkunde.segments import views

urlpatterns = [
    path("customers/", views.customers_list, name="customers"),
    path("customers/proofs/", views.proofs, name="customers-proofs"),
    path("customers/assign/", views.assign, name="customers-assign"),
]
