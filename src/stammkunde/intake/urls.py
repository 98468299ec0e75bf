from django.urls import path

from stammkunde.intake import views
from stammkunde.intake.views import several

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/upload/", views.upload, name="import-upload"),
    path("imports/together/", several.put_together, name="imports-put-together"),
    path("imports/together/<str:key>/", several.several, name="imports-together"),
    path("imports/together/<str:key>/start/", several.start_together, name="imports-start-together"),
    path("imports/templates/<slug:name>.csv", views.template, name="import-template"),
    path("imports/<int:pk>/", views.detail, name="import"),
    path("imports/<int:pk>/preview/", views.preview, name="import-preview"),
    path("imports/<int:pk>/split/", views.split, name="import-split"),
    path("imports/<int:pk>/mapping/", views.save_mapping, name="import-mapping"),
    path("imports/<int:pk>/start/", views.start, name="import-start"),
    path("imports/<int:pk>/progress/", views.progress, name="import-progress"),
    path("imports/<int:pk>/undo/", views.undo, name="import-undo"),
    path("imports/<int:pk>/discard/", views.discard, name="import-discard"),
    path("imports/<int:pk>/refused/", views.refused, name="import-refused"),
]
