"""
Forms below all others: how they are written, what a day is typed into, and what an address asks for.

`{{ form }}` and `{{ form.email.as_field_group }}` write our own markup: label, hint and errors belong together, and the
widgets need no classes.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.renderers import TemplatesSetting

FIRST_YEAR, LAST_YEAR = 1800, 2199

if TYPE_CHECKING:
    from django.forms import ModelForm as ModelForm  # noqa: PLC0414 (handed on, which mypy wants said)
else:

    class ModelForm(forms.ModelForm):
        """Django's own, which says to type checkers alone of which model it is: `ModelForm[Staff]`."""

        def __class_getitem__(cls, _model: type) -> type:
            return cls


class Renderer(TemplatesSetting):
    """Writes forms and fields as `ui/components` do."""

    form_template_name = "ui/components/form.html"
    field_template_name = "ui/components/field.html"


def choice_of(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """Give a field that is chosen from a list, so that a form can say which one."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


def options_of(form: forms.BaseForm, name: str) -> list[tuple[Any, Any]]:
    """Give what can be chosen in a field: values and their labels."""
    return list(cast("Iterable[tuple[Any, Any]]", choice_of(form, name).choices))


def row_of(form: forms.BaseForm, name: str) -> "forms.ModelChoiceField[Any]":
    """Give a field that is chosen from rows, so that a form can say which ones."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field


class DayField(forms.DateField):
    """A day, typed or chosen from the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        """Read a day that people mean: near the ends of the calendar there is no day before or after."""
        day: date | None = super().to_python(value)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class Search(forms.Form):
    """
    What a list's address asks for. Every field may be left out; what cannot be read does not filter.

    A field called `q` is the search to which the key `/` leads.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = False
            if name == "q":
                field.widget = forms.TextInput(attrs={"type": "search", "data-search": True, **field.widget.attrs})

    def chosen(self) -> dict[str, Any]:
        """Give what was chosen, field by field; what was not is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
