"""E-mail addresses, in the one form that is stored."""

from email_validator import EmailNotValidError, validate_email

from app.errors import Invalid
from app.management.inputs import storable

LONGEST_EMAIL = 254


def stored_email(text: str) -> str:
    """An address in the form that is stored. Whether it can receive mail is not asked. Raises Invalid."""
    stripped = text.strip()
    # First of all: normalising takes time that grows with the square of the length.
    if len(stripped) > LONGEST_EMAIL:
        raise Invalid(f"email must have at most {LONGEST_EMAIL} characters.", "email")
    try:
        parsed = validate_email(storable(stripped, "email"), check_deliverability=False)
    except EmailNotValidError as error:
        raise Invalid(f"This is no e-mail address: {error}", "email") from error
    return parsed.normalized.lower()
