"""Amounts in Spanish words, as legend 1000 tells them: CIENTO DIECIOCHO CON 50/100 SOLES."""

from decimal import Decimal

from mtd.core.money import Currency

_SMALL = (
    "CERO UNO DOS TRES CUATRO CINCO SEIS SIETE OCHO NUEVE DIEZ ONCE DOCE TRECE CATORCE QUINCE"
    " DIECISÉIS DIECISIETE DIECIOCHO DIECINUEVE VEINTE VEINTIUNO VEINTIDÓS VEINTITRÉS VEINTICUATRO"
    " VEINTICINCO VEINTISÉIS VEINTISIETE VEINTIOCHO VEINTINUEVE"
).split()
_TENS = "TREINTA CUARENTA CINCUENTA SESENTA SETENTA OCHENTA NOVENTA".split()
_HUNDREDS = (
    "CIENTO DOSCIENTOS TRESCIENTOS CUATROCIENTOS QUINIENTOS SEISCIENTOS SETECIENTOS OCHOCIENTOS"
    " NOVECIENTOS"
).split()
_UNITS = {Currency.PEN: "SOLES", Currency.USD: "DÓLARES AMERICANOS"}

WORDS_MAX = 10**12
"""A whole amount below a million millions: the format's amounts have twelve figures."""


def amount_in_words(amount: Decimal, currency: Currency) -> str:
    """A non-negative amount below `WORDS_MAX`, its cents as hundredths."""
    whole = int(amount)
    cents = int((amount - whole) * 100)
    return f"{words(whole)} CON {cents:02}/100 {_UNITS.get(currency, currency.value)}"


def words(number: int) -> str:
    """A whole number from 0 and below `WORDS_MAX`."""
    if number >= 1_000_000:
        millions, rest = divmod(number, 1_000_000)
        head = "UN MILLÓN" if millions == 1 else f"{_before_noun(words(millions))} MILLONES"
    elif number >= 1_000:
        thousands, rest = divmod(number, 1_000)
        head = "MIL" if thousands == 1 else f"{_before_noun(words(thousands))} MIL"
    elif number >= 100:
        hundreds, rest = divmod(number, 100)
        head = "CIEN" if number == 100 else _HUNDREDS[hundreds - 1]
    elif number >= 30:
        tens, unit = divmod(number, 10)
        return _TENS[tens - 3] + (f" Y {_SMALL[unit]}" if unit else "")
    else:
        return _SMALL[number]
    return f"{head} {words(rest)}" if rest else head


def _before_noun(text: str) -> str:
    """*Uno* loses its end before a noun: veintiún mil, treinta y un millones."""
    if text.endswith("VEINTIUNO"):
        return text.removesuffix("VEINTIUNO") + "VEINTIÚN"
    return text.removesuffix("O") if text.endswith("UNO") else text
