from django.urls import path

from stammkunde.segments.views import builder, customers, groups, numbers

urlpatterns = [
    path("customers/", customers.customers_list, name="customers"),
    path("customers/proofs/", customers.proofs, name="customers-proofs"),
    path("customers/assign/", customers.assign, name="customers-assign"),
    path("segments/", groups.listed, name="segments"),
    path("segments/new/", builder.new, name="segment-new"),
    path("segments/numbers/", numbers.page, name="segment-numbers"),
    path("segments/selected/", numbers.selected, name="segment-selected"),
    path("segments/<int:pk>/", groups.one, name="segment"),
    path("segments/<int:pk>/edit/", builder.edit, name="segment-edit"),
    path("segments/<int:pk>/why/<int:customer_pk>/", groups.why, name="segment-why"),
    path("segments/<int:pk>/rename/", groups.rename, name="segment-rename"),
    path("segments/<int:pk>/archive/", groups.archive, name="segment-archive"),
    path("segments/<int:pk>/restore/", groups.restore, name="segment-restore"),
    path("segments/<int:pk>/delete/", groups.delete, name="segment-delete"),
]
