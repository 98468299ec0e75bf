from django.urls import path

from stammkunde.calls.views import call, calls, guides

urlpatterns = [
    path("calls/<int:pk>/", call.page, name="call"),
    path("calls/<int:pk>/record/", call.record, name="call-record"),
    path("calls/<int:pk>/take-up/", call.take_up, name="call-take-up"),
    path("calls/<int:pk>/let-go/", call.let_go, name="call-let-go"),
    path("calls/<int:pk>/draft/", calls.draft, name="call-draft"),
    path("calls/<int:pk>/undo/", calls.undo, name="call-undo"),
    path("calls/calendar/", calls.calendar_page, name="calendar"),
    path("calls/calendar/<str:token>.ics", calls.feed, name="calendar-feed"),
    path("calls/guides/", guides.every, name="guides"),
    path("calls/guides/<slug:kind>/<slug:language>/<slug:form>/", guides.edit, name="guide"),
    path("calls/guides/<slug:kind>/<slug:language>/<slug:form>/reset/", guides.reset, name="guide-reset"),
]
