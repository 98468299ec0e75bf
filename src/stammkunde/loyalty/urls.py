from django.urls import path

from stammkunde.loyalty.views import accounts, by_hand, rules

urlpatterns = [
    path("points/", accounts.listed, name="points"),
    path("points/rules/", rules.rules, name="points-rules"),
    path("points/proposals/<int:pk>/agree/", by_hand.agree, name="points-agree"),
    path("points/proposals/<int:pk>/refuse/", by_hand.refuse, name="points-refuse"),
    path("customers/<int:pk>/points/", accounts.of_customer, name="customer-points"),
    path("customers/<int:pk>/points/join/", accounts.join, name="points-join"),
    path("customers/<int:pk>/points/book/", by_hand.book, name="points-book"),
    path("settings/points/", by_hand.settings, name="settings-points"),
]
