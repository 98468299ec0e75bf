from django.urls import path

from stammkunde.team.views import drafts, forgotten, sessions, tokens
from stammkunde.team.views import people as views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("forgotten/", forgotten.ask, name="forgotten"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("language/", views.language, name="language"),
    path("appearance/", views.appearance, name="appearance"),
    path("set-password/<str:person>/<str:token>/", views.set_password, name="set-password"),
    path("drafts/", drafts.offer, name="draft"),
    path("drafts/save/", drafts.save, name="draft-save"),
    path("drafts/discard/", drafts.discard, name="draft-discard"),
    path("profile/", views.profile, name="profile"),
    path("profile/password/", views.password, name="password"),
    path("profile/tokens/", tokens.page, name="tokens"),
    path("profile/tokens/<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("profile/sessions/end/", sessions.end_all, name="sessions-end"),
    path("profile/sessions/<str:handle>/end/", sessions.end, name="session-end"),
    path("settings/sessions/", sessions.settings, name="settings-sessions"),
    path("staff/", views.staff_list, name="staff"),
    path("staff/new/", views.staff_add, name="staff-add"),
    path("staff/<int:pk>/", views.staff_edit, name="staff-edit"),
    path("staff/<int:pk>/link/", views.staff_link, name="staff-link"),
    path("staff/<int:pk>/sessions/end/", sessions.end_of_staff, name="staff-sessions-end"),
    path("staff/<int:pk>/tokens/<int:token>/revoke/", tokens.revoke_of_staff, name="staff-token-revoke"),
    path("audit/", views.audit, name="audit"),
]
