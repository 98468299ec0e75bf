"""The company's face, as it stands in its settings."""

from stammkunde.outreach.dress import Look
from stammkunde.team.models import Company


def look(company: Company) -> Look:
    """Give what mails of this company look like."""
    return Look(name=company.sender_name or company.name)
