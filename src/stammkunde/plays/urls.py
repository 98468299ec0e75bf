from django.urls import path

from stammkunde.plays.views import campaigns, plays, ready, shares

urlpatterns = [
    path("campaigns/new/", campaigns.new, name="campaign-new"),
    path("campaigns/calls/", campaigns.new_calls, name="call-campaign-new"),
    path("campaigns/consent/", campaigns.new_consent, name="consent-campaign-new"),
    path("plays/", plays.listed, name="plays"),
    path("plays/thanks/", plays.new_thanks, name="thanks-new"),
    path("plays/ready/", ready.listed, name="play-ready"),
    path("plays/ready/<slug:key>/", ready.one, name="play-ready-one"),
    path("plays/<int:pk>/", plays.one, name="play"),
    path("plays/<int:pk>/people/", plays.people, name="play-people"),
    path("plays/<int:pk>/start/", plays.start, name="play-start"),
    path("plays/<int:pk>/schedule/", plays.schedule, name="play-schedule"),
    path("plays/<int:pk>/take-back/", plays.take_back, name="play-take-back"),
    path("plays/<int:pk>/pause/", plays.pause, name="play-pause"),
    path("plays/<int:pk>/resume/", plays.resume, name="play-resume"),
    path("plays/<int:pk>/try-again/", plays.try_again, name="play-try-again"),
    path("plays/<int:pk>/stop/", plays.stop, name="play-stop"),
    path("plays/<int:pk>/share/", shares.share, name="play-share"),
    path("shares/<int:pk>/end/", shares.end, name="share-end"),
    path("c/s/<str:token>/", shares.follow, name="share-link"),
]
