"""Options that several dialogs share."""

FORMS = ("individual", "group", "single", "phone", "writing", "company")
IN_PERSON = {"individual", "group", "single", "company"}
COUNSELLING = {"individual", "group"}
"""Forms whose meetings last 60 to 120 minutes; the length of the others is free."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS = ("am", "pm", "eve")
TIMES = tuple(f"{day}_{part}" for day in DAYS for part in PARTS)

RHYTHMS = ("weekly", "fortnightly", "monthly", "as_needed")
