from django.urls import path

from stammkunde.tasks import views

urlpatterns = [
    path("tasks/", views.add, name="task-add"),
    path("tasks/<int:pk>/finish/", views.finish, name="task-finish"),
    path("tasks/<int:pk>/reopen/", views.reopen, name="task-reopen"),
]
