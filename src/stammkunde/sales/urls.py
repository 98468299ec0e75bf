from django.urls import path

from stammkunde.sales import views

urlpatterns = [path("customers/<int:pk>/orders/", views.orders, name="customer-orders")]
