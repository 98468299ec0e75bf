from django.urls import path

from stammkunde.contacts import views

urlpatterns = [
    path("customers/<int:pk>/contacts/add/", views.add, name="contact-add"),
    path("contacts/<int:pk>/take-back/", views.take_back, name="contact-take-back"),
]
