"""A Word document (.docx) → its tables as they are drawn, as a reader of the printed page sees them.

Tracked changes read as accepted, hidden text is not there, numbers that Word prints by itself are told apart from
text. The document is read row by row: whole, one of 10,000 powers takes 500 MB and more. Source of the elements'
meaning: ECMA-376, part 1, chapter 17 (WordprocessingML).
"""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from knowledge.reading.archive import MAX_MARKS_AT_ONCE, marks_in, too_much
from knowledge.reading.raw import Cell, Covered, Drawn, Grid

# Word itself allows no more columns.
_MAX_COLUMNS = 63

# What wraps content and is none itself; text that is deleted or moved away is not descended into.
_WRAPPED = ("ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "customXml", "fldSimple", "bdo", "dir")
_WRAPPERS = frozenset([*_WRAPPED, "ruby", "rubyBase", "AlternateContent", "Choice", "oMath", "oMathPara", "r"])
_PICTURES = frozenset(["drawing", "pict", "object"])
_TEXT = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OFF = ("0", "false", "off", "none")

# Rows and paragraphs outside of tables; a register of 10,000 powers with three rows each has 30,000.
MAX_BLOCKS = 60_000

_CHUNK = 256 * 1024
# What a parser may do with a file from anywhere: nothing but parse it.
_SAFELY = {"resolve_entities": False, "no_network": True, "load_dtd": False, "remove_comments": True}

# lxml has no types of its own.
_Element = Any


def drawn(archive: zipfile.ZipFile, name: str) -> Drawn:
    """Return the tables of the document in ``archive``, each with the paragraphs above it.

    Raises:
        RegisterError: there is far too much in it.
        Exception: whatever the parser raises on a damaged document.
    """
    main = _related(archive, "")["officeDocument"]
    related = _related(archive, main)
    styles = _Styles(_whole(archive, related.get("styles")))
    numbering = _Numbering(_whole(archive, related.get("numbering")), styles)
    return _Reader(styles, numbering).document(archive, main, name)


def _related(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Return by kind the parts of the container that ``part`` refers to; what lies outside of it is left alone."""
    folder, file = posixpath.split(part)
    root = _whole(archive, posixpath.join(folder, "_rels", f"{file}.rels"))
    return {
        relation.get("Type", "").rpartition("/")[2]: posixpath.normpath(
            posixpath.join("/", folder, relation.get("Target", ""))
        ).lstrip("/")
        for relation in (root if root is not None else [])
        if relation.get("TargetMode") != "External"
    }


def _whole(archive: zipfile.ZipFile, part: str | None) -> _Element | None:
    from lxml import etree

    if part is None or part not in archive.namelist():
        return None
    return etree.fromstring(archive.read(part), etree.XMLParser(**_SAFELY))


class _Reader:
    """Reads one document, from its beginning to its end: numbers are counted on the way."""

    def __init__(self, styles: "_Styles", numbering: "_Numbering"):
        self._styles = styles
        self._numbering = numbering

    def document(self, archive: zipfile.ZipFile, part: str, name: str) -> Drawn:
        found = Drawn([])
        lines: list[str] = []
        for count, block in enumerate(_outermost(archive, part, name)):
            if count > MAX_BLOCKS:
                raise too_much(name)
            if _kind(block) == "tbl":
                found.grids.append(Grid([], lines))
                lines = []
            elif _kind(block) == "tr":
                if not _is_gone(block):
                    found.grids[-1].rows.append(self._row(block))
            else:
                lines += [line for line in self._cell([block]).text.split("\n") if line.strip()]
        found.below = lines
        return found

    def _rows(self, table: _Element) -> list[list[Cell | Covered]]:
        return [self._row(row) for row in _inside(table, "tr") if not _is_gone(row)]

    def _row(self, row: _Element) -> list[Cell | Covered]:
        places: list[Cell | Covered] = [Cell()] * _number(_first(_first(row, "trPr"), "gridBefore"), 0)
        for cell in _inside(row, "tc"):
            properties = _first(cell, "tcPr")
            if _first(properties, "cellDel") is not None:
                continue
            content = self._cell(list(_blocks(cell)))  # also where it is covered: its numbers count
            merged = _first(properties, "vMerge")
            across = _first(properties, "hMerge")
            if across is not None and _value(across) != "restart" and places:
                places.append(Covered.LEFT)
            elif merged is not None and _value(merged) != "restart":
                places.append(Covered.ABOVE)
            else:
                places.append(content)
            places += [Covered.LEFT] * (_number(_first(properties, "gridSpan"), 1) - 1)
        return places[:_MAX_COLUMNS]

    def _cell(self, blocks: list[_Element]) -> Cell:
        lines: list[str] = []
        numbers: list[int | None] = []
        oddities: list[str] = []
        goes_on = False  # the end of the paragraph before is deleted: the next one goes on in it
        for block in blocks:
            if _kind(block) == "tbl":
                oddities.append("nested-table")
                held = [_told(row) for row in self._rows(block)]
                added, number, goes_on_next = [line for line in held if line], None, False
            else:
                text = "".join(self._runs(block, block, oddities))
                goes_on_next = _mark_is_deleted(block)
                if goes_on_next and not text:
                    continue
                added = text.split("\n")
                number = self._numbering.number(block)
            if goes_on and lines and added:
                lines[-1] += added.pop(0)
            elif added:
                lines.append(added.pop(0))
                numbers.append(number)
            lines += added
            numbers += [None] * len(added)
            goes_on = goes_on_next
        return Cell("\n".join(lines), tuple(numbers) if any(numbers) else (), tuple(dict.fromkeys(oddities)))

    def _runs(self, node: _Element, paragraph: _Element, oddities: list[str]) -> Iterator[str]:
        for child in node:
            kind = _kind(child)
            if kind == "t":
                yield child.text or ""
            elif kind in _TEXT:
                yield _TEXT[kind]
            elif kind in _PICTURES:
                oddities.append("picture")
            elif kind in _WRAPPERS and not (kind == "r" and self._styles.hides(paragraph, child)):
                yield from self._runs(child, paragraph, oddities)


def _outermost(archive: zipfile.ZipFile, part: str, name: str) -> Iterator[_Element]:
    """Yield the tables of a document as they begin and their rows and the paragraphs between as they end.

    Raises:
        RegisterError: a row or paragraph is so large that nobody wrote it.
    """
    from lxml import etree

    parser = etree.XMLPullParser(("start", "end"), tag=("{*}tbl", "{*}tr", "{*}p"), **_SAFELY)
    within: list[str] = []  # tables and paragraphs that are open
    pending = 0
    with archive.open(part) as opened:
        while chunk := opened.read(_CHUNK):
            pending += marks_in(chunk)
            if pending > MAX_MARKS_AT_ONCE:
                raise too_much(name)
            parser.feed(chunk)
            for event, element in parser.read_events():
                kind = _kind(element)
                if event == "end" and kind != "tr":
                    within.pop()
                is_row = event == "end" and kind == "tr" and within == ["tbl"]
                if (not within and (event, kind) in (("start", "tbl"), ("end", "p"))) or is_row:
                    yield element
                if is_row or (event == "end" and not within):
                    element.clear()
                    pending = 0
                if event == "start" and kind != "tr":
                    within.append(kind)
    parser.close()


class _Styles:
    """Which styles hide their text, and which ones number their paragraphs."""

    def __init__(self, root: _Element | None):
        styles = [] if root is None else _children(root, "style")
        self._styles = {_value(style, "styleId"): style for style in styles}

    def hides(self, paragraph: _Element, run: _Element) -> bool:
        """Whether ``run`` is hidden, by itself or by its style or its paragraph's."""
        properties = _first(run, "rPr")
        own = _first(properties, "vanish")
        if own is not None:
            return _is_on(own)
        for style in (_first(properties, "rStyle"), _first(_first(paragraph, "pPr"), "pStyle")):
            for described in self._chain(style):
                vanish = _first(_first(described, "rPr"), "vanish")
                if vanish is not None:
                    return _is_on(vanish)
        return False

    def numbering(self, paragraph: _Element) -> _Element | None:
        """Return the ``numPr`` that holds for ``paragraph``: its own or its style's."""
        properties = _first(paragraph, "pPr")
        own = _first(properties, "numPr")
        if own is not None:
            return own
        for style in self._chain(_first(properties, "pStyle")):
            held = _first(_first(style, "pPr"), "numPr")
            if held is not None:
                return held
        return None

    def _chain(self, named: _Element | None) -> Iterator[_Element]:
        """Yield the style that an element names and those it is based on."""
        seen = set()
        while named is not None:
            identity = _value(named)
            style = self._styles.get(identity)
            if style is None or identity in seen:
                return
            seen.add(identity)
            yield style
            named = _first(style, "basedOn")


class _Numbering:
    """Counts the paragraphs that Word numbers by itself."""

    def __init__(self, root: _Element | None, styles: _Styles):
        self._styles = styles
        self._abstract: dict[str, str] = {}  # by number definition: the list it belongs to
        self._starts: dict[tuple[str, str], int] = {}
        self._restarts: dict[tuple[str, str], int] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self._begun: set[tuple[str, str]] = set()
        for abstract in [] if root is None else _children(root, "abstractNum"):
            for level in _children(abstract, "lvl"):
                start = _number(_first(level, "start"), 1)
                self._starts[_value(abstract, "abstractNumId"), _value(level, "ilvl")] = start
        for definition in [] if root is None else _children(root, "num"):
            identity = _value(definition, "numId")
            self._abstract[identity] = _value(_first(definition, "abstractNumId"))
            for override in _children(definition, "lvlOverride"):
                again = _first(override, "startOverride")
                if again is not None:
                    self._restarts[identity, _value(override, "ilvl")] = _number(again, 1)

    def number(self, paragraph: _Element) -> int | None:
        """Return the number that is printed before ``paragraph``, the next one in a document; bullets count too."""
        properties = self._styles.numbering(paragraph)
        identity = _value(_first(properties, "numId"))
        if properties is None or identity in ("", "0"):
            return None
        level = _value(_first(properties, "ilvl")) or "0"
        held = self._abstract.get(identity, identity)
        counts = self._counts.setdefault(held, {})
        if (identity, level) in self._restarts and (identity, level) not in self._begun:
            counts[level] = self._restarts[identity, level] - 1
        self._begun.add((identity, level))
        counts[level] = counts.get(level, self._starts.get((held, level), 1) - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return counts[level]


# ── elements, by their local names: transitional and strict documents differ only in the name space ──────────


def _kind(element: _Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: _Element, kind: str) -> list[_Element]:
    return [child for child in element if _kind(child) == kind]


def _first(element: _Element | None, kind: str) -> _Element | None:
    if element is not None:
        for child in element:
            if _kind(child) == kind:
                return child
    return None


def _inside(element: _Element, kind: str) -> Iterator[_Element]:
    """Yield the elements of ``kind`` in ``element``, also those that are wrapped."""
    for child in element:
        if _kind(child) == kind:
            yield child
        elif _kind(child) in _WRAPPERS:
            yield from _inside(child, kind)


def _blocks(element: _Element) -> Iterator[_Element]:
    """Yield the paragraphs and tables of a body or cell."""
    for child in element:
        if _kind(child) in ("p", "tbl"):
            yield child
        elif _kind(child) in _WRAPPERS:
            yield from _blocks(child)


def _value(element: _Element | None, name: str = "val") -> str:
    if element is not None:
        for key, value in element.attrib.items():
            if key.rpartition("}")[2] == name:
                return str(value)
    return ""


def _number(element: _Element | None, otherwise: int) -> int:
    text = _value(element)
    return min(int(text), _MAX_COLUMNS) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise


def _is_on(element: _Element) -> bool:
    return _value(element).lower() not in _OFF


def _is_gone(row: _Element) -> bool:
    """Whether a row is deleted or hidden."""
    properties = _first(row, "trPr")
    hidden = _first(properties, "hidden")
    return _first(properties, "del") is not None or (hidden is not None and _is_on(hidden))


def _mark_is_deleted(paragraph: _Element) -> bool:
    mark = _first(_first(paragraph, "pPr"), "rPr")
    return _first(mark, "del") is not None or _first(mark, "moveFrom") is not None


def _told(row: list[Cell | Covered]) -> str:
    return " ".join(" ".join(place.text.split()) for place in row if isinstance(place, Cell) and not place.blank)
