"""Small workbooks, pages and series files made for tests, with figures of a stated arithmetic: nobody published them."""

import hashlib
import io

import openpyxl
import xlwt

from trade_assets.facts.frames import parsed_tables, tidy
from trade_assets.facts.periods import MONTH_NAMES
from trade_assets.reading import read_document

FLOWS = ("Balance", "Exports", "Imports")
BASE = {"exports": (1000, 300), "imports": (1400, 200)}
"""Goods and services of each flow in the month before the first; they grow by 7 and 3, and by 5 and 2, each month."""
GROWTH = {"exports": (7, 3), "imports": (5, 2)}


def goods_and_services(first, last=None):
    """Balance, exports and imports, each as total, goods and services, summed over months counted from 1."""
    flows = {}
    for flow, (goods, services) in BASE.items():
        months = range(first, (last or first) + 1)
        more = GROWTH[flow]
        flows[flow] = sum(goods + more[0] * m for m in months), sum(services + more[1] * m for m in months)
    flows["balance"] = tuple(a - b for a, b in zip(flows["exports"], flows["imports"], strict=True))
    return [figure for flow in ("balance", "exports", "imports") for figure in (sum(flows[flow]), *flows[flow])]


def exhibit_1(first_year, latest, *, to_date=True, revised=(), last_month=True):
    """The rows of an Exhibit 1 of three years up to the month ``latest`` (year, month); row 1 is the first entry.

    Args:
        to_date: whether each year has a row to date beside that of the year; in a January release it reads 'Jan. -'.
        revised: labels that carry (R).
    """
    year_latest, month_latest = latest
    name = "" if month_latest == 1 else MONTH_NAMES[month_latest - 1][:3] + "."

    def marked(label):
        return f"{label} (R) " if label in revised else label

    rows = [
        [None] * 9 + [" "],
        ["Part A: Seasonally Adjusted (by Commodity/Service)"],
        ["Exhibit 1. U.S. International Trade in Goods and Services"],
        ["In millions of dollars. Details may not equal totals due to seasonal adjustment and rounding.  (R) - Revised."],
        ["Period", "Balance", None, None, "Exports", None, None, "Imports"],
        [None, *["Total", "Goods (1)", "Services"] * 3],
    ]
    for year in range(first_year, year_latest + 1):
        start = 12 * (year - first_year)
        rows.append([str(year)])
        if year < year_latest or month_latest == 12:
            rows.append([marked("Jan. - Dec."), *goods_and_services(start + 1, start + 12)])
        if (to_date or year == year_latest) and month_latest < 12:
            rows.append([marked(f"Jan. - {name}".strip()), *goods_and_services(start + 1, start + month_latest)])
        for number, label in enumerate(MONTH_NAMES, start=1):
            is_released = year < year_latest or number <= month_latest
            rows.append([marked(label), *goods_and_services(start + number)] if is_released else [label])
    if last_month:
        before = 12 * (year_latest - first_year) + month_latest - 1
        rows += [[f"{MONTH_NAMES[(month_latest - 2) % 12]} data as published last month:"], [None, *goods_and_services(before)]]
    return [*rows, ["(1) Data are presented on a balance of payments (BOP) basis."], ["NOTE: For information see www.census.gov/ft900 or"]]


def two_bases(first, last=None):
    """Eight figures: exports grow by 10 from 500 on Census basis, imports by 20 from 700; adjustments are 5 and 9 a month."""
    months = range(first, (last or first) + 1)
    exports, imports = sum(500 + 10 * m for m in months), sum(700 + 20 * m for m in months)
    up, down = 5 * len(months), 9 * len(months)
    return [exports + up - imports - down, exports - imports, exports + up, up, exports, imports + down, down, imports]


def exhibit_12(year):
    """The rows of an Exhibit 12 of one whole year."""
    bop, census, net = "Total Balance of Payments Basis", "Total Census Basis", "Net Adjustments"
    return [
        [], ["Part B: NOT Seasonally Adjusted"], ["Exhibit 12. U.S. Trade in Goods"],
        ["In millions of dollars. Details may not equal totals due to rounding. (R) - Revised."],
        ["Period", "Balance", None, "Exports", None, None, "Imports"], [None, bop, census, bop, net, census, bop, net, census],
        [str(year)], ["Jan.- Dec.", *two_bases(1, 12)], *([name, *two_bases(m)] for m, name in enumerate(MONTH_NAMES, start=1)),
        ["November data as published last month:"], [None, *two_bases(11)],
        ["NOTE: For information on data sources see the explanatory notes in this release."],
    ]  # fmt: skip


def annual(first, last, *, date="February 5, 2016"):
    """The rows of the annual table; a year's figures are those of the month of the same number."""
    return [
        [date], ["U.S. Trade in Goods and Services - Balance of Payments (BOP) Basis"], ["Value in millions of dollars"],
        [f"{first} through {last}"], [None, "Balance", None, None, "Exports", None, None, "Imports"],
        ["Period", *["Total ", "Goods BOP", "Services"] * 3],
        *([year, *goods_and_services(year - first + 1)] for year in range(first, last + 1)),
        ["U.S. Census Bureau, Economic Indicator Division"], ["NOTE:  (1) Data presented on a Balance of Payment (BOP) basis."],
    ]  # fmt: skip


def annual_changes(first, last, *, is_percent=False):
    """The rows of a sheet of changes on the year before, of the years of ``annual(first, last)``; percentages are fractions."""
    years = {year: goods_and_services(year - first + 1) for year in range(first, last + 1)}

    def change(later, earlier):
        return (later - earlier) / earlier if is_percent else later - earlier

    return [
        [], annual(first, last)[1], ["Percent Change" if is_percent else "Dollar Change"], [], *annual(first, last)[4:6], [first],
        *([year, *map(change, years[year], years[year - 1])] for year in range(first + 1, last + 1)),
    ]  # fmt: skip


def annual_book(first, last):
    """An .xls of the annual table, the same again as a chart's XML, and its changes in percent and in dollars."""
    chart = [["Year", "Balance"], *([row[0], f"<set value='{row[1]}' />"] for row in annual(first, last)[6:-2])]
    return xls(annual(first, last), chart, annual_changes(first, last, is_percent=True), annual_changes(first, last))


def xlsx(*sheets, title="1", hidden=()):
    """An .xlsx of these sheets, each a list of rows; the first is called ``title``, those in ``hidden``, from 0, are not shown."""
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.title = title if number == 0 else f"more {number}"
        sheet.sheet_state = "hidden" if number in hidden else "visible"
        for row in rows:
            sheet.append(list(row))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def xls(*sheets, title="BOP History"):
    """An .xls of these sheets, named as ``xlsx`` names them; the text ``#N/A`` is an error cell, as ``xlsx`` makes it."""
    book = xlwt.Workbook()
    for place, rows in enumerate(sheets):
        sheet = book.add_sheet(f"more {place}" if place else title)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value == "#N/A":
                    sheet.row(number).set_cell_error(column, 0x2A)
                elif value is not None:
                    sheet.write(number, column, value)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


SIZE = 6
ADVANCE = 0.6 * SIZE
"""Points that a letter of Courier takes, at the size that pages are set in."""


def pdf(*pages, content=None, trailer=b"", filters=b""):
    """A PDF of these pages; a page is a list of lines, a line of (left, text).

    Args:
        content: the content of every page as bytes, in place of lines; ``filters`` says how it is encoded.
        trailer: more entries of the trailer.
    """
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"]
    kids = []
    for lines in pages:
        text = content
        if text is None:
            shown = []
            for number, line in enumerate(lines):
                for left, words in line:
                    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
                    shown.append(f"BT /F1 {SIZE} Tf {left} {780 - 9 * number} Td ({escaped}) Tj ET")
            text = "\n".join(shown).encode("latin-1")
        objects.append(b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(text), filters, text))
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        objects.append(page % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return data + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)


def annual_page(first, last, *, without=None):
    """The lines of the annual table on a page: figures end below each other, headings stand in the middle.

    Args:
        without: year and number of a figure that is not printed.
    """
    rights = [60 + 55 * column for column in range(10)]

    def centred(text, middle):
        return round(middle - len(text) * ADVANCE / 2, 2), text

    def ending(text, right):
        return round(right - len(text) * ADVANCE, 2), text

    lines = [[centred(text, 300)] for text in (annual(first, last)[1][0], "Value in millions of dollars", f"{first} through {last}")]
    lines.append([centred(flow, rights[3 * number + 2] - 20) for number, flow in enumerate(FLOWS)])
    lines.append([ending("Period", rights[0])])
    lines.append([centred(text, right - 25) for text, right in zip(["Total", "Goods BOP", "Services"] * 3, rights[1:], strict=True)])
    for year in range(first, last + 1):
        figures = [ending(f"{figure:,}", right) for figure, right in zip(goods_and_services(year - first + 1), rights[1:], strict=True)]
        lines.append([ending(str(year), rights[0] - 5), *(f for n, f in enumerate(figures) if (year, n) != without)])
    return [*lines, [(40, "U.S. Census Bureau, Economic Indicator Division")]]


def made_files(family):
    """One made file of each product of a family that no shipped document is of."""
    return {
        "ft900": [
            xlsx(exhibit_1(2019, (2021, 3))),
            xlsx(exhibit_12(2025), title="12"),
            annual_book(1960, 1969),
            xlsx(exhibit_1(2019, (2021, 3)), exhibit_1(2019, (2021, 3), revised=["March"])),
        ],
        "mxp": [b"series_id,year,period,value\n" + b"EIUIR,2020,M01,125.2\n" * 2],
        "fred": [b"DATE,BOPTEXP\n2025-01-01,273946\n2025-02-01,280908\n", b"DATE,BOPTEXP\n1992-01-01,50742\n1992-04-01,51000\n"],
    }.get(family, [])


def facts_of_made(data, release_month="2026-02"):
    """The tidy facts of a made file."""
    reading = read_document(data, "made")
    columns = {"cells": reading.cells, "rows": reading.rows, "series": reading.series}
    digest = hashlib.sha256(data).hexdigest()
    tables = parsed_tables(
        columns, family=reading.family, product=reading.product, release_month=release_month, sha256=digest, is_current=True,
        reference_month=reading.reference_month,
    )  # fmt: skip
    return tidy(*(tables[name] for name in ("cells", "rows", "series")), reading.family)
