from django.urls import path

from stammkunde.plays import views

urlpatterns = [
    path("plays/", views.listed, name="plays"),
    path("plays/thanks/", views.new_thanks, name="thanks-new"),
    path("plays/<int:pk>/", views.one, name="play"),
    path("plays/<int:pk>/people/", views.people, name="play-people"),
    path("plays/<int:pk>/start/", views.start, name="play-start"),
    path("plays/<int:pk>/pause/", views.pause, name="play-pause"),
    path("plays/<int:pk>/resume/", views.resume, name="play-resume"),
    path("plays/<int:pk>/stop/", views.stop, name="play-stop"),
]
