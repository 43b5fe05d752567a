"""Expressions of other tools put into FEEL: Java's, XPath over data objects, and wrapped ones.

Camunda, Activiti and Flowable write `${amount > 5 && !approved}`; others write Java's operators
without the braces. What means the same in FEEL is put into it, and nothing else: what calls
code (`${bean.method()}`) is refused, as that code is not here (docs/conformance.md). The grammar
is that of JSR 341 §1.3–1.13, with the string methods that conditions use.

BPMN's own function for XPath, `getDataObject('x')` (BPMN 2.0.2 §10.4.3), is the variable; what else
XPath and FEEL share stays as it is. FEEL that a tool left wrapped in DMN's element is unwrapped.
"""

import html
import json
import re
from typing import NamedTuple

DEPTH_MAX = 64
"""Nested parentheses and operators."""


class Untranslatable(Exception):
    """What FEEL has no word for: what it is, and what to do."""


class _Token(NamedTuple):
    kind: str
    text: str


_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?(?![\w.]))
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<name>[^\W\d][\w$]*)
    |(?P<sign>==|!=|<=|>=|&&|\|\||[<>!?:()\[\].,+\-*/%])
    )""",
    re.VERBOSE,
)
_WRAPPED = re.compile(r"[$#]\{(?P<body>[^{}]*)\}", re.DOTALL)
_JAVA = re.compile(
    r"==|&&|\|\||!(?!=)"
    r"|\.\s*(?:contains|startsWith|endsWith|equals|equalsIgnoreCase|isEmpty|size|length)\s*\("
)
_OF_BPMN = re.compile(r"getData(?:Object|Input|Output)\s*\(")
_DATA_OBJECT = re.compile(
    r"""(?:[\w-]+:)?getDataObject\(\s*(?P<quote>['"])(?P<name>.*?)(?P=quote)\s*\)"""
)
_XPATH = re.compile(r"(?P<string>'[^']*'|\"[^\"]*\")|(?P<call>[\w-]+(?::[\w-]+)?)\s*\(\s*\)?")
_CALLS = {"true()": "true", "false()": "false", "not(": "not("}
"""What XPath calls, and FEEL says otherwise or alike."""
_DMN = re.compile(
    r"<(?:\w+:)?literalExpression\b[^<]*<(?:\w+:)?text>(?P<text>[^<]*)</(?:\w+:)?text>"
    r"\s*</(?:\w+:)?literalExpression>"
)
_LITERAL = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")

_OR = {"||": "or", "or": "or"}
_AND = {"&&": "and", "and": "and"}
_EQUAL = {"==": "=", "eq": "=", "!=": "!=", "ne": "!="}
_ORDER = {"<": "<", "lt": "<", ">": ">", "gt": ">", "<=": "<=", "le": "<=", ">=": ">=", "ge": ">="}
_SUM = {"+": "+", "-": "-"}
_PRODUCT = {"*": "*", "/": "/", "div": "/"}
_LEVELS = (_OR, _AND, _EQUAL, _ORDER, _SUM, _PRODUCT)

_METHODS = {
    ("contains", 1): (
        "(if {0} instance of string then contains({0}, {1}) else list contains({0}, {1}))"
    ),
    ("startsWith", 1): "starts with({0}, {1})",
    ("endsWith", 1): "ends with({0}, {1})",
    ("equals", 1): "({0} = {1})",
    ("equalsIgnoreCase", 1): "(lower case({0}) = lower case({1}))",
    ("isEmpty", 0): '({0} = "" or {0} = [])',
    ("size", 0): "count({0})",
    ("length", 0): "string length({0})",
    ("toLowerCase", 0): "lower case({0})",
    ("toUpperCase", 0): "upper case({0})",
}
"""Methods of Java's strings and lists that FEEL has as functions, by the number of arguments."""


def feel(text: str) -> str:
    """The FEEL in a drawn expression; what is wrapped in `${…}`, or is Java's, is put into FEEL.

    Raises Untranslatable, in words, for what would need code of another engine.
    """
    stripped = text.strip()
    if (in_dmn := _DMN.fullmatch(stripped)) is not None:
        return html.unescape(in_dmn["text"]).strip()
    if _OF_BPMN.search(stripped):
        return _from_xpath(stripped)
    wrapped = _WRAPPED.fullmatch(stripped)
    if wrapped is not None:
        return _Translation(wrapped["body"]).whole()
    if "${" in stripped or "#{" in stripped:
        raise Untranslatable("text with ${…} inside it is not read: write one expression")
    if not stripped.startswith("=") and _JAVA.search(_LITERAL.sub('""', stripped)):
        return _Translation(stripped).whole()
    return stripped.removeprefix("=")


def _from_xpath(text: str) -> str:
    """An XPath expression over data objects, of what it has in common with FEEL."""

    def said(match: re.Match[str]) -> str:
        if match["string"] is not None:
            return json.dumps(match["string"][1:-1], ensure_ascii=False)
        call = re.sub(r"\s", "", match[0])
        if call not in _CALLS:
            raise Untranslatable(f"it calls {match['call']}(), which is XPath: say it in FEEL")
        return _CALLS[call]

    return _XPATH.sub(said, _DATA_OBJECT.sub(lambda match: match["name"], text))


class _Translation:
    """One expression, token by token."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> str:
        made = self._choice()
        if self._at < len(self._tokens):
            raise Untranslatable(f"{self._tokens[self._at].text!r} is not expected there")
        return made

    def _choice(self) -> str:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise Untranslatable(f"it is nested deeper than {DEPTH_MAX} levels")
        condition = self._level(0)
        if self._take("?"):
            yes = self._choice()
            self._need(":")
            condition = f"(if {condition} then {yes} else {self._choice()})"
        self._depth -= 1
        return condition

    def _level(self, level: int) -> str:
        """Operators of one rank and, inside, all that bind more closely."""
        if level == len(_LEVELS):
            return self._prefixed()
        left = self._level(level + 1)
        while (word := self._peek()) in _LEVELS[level]:
            self._at += 1
            right = self._level(level + 1)
            left = f"({left} {_LEVELS[level][word]} {right})"
        return left

    def _prefixed(self) -> str:
        for word in ("!", "not"):
            if self._take(word):
                # Java's negation of what is unknown is true, FEEL's is unknown.
                return f"not(({self._prefixed()}) = true)"
        if self._take("-"):
            return f"-{self._prefixed()}"
        if self._take("empty"):
            of = self._prefixed()
            return f'({of} = null or {of} = "" or {of} = [])'
        return self._followed(self._primary())

    def _primary(self) -> str:
        token = self._next()
        match token.kind:
            case "number":
                return token.text
            case "string":
                return json.dumps(_unescaped(token.text), ensure_ascii=False)
            case "name" if self._peek() == "(":
                raise Untranslatable(_code(f"{token.text}()"))
            case "name" if self._is_prefix():
                raise Untranslatable(_code(f"{token.text}:{self._tokens[self._at + 1].text}()"))
            case "name":
                return token.text
            case _ if token.text == "(":
                inside = self._choice()
                self._need(")")
                return f"({inside})"
            case _:
                raise Untranslatable(f"{token.text!r} is not expected there")

    def _is_prefix(self) -> bool:
        """Whether a function with a prefix is called, as `vars:equals(…)`."""
        following = [token.text for token in self._tokens[self._at : self._at + 3]]
        return len(following) == 3 and (following[0], following[2]) == (":", "(")

    def _followed(self, made: str) -> str:
        """Properties, methods and places in lists behind a value."""
        for _ in range(len(self._tokens)):
            if self._take("."):
                name = self._next().text
                made = self._called(made, name) if self._take("(") else f"{made}.{name}"
            elif self._take("["):
                place = self._next()
                self._need("]")
                if place.kind != "number" or "." in place.text:
                    raise Untranslatable(f"a list is read by a number, not by {place.text}")
                made = f"{made}[{int(place.text) + 1}]"
            else:
                break
        return made

    def _called(self, made: str, name: str) -> str:
        arguments: list[str] = []
        while not self._take(")"):
            if arguments:
                self._need(",")
            arguments.append(self._choice())
        if made == "execution" and name == "getVariable" and len(arguments) == 1:
            return str(json.loads(arguments[0])) if arguments[0].startswith('"') else arguments[0]
        method = _METHODS.get((name, len(arguments)))
        if method is None:
            raise Untranslatable(_code(f"{made}.{name}()"))
        return method.format(made, *arguments)

    def _peek(self) -> str:
        if self._at == len(self._tokens) or self._tokens[self._at].kind == "string":
            return ""
        return self._tokens[self._at].text

    def _take(self, word: str) -> bool:
        found = self._peek() == word
        self._at += found
        return found

    def _need(self, word: str) -> None:
        if not self._take(word):
            raise Untranslatable(f"{word!r} is missing")

    def _next(self) -> _Token:
        if self._at == len(self._tokens):
            raise Untranslatable("it ends too soon")
        self._at += 1
        return self._tokens[self._at - 1]


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise Untranslatable(f"{text[at:].strip()[:20]!r} is not understood")
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def _unescaped(literal: str) -> str:
    return re.sub(r"\\(.)", r"\1", literal[1:-1])


def _code(what: str) -> str:
    return f"it calls {what}, code of another engine: say in FEEL what it decides, or bind it"
