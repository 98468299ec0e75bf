from django.urls import path

from stammkunde.tasks import views

urlpatterns = [
    path("tasks/", views.add, name="task-add"),
    path("tasks/<int:pk>/hand-over/", views.hand_over, name="task-hand-over"),
    path("tasks/<int:pk>/reopen/", views.reopen, name="task-reopen"),
]
