from django.urls import path

from stammkunde.outreach.views import events, messages

urlpatterns = [
    path("messages/", messages.listed, name="messages"),
    path("messages/<int:pk>/", messages.one, name="message"),
    path("messages/<int:pk>/send-again/", messages.send_again, name="message-send-again"),
    path("messages/<int:pk>/count-as-sent/", messages.count_as_sent, name="message-count-as-sent"),
    path("messages/<int:pk>/stop/", messages.stop, name="message-stop"),
    path("messages/<int:pk>/lift/", messages.lift, name="message-lift"),
    path("mail-events/", events.signed, name="mail-events"),
    path("mail-events/<slug:name>/", events.provider, name="mail-events-provider"),
]
