"""How numbers, money, days and pieces of pages are written."""

from django import template

register = template.Library()
