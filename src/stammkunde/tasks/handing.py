"""What goes along when somebody else looks after a customer: the open tasks."""

from stammkunde.customers.handing import GoesAlong
from stammkunde.tasks import services

GO_ALONG = (GoesAlong(name="tasks", hand=services.go_along, back=services.come_back),)
