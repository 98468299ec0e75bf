"""The words of what is wrong with a row of a file, and what to do about it."""

from django.utils.translation import gettext_lazy as _

MEND_ROW = _("Correct the row and import it again.")

# code → (reason, cure); `%(value)s` is the value in quotation marks, or "the value" where it is not at hand.
OF_ROWS = {
    "row_width": (
        _("The row has %(found)s cells, the heading has %(expected)s."),
        _("Look for a separator too many or too few; cells that contain the separator need quotation marks."),
    ),
    "quote_not_closed": (
        _("A quotation mark is not closed; lines %(first)s to %(last)s cannot be told apart."),
        _("Close the quotation mark, or write one that belongs to the text twice."),
    ),
    "quote_alone": (
        _("From here on, quotation marks stand alone in some rows; they were taken as text."),
        _("Check the cells with quotation marks; one that belongs to the text is to be written twice."),
    ),
    "cell_too_long": (
        _("The cell is longer than %(limit)s characters."),
        _("Shorten the cell, or leave the column out."),
    ),
    "nul_bytes": (
        _("The row contains characters that no text has (NUL)."),
        _("Export the file again; this row is damaged."),
    ),
    "json_row": (
        _("The line is not a JSON object."),
        _("Write one object in curly brackets on each line."),
    ),
    "row_total": (
        _("%(value)s: the row is a total of others and was set aside."),
        _("If it is a row like all others, choose so in the preview under “How the file is written”."),
    ),
    "row_heading": (
        _("The headings stand here once more; the row was set aside."),
        _("Nothing to do."),
    ),
    "row_note": (
        _("%(value)s: the row is a note on the list, and was set aside."),
        _("If it is a row like all others, choose so in the preview under “How the file is written”."),
    ),
    "row_filled": (
        _("In %(rows)s rows, what holds for the whole order is missing; it was taken from the row above them."),
        _("If these are orders of their own, choose so in the preview under “How the file is written”."),
    ),
    "total_beside_lines": (
        _("Documents that are here with their lines: %(documents)s. Their totals do not count a second time."),
        _("If these are other sales, undo the import, make a dry run, and answer its question."),
    ),
    "missing_value": (_("The value is missing."), _("Fill in the cell and import the row again.")),
    "key_too_long": (
        _("%(value)s is longer than %(limit)s characters."),
        _("A number of this kind is short; check whether the column is the right one."),
    ),
    "key_rounded": (
        _("%(value)s is no number any more: a spreadsheet has rounded it."),
        _("Export the file again and do not open it in Excel, or format the column as text before you fill it."),
    ),
    "zeros_lost": (
        _("%(value)s may have lost zeros in front: others in the column have %(digits)s digits and begin with 0."),
        _("Check the number. Where zeros are lost, export the file again and do not open it in Excel."),
    ),
    "text_cut": (
        _("%(value)s was cut to %(limit)s characters."),
        _("Shorten the text if the end of it matters."),
    ),
    "broken_characters": (
        _("%(value)s contains characters that could not be read."),
        _("Export the file again as UTF-8, or choose another encoding."),
    ),
    "not_a_number": (
        _("%(value)s is not a number."),
        _("Write it like %(number_example)s, or choose another decimal mark."),
    ),
    "number_too_large": (
        _("The number is too large to be true."),
        _("Check the value and the decimal mark."),
    ),
    "other_currency": (
        _("The amount is in %(found)s; this installation reckons in %(expected)s."),
        _("Convert the row to %(expected)s, or leave it out."),
    ),
    "unknown_choice": (
        _("%(value)s is not known here."),
        _("Taken instead: %(taken)s. Known are: %(known)s."),
    ),
    "no_sale": (
        _("%(value)s is no sale: rows set aside: %(rows)s."),
        _("Nothing to do. If they are sales, say so in the preview, or by the option %(option)s."),
    ),
    "order_beside_invoices": (
        _("%(value)s stands beside invoices: rows set aside, so that nothing counts twice: %(rows)s."),
        _("Nothing to do. If they are sales of their own, say so in the preview, or by the option %(option)s."),
    ),
    "choice_needed": (
        _("%(value)s is not known here."),
        _("Write one of these: %(known)s."),
    ),
    "tax_missing": (
        _("The price includes VAT, and the row does not say how much."),
        _("Fill in the VAT rate of the row, or give one for the whole file."),
    ),
    "not_an_email": (
        _("%(value)s is not an e-mail address; it was left out."),
        _("Correct the address and import the row again."),
    ),
    "not_a_date": (_("%(value)s is not a date."), _("Write it like %(date_example)s.")),
    "date_in_future": (
        _("%(value)s lies in the future."),
        _("Check the year, and whether day and month are in the right order."),
    ),
    "date_too_early": (
        _("%(value)s lies before %(earliest_year)s."),
        _("Check the year; write it with four digits."),
    ),
    "basis_contradicted": (
        _("By the VAT that the rows name, these prices are %(shown_basis)s, which is not what was chosen."),
        _("Check whether prices include VAT. If what was chosen is right, there is nothing to do."),
    ),
    "order_incomplete": (
        _("Row %(row)s of the same order was refused."),
        _("Correct that row; an order is imported whole or not at all."),
    ),
    "price_not_positive": (
        _("The amount is zero or negative; the line counts as an adjustment."),
        _("Nothing to do if that is what happened."),
    ),
    "cost_of_nothing": (
        _("A cost of %(value)s is none; what the product costs stays as it was."),
        _("Write what a piece costs, and import the row again. If it costs nothing, write 0.0001."),
    ),
    "line_costs_nothing": (
        _("The line says that its goods cost nothing: the whole amount counts as margin."),
        _("If that is not so, leave the cost empty, and what the product costs counts; import the row again."),
    ),
    "sign_turned": (
        _("A return or cancellation with a positive amount; it was taken as negative."),
        _("Nothing to do if that is what happened."),
    ),
    "not_a_product": (
        _("%(value)s looks like postage, a fee or the like, not like a product."),
        _("It stays in the revenue, but not among the products. If it is one, import it as a product of kind “product”."),  # noqa: E501
    ),
    "order_of_several": (
        _("Order %(order)s names %(customers)s customers; the last one was taken."),
        _("Check who ordered, and correct the file."),
    ),
    "refund_without_lines": (
        _("The shop does not say which goods were refunded; the refund is a line of its own."),
        _("Nothing to do."),
    ),
    "left_out": (
        _("%(value)s is none of those that this kind of file is imported for; the row was set aside."),
        _("Nothing to do."),
    ),
    "duplicate_key": (
        _("The same number stands in row %(kept)s with other values; that row counts."),
        _("Keep one of the two rows."),
    ),
    # what publishing finds when it compares the file with what is there
    "unknown_customer": (
        _("Customer %(value)s is not there."),
        _("Import the customers first, then this file again. Both must have the same origin."),
    ),
    "unknown_contact_person": (
        _("Contact person %(value)s is not at this customer."),
        _("Import the contact persons first, then this file again. Both must have the same origin."),
    ),
    "units_differ": (
        _("%(value)s stands in several units (%(units)s); its quantities were taken as they are."),
        _("Amounts are right either way. Quantities can be compared once the product has one unit."),
    ),
    "total_differs": (
        _("The lines of document %(value)s come to %(cents)s, and %(total_cents)s stands beside them."),
        _("Look in your ERP for what is missing here or stands here twice. The lines count as they are."),
    ),
    "totals_differ": (
        _("Documents whose lines do not come to the total in a column: %(documents)s of %(of)s (together %(cents)s)."),
        _("Shipping or discounts may be in it, or lines are missing. The lines count as they are."),
    ),
    "phone_unclear": (
        _("%(value)s is not plainly one phone number; it stays as it stands."),
        _("Write one number with its area code, in digits, such as +49 30 1234567; an extension after a hyphen."),
    ),
    "unknown_owner": (
        _("Nobody of the staff is known as %(value)s (customers: %(rows)s): who looks after them stays as it is."),
        _("Say who it is where questions about the file are asked, or write it down with the person under Staff."),
    ),
    "unknown_product": (
        _("Product %(value)s is not there."),
        _("Import the products first, then this file again. Both must have the same origin."),
    ),
    "unknown_order": (
        _("Order %(value)s is not there."),
        _("Import the orders first, then this file again. Both must have the same origin."),
    ),
    "new_row_incomplete": (
        _("The row is new, and the file does not have what a new one needs: %(column_label)s."),
        _("Add the column and import the file again."),
    ),
}  # fmt: skip
