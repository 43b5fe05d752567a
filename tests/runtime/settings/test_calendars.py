"""Calendars of a customer: holidays by law, a customer's own, and words for what is wrong."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mtd.core.time.business_calendar import is_business_day, later
from mtd.runtime.app import calendars
from mtd.runtime.settings.calendars import CalendarSettings, business_calendar
from mtd.runtime.settings.settings import BadSettings, Settings, load

ROOT = Path(__file__).parents[3]
SANTIAGO = ZoneInfo("America/Santiago")
CUSTOMER = """
processes = []
routes = []
calendar = "CL"
[stores.paris]
name = "Paris"
mapping = "paris-1"
tax_id = "76111111-6"
[durations]
review = "4 bh"
"""
CHILE = (ROOT / "customers" / "calendars" / "CL.toml").read_text(encoding="utf-8")


def loaded(folder: Path, more: str = "", calendar: str = CHILE) -> Settings:
    (folder / "calendars").mkdir()
    (folder / "calendars" / "CL.toml").write_text(calendar, encoding="utf-8")
    (folder / "shop.toml").write_text(CUSTOMER + more, encoding="utf-8")
    return load("shop", {}, [folder])


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-04-03", "Viernes Santo"),
        ("2026-04-04", "Sábado Santo"),
        ("2026-06-21", "Día Nacional de los Pueblos Indígenas"),  # the solstice (law 21.357)
        ("2027-06-28", "San Pedro y San Pablo"),  # a Tuesday, on the Monday before (law 19.668)
        ("2028-06-26", "San Pedro y San Pablo"),  # a Thursday, the same
        ("2027-10-11", "Día del Encuentro de dos Mundos"),  # likewise
        ("2028-10-27", "Día Nacional de las Iglesias Evangélicas y Protestantes"),  # law 20.299
        ("2027-09-17", "Fiestas Patrias"),  # a Friday beside the 18th (law 20.983)
        ("2029-09-17", "Fiestas Patrias"),  # a Monday (law 20.215)
        ("2023-01-02", "Feriado nacional"),  # a Monday after a Sunday's New Year (law 20.983)
    ],
)
def test_chilean_holidays_by_law(day: str, name: str) -> None:
    settings = load("default", {}, [ROOT / "customers"])
    chile = calendars(settings).known["CL"]
    assert chile.holidays[date.fromisoformat(day)] == name
    assert not is_business_day(chile, date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2027-06-29", "2027-10-12", "2028-10-31", "2026-09-17"])
def test_the_day_it_was_moved_from_is_a_business_day(day: str) -> None:
    settings = load("default", {}, [ROOT / "customers"])
    assert is_business_day(calendars(settings).known["CL"], date.fromisoformat(day))


def test_a_customer_adds_a_holiday_and_a_short_day(tmp_path: Path) -> None:
    more = """
    [calendars.CL.holidays]
    "2026-12-31" = "Inventario"
    [calendars.CL.open]
    "2026-12-24" = "09:00-12:00"
    "2026-12-25" = "10:00-11:00"
    """
    chile = calendars(loaded(tmp_path, more)).known["CL"]
    assert chile.holidays[date(2026, 12, 31)] == "Inventario"
    assert not is_business_day(chile, date(2026, 12, 31))
    eve = datetime(2026, 12, 24, 11, tzinfo=SANTIAGO)
    assert later(chile, eve, timedelta(hours=2)) == datetime(2026, 12, 25, 11, tzinfo=SANTIAGO)
    assert chile.week[0], "the file's own hours stay"


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    arica = CalendarSettings(
        time_zone="America/Santiago", national="CL-AP", hours={"mon": "09:00-18:00"}
    )
    assert date(2027, 6, 7) in business_calendar("Arica", arica).holidays


@pytest.mark.parametrize(
    ("more", "place", "words"),
    [
        ('[calendars.CL.hours]\nsun = "9-12"', "shop.toml", "calendars.CL.hours.sun: '9-12'"),
        ('[calendars.CL.hours]\nsun = "12:00-09:00"', "shop.toml", "does not end after it begins"),
        ('[calendars.CL.hours]\nsun = "09:00-24:30"', "shop.toml", "24:30"),
        ('[calendars.CL.hours]\nsunday = "09:00-10:00"', "shop.toml", "hours.sunday: 'sunday' is"),
        ('[calendars.CL.holidays]\n"31-12" = "x"', "shop.toml", "holidays.31-12"),
        ('[calendars.CL.open]\n"2026-02-30" = "09:00-10:00"', "shop.toml", "open.2026-02-30"),
        ('[calendars.CL]\nnational = "ZZ"', "shop.toml", "the holidays of 'ZZ' are not known"),
        ('[calendars.CL]\ntime_zone = "Mars"', "shop.toml", "calendars.CL.time_zone: 'Mars'"),
        ('[calendars.XX]\ntime_zone = "UTC"', "shop.toml", "calendars.XX.hours: it is never open"),
        ('[calendars.CL]\ncolour = "red"', "shop.toml", "colour"),
        ('[stores.x]\nname="X"\nmapping="m"\ntax_id="1"\ncalendar="LX"', "shop.toml", "'LX'"),
        ('[stores.x]\nname="X"\nmapping="m"\ntax_id="1"\ncountry="PE"', "shop.toml", "of 'PE'"),
        ("wait = '-4 bh'", "shop.toml", "durations.wait: '-4 bh' is less"),
        ("wait = '1.5 bd'", "shop.toml", "durations.wait: '1.5 bd' is of parts"),
    ],
)
def test_a_fault_names_its_file_and_key(tmp_path: Path, more: str, place: str, words: str) -> None:
    with pytest.raises(BadSettings) as refused:
        loaded(tmp_path, more)
    assert str(tmp_path / place) in str(refused.value)
    assert words in str(refused.value)


def test_a_fault_of_the_calendar_names_its_own_file(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"calendars/CL\.toml: calendars\.CL\.hours\.mon"):
        loaded(tmp_path, calendar=CHILE.replace("18:00", "8pm"))


def test_business_hours_need_a_calendar(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(CUSTOMER.replace('calendar = "CL"\n', ""), encoding="utf-8")
    with pytest.raises(BadSettings, match=r"durations\.review: it counts in a business calendar"):
        load("shop", {}, [tmp_path])
