from django.urls import path

from stammkunde.sales import views

urlpatterns = [
    path("returns/", views.returns, name="returns"),
    path("returns/<int:pk>/", views.purchases, name="return"),
    path("returns/<int:pk>/name/", views.name, name="return-name"),
    path("returns/<int:pk>/undo/", views.undo, name="return-undo"),
]
