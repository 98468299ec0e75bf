from django.urls import path

from stammkunde.segments import views

urlpatterns = [
    path("customers/", views.customers_list, name="customers"),
    path("customers/export/", views.export, name="customers-export"),
    path("customers/assign/", views.assign, name="customers-assign"),
    path("customers/views/", views.save_view, name="customers-save-view"),
    path("customers/views/<int:pk>/remove/", views.remove_view, name="customers-remove-view"),
]
