"""E-mail addresses: the one form in which they are stored, and so looked for."""

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


def typed_email(text: str) -> str:
    """What was typed, in the form in which its account would be stored; what is no address as it stands."""
    try:
        return stored_email(text)
    except Invalid:
        # One character more than an address may have is enough to belong to nobody.
        return text.strip()[: LONGEST_EMAIL + 1].lower()
