"""The words of questions about a file, of their answers, and of kinds of documents."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

QUESTIONS = {
    "layout": _("What kind of file is this?"),
    "tax_rate": _("The prices include VAT: how much, in percent?"),
    "repeated": _("Some headings stand in the file more than once (%(column)s). Which of these columns are meant?"),
    "buyer": _("As it stands, nobody would have bought: every order would be a guest's. Which column says who bought?"),
    "amounts": _(
        "The file has amounts (%(column)s), and as orders it would come without them. Is the money in a file of lines? "
        "If not, choose below that the file contains documents, one row each."
    ),
    "decimal": _("What is meant by %(value)s in the column “%(column)s”?"),
    "date_order": _("Which day is %(value)s in the column “%(column)s”?"),
    "credit": _("“%(column)s” has amounts on both sides, H and S: which of them are sales?"),
    "price_basis": _("Do the amounts in the column “%(column)s” include VAT?"),
    "price_of": _("What is the price in the column “%(column)s” for?"),
    "tax": _("What does the column “%(column)s” hold?"),
    "discounts": _("“%(column)s” has values with and without a minus: which of them lower the price?"),
    "percent": _("What is meant by %(value)s in the column “%(column)s”?"),
    "kind": _("“%(about)s” in column “%(column)s”: what kind of document is that?"),
    "status": _("“%(about)s” in column “%(column)s”: what state is such an order in?"),
    "owner": _(
        "“%(about)s” looks after customers in this file (column “%(column)s”, customers: %(rows)s), and nobody of the "
        "staff is known as that. Who is it?"
    ),
    "whole": _(
        "Orders that are known with lines that this file does not have: %(documents)s (lines: %(lines)s). Does the "
        "file hold each order whole?"
    ),
    "totals_known": _(
        "Documents that are known by their totals, and stand in this file with their lines: %(documents)s. Do the "
        "lines take the place of the totals?"
    ),
    "lines_known": _(
        "Documents that are known with their lines, and stand in this file by their totals: %(documents)s. Are these "
        "the same sales?"
    ),
}
_LEFT_OUT = _("No sale: leave these rows out")
ANSWERS: dict[str, dict[str, Promise]] = {  # of each kind of question: value → words
    "repeated": {
        "1": _("the first of each"),
        "2": _("the second of each"),
        "3": _("the third of each"),
        "4": _("the fourth of each"),
    },
    "buyer": {"-": _("none: they are all guests")},
    "amounts": {"lines": _("yes, the lines come in a file of their own")},
    "decimal": {",": _("The comma parts the decimals"), ".": _("The point parts the decimals")},
    "date_order": {"dmy": _("The day comes first"), "mdy": _("The month comes first")},
    "credit": {"plus": _("H (credit) adds, S (debit) takes away"), "minus": _("S (debit) adds, H (credit) takes away")},
    "price_basis": {"net": _("No, they are net"), "gross": _("Yes, they are gross")},
    "price_of": {"unit": _("One piece"), "line": _("The whole line, whatever the quantity")},
    "tax": {"rate": _("The rate, in percent"), "amount": _("The amount, in money")},
    "discounts": {"positive": _("Those without a minus"), "negative": _("Those with a minus")},
    "percent": {"fraction": _("A share: 0.1 is ten percent"), "percent": _("Percent: 0.1 is a tenth of a percent")},
    "kind": {
        "sale": _("A sale: an invoice, a receipt, an order"),
        "return": _("A credit note or a return: it takes away"),
        "adjustment": _("A correction, with the sign that stands there"),
        "none": _LEFT_OUT,
    },
    "status": {
        "completed": _("Done: paid, delivered or invoiced"),
        "open": _("Open: it counts, but is not done"),
        "cancelled": _("Cancelled: it counts nowhere"),
        "none": _LEFT_OUT,
    },
    "owner": {"none": _("Nobody here: who looks after these customers stays as it is")},
    "whole": {
        "yes": _("Yes: lines that it no longer has were taken out, and count no more"),
        "no": _("No: those lines stand in other files, and go on counting"),
    },
    "totals_known": {
        "lines": _("Yes: the lines count, and the totals count no more"),
        "both": _("No: these are other sales, and both count"),
    },
    "lines_known": {
        "lines": _("Yes: the lines go on counting, and these totals do not count beside them"),
        "both": _("No: these are other sales, and both count"),
    },
}
KINDS = {
    "sale": _("Sales"),
    "return": _("Returns and credit notes"),
    "cancellation": _("Cancellations"),
    "adjustment": _("Adjustments"),
    "offer": _("Offers"),
    "order": _("Orders beside their invoices"),
    "delivery": _("Delivery notes"),
    "draft": _("Drafts"),
    "none": _("Left out"),
    "unknown": _("Not answered yet"),
    "completed": _("Completed"),
    "open": _("Open"),
    "cancelled": _("Cancelled"),
}
