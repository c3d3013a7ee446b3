"""The record of a completion."""

from tests.gateway.builders import a_record


def test_notes_are_told_once_each() -> None:
    record = a_record()
    record.notes = ("seed=left_out", "user=ignored", "seed=left_out")

    assert record.told_notes() == ("seed=left_out", "user=ignored")


def test_of_very_many_notes_the_number_of_the_rest_is_told() -> None:
    record = a_record()
    record.notes = tuple(f"messages[{number}].name=ignored" for number in range(200))

    told = record.told_notes()

    assert (len(told), told[0], told[-1]) == (50, "messages[0].name=ignored", "more=151")
