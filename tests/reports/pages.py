"""Reading a report as one who listens to it does."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "img", "br", "hr", "input", "wbr"}


class Page(HTMLParser):
    """The elements of a page in order, with their attributes and all text inside them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[list[str]] = []
        self._open: list[int] = []
        self.feed(text)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value if value is not None else "" for name, value in attrs}))
        self.words.append([])
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self._open.pop()][0] == tag, "elements are closed in order"

    def handle_data(self, data: str) -> None:
        for number in self._open:
            self.words[number].append(data)

    def all(self, *tags: str, **attributes: str) -> list[tuple[dict[str, str], str]]:
        return [
            (found, " ".join("".join(words).split()))
            for (tag, found), words in zip(self.elements, self.words, strict=True)
            if tag in tags and attributes.items() <= found.items()
        ]

    def facts(self) -> dict[str, str]:
        """Every term with its description; of terms that come twice, the first."""
        terms, descriptions = self.all("dt"), self.all("dd")
        pairs = [(term, text) for (_, term), (_, text) in zip(terms, descriptions, strict=True)]
        return dict(reversed(pairs))

    def rows(self, caption: str) -> list[list[str]]:
        """The body of the table whose caption begins so."""
        start = next(i for i, (tag, _) in enumerate(self.elements) if tag == "caption" and self._says(i, caption))
        tables = [i for i, (tag, _) in enumerate(self.elements) if tag == "table"]
        stop = next((i for i in tables if i > start), len(self.elements))
        rows: list[list[str]] = []
        in_head = False
        for i in range(start, stop):
            tag, _ = self.elements[i]
            if tag in {"thead", "tbody", "tfoot"}:
                in_head = tag == "thead"
            elif tag == "tr" and not in_head:
                rows.append([])
            elif tag in {"th", "td"} and not in_head:
                rows[-1].append(" ".join("".join(self.words[i]).split()))
        return [row for row in rows if row]

    def _says(self, number: int, beginning: str) -> bool:
        return "".join(self.words[number]).strip().startswith(beginning)
