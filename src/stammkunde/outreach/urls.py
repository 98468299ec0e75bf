from django.urls import path

from stammkunde.outreach.views import events, messages, preview, templates, write

urlpatterns = [
    path("messages/", messages.listed, name="messages"),
    path("messages/<int:pk>/", messages.one, name="message"),
    path("messages/<int:pk>/send-again/", messages.send_again, name="message-send-again"),
    path("messages/<int:pk>/count-as-sent/", messages.count_as_sent, name="message-count-as-sent"),
    path("messages/<int:pk>/stop/", messages.stop, name="message-stop"),
    path("messages/<int:pk>/lift/", messages.lift, name="message-lift"),
    path("templates/", templates.listed, name="templates"),
    path("templates/add/", templates.add, name="template-add"),
    path("templates/start/", templates.start, name="template-start"),
    path("templates/<int:pk>/", templates.edit, name="template"),
    path("templates/<int:pk>/change/", templates.change, name="template-change"),
    path("templates/<int:pk>/gaps/", templates.gaps, name="template-gaps"),
    path("templates/<int:pk>/duplicate/", templates.duplicate, name="template-duplicate"),
    path("templates/<int:pk>/archive/", templates.archive, name="template-archive"),
    path("templates/<int:pk>/take-out/", templates.take_out, name="template-take-out"),
    path("written/<str:draft>/", preview.framed, name="preview"),
    path("customers/<int:pk>/write/", write.page, name="customer-write"),
    path("mail-events/", events.signed, name="mail-events"),
    path("mail-events/<slug:name>/", events.provider, name="mail-events-provider"),
]
