"""Comparisons in words, as people say them: “last purchase: more than 1.5 times as long ago as …”."""

import pytest
from django.utils import translation

from tests.segments.test_wording import GAP, told

LAST = {"happened": "orders", "measure": "last"}
SHOP = {"where": [{"column": "channel", "is": "is", "value": "Shop"}]}
RECENT, BEFORE = {"within": {"last": 90}}, {"within": {"ago": [90, 179]}}
ORDERS, TOTAL, MEAN = (
    {"happened": "orders", "measure": name} for name in ("count", "sum.total_cents", "avg.total_cents")
)
COMPARED = [
    (LAST, ">", 1.5, GAP,
     "letzter Kauf: mehr als 1,5-mal so lange her, wie im Mittel zwischen zwei Käufen vergeht",
     "last purchase: more than 1.5 times as long ago as the mean time between two purchases"),
    (LAST, ">", 1, GAP,
     "letzter Kauf: länger her, als im Mittel zwischen zwei Käufen vergeht",
     "last purchase: longer ago than the mean time between two purchases"),
    (LAST | SHOP, "<=", 0.8, GAP | SHOP,
     ("letzter Kauf (channel ist „Shop“): höchstens 80\N{NO-BREAK SPACE}% so lange her, "
      "wie im Mittel zwischen zwei davon vergeht"),
     "last purchase (channel is “Shop”): at most 80% as long ago as the mean time between two of these"),
    (LAST | SHOP, ">=", 1, GAP,
     "letzter Kauf (channel ist „Shop“): mindestens so lange her, wie im Mittel zwischen zwei Käufen vergeht",
     "last purchase (channel is “Shop”): at least as long ago as the mean time between two purchases"),
    (LAST, "<", 0.5, LAST | {"measure": "first"},
     "letzter Kauf: weniger als halb so lange her wie der erste Kauf",
     "last purchase: less than half as long ago as the first purchase"),
    (GAP | RECENT, ">=", 2, GAP | BEFORE,
     ("mittlerer Abstand zwischen zwei Käufen in den letzten 90 Tagen "
      "mindestens doppelt so lang wie vor 90 bis 179 Tagen"),
     "mean time between two purchases in the last 90 days at least twice as long as 90 to 179 days ago"),
    (GAP, "<", 1, LAST,
     "mittlerer Abstand zwischen zwei Käufen kürzer als die Zeit nach dem letzten Kauf",
     "mean time between two purchases shorter than the time after the last purchase"),
    (ORDERS | RECENT, "<", 1, ORDERS | BEFORE,
     "Käufe in den letzten 90 Tagen: weniger als vor 90 bis 179 Tagen",
     "purchases in the last 90 days: fewer than 90 to 179 days ago"),
    (ORDERS | RECENT, ">=", 3, ORDERS | BEFORE,
     "Käufe in den letzten 90 Tagen: mindestens 3-mal so viele wie vor 90 bis 179 Tagen",
     "purchases in the last 90 days: at least 3 times as many as 90 to 179 days ago"),
    (ORDERS | RECENT, ">", 0.5, ORDERS,
     "Käufe in den letzten 90 Tagen: mehr als halb so viele wie insgesamt",
     "purchases in the last 90 days: more than half as many as altogether"),
    (TOTAL | RECENT, ">", 1, TOTAL | BEFORE,
     "Käufe in den letzten 90 Tagen: total zusammen höher als vor 90 bis 179 Tagen",
     "purchases in the last 90 days: total in total higher than 90 to 179 days ago"),
    (TOTAL | RECENT, "<=", 0.8, MEAN | BEFORE,
     ("Käufe in den letzten 90 Tagen: total zusammen höchstens 80\N{NO-BREAK SPACE}% "
      "so hoch wie total im Schnitt vor 90 bis 179 Tagen"),
     "purchases in the last 90 days: total in total at most 80% as high as total on average 90 to 179 days ago"),
    (TOTAL | SHOP, "<", 2, TOTAL,
     "Käufe (channel ist „Shop“): total zusammen weniger als doppelt so hoch wie (Käufe: total zusammen)",
     "purchases (channel is “Shop”): total in total less than twice as high as (purchases: total in total)"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "operator", "times", "right", "german", "english"), COMPARED)
def test_comparison_is_said_as_people_say_it(left, operator, times, right, german, english):
    rule = {"left": left, "is": operator, "times": times, "right": right}
    with translation.override("de"):
        assert told(rule).replace("_cents", "") == german
    with translation.override("en"):
        assert told(rule).replace("_cents", "") == english
