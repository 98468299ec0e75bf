"""
Mailboxes that the product reads: each mail once, whatever is killed meanwhile, and nothing in them is changed.

An app that wants mails declares a `services.Box`: under which name it is remembered, where it lies, what it does with a
mail.
"""
