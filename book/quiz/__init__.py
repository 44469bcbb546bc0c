"""Questions that answer back: the ``quiz`` directive.

An author writes a question and a plain list of options, each with its reason below it::

    :::{quiz}
    :name: quiz-bottleneck
    :answer: B

    Why is the code narrower than the image?

    - A. To save memory.
      > No: the network itself is larger than many images.
    - B. So that it cannot copy the pixels.
      > Yes: what does not fit must be described by its regularities.
    :::

With several right letters (``:answer: A, C``) stands the flag ``:multiple:``. The page shows radio
buttons, or check boxes, and ``quiz.js`` answers back; without JavaScript the question,
the options and a closed list of all reasons remain. Question, options and reasons are ordinary
paragraphs, so gettext finds them. A mistake of the author is a warning with file and line.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from book.editions import in_language

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.writers.html5 import HTML5Translator

LOGGER = logging.getLogger(__name__)
HERE = Path(__file__).resolve().parent
OPTION = re.compile(r"([A-Z])\.\s+")
LABELS = {
    "zh": {
        "title": "想一想",
        "several": "想一想（可选多项）",
        "submit": "提交",
        "again": "再试一次",
        "reasons": "答案与全部理由",
        "answer": "答案：",
        "right": "✓ 答对了。",
        "wrong": "✗ 不对，再想想。",
        "none": "请先选一个答案。",
    },
    "en": {
        "title": "Think it over",
        "several": "Think it over (choose all that apply)",
        "submit": "Submit",
        "again": "Try again",
        "reasons": "Answer and all reasons",
        "answer": "Answer: ",
        "right": "✓ Right.",
        "wrong": "✗ Not right. Think again.",
        "none": "Choose an answer first.",
    },
}
SPOKEN = ("right", "wrong", "none")  # what quiz.js says


class quiz(nodes.container):  # noqa: N801 (docutils names its visitors after the class)
    """A question: its text, its options, its reasons."""


class quiz_question(nodes.container):  # noqa: N801
    """The blocks of the question itself."""


class quiz_options(nodes.bullet_list):  # noqa: N801
    """The options in order."""


class quiz_option(nodes.list_item):  # noqa: N801
    """An option: its letter, and its text as one paragraph."""


class quiz_reasons(nodes.container):  # noqa: N801
    """The reasons in the order of the options."""


class quiz_reason(nodes.container):  # noqa: N801
    """The blocks of one reason."""


class QuizDirective(SphinxDirective):
    """Read a question; see the module."""

    has_content = True
    option_spec = {  # noqa: RUF012 (docutils reads it from the class)
        "name": directives.unchanged,
        "answer": directives.unchanged,
        "multiple": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Build the question's nodes; with a mistake in it, warn and build nothing."""
        self.mistakes = 0
        content = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, content)
        *question, options = content.children or [nodes.container()]
        if not isinstance(options, nodes.bullet_list):
            self.refuse("ends with a list of options, `- A. …`; found none.")
            return []
        if not question:
            self.refuse("starts with the question, before the list of options; found nothing.")
        letters = self.read_letters(options)
        answer = self.read_answer(letters)
        for letter, option in zip(letters, options.children, strict=False):
            self.check_reason(letter, option)
        if not self.options.get("name"):
            self.refuse("needs a name, such as `:name: quiz-bottleneck`; found none.")
        return [] if self.mistakes else [self.build(question, options, letters, answer)]

    def refuse(self, mistake: str, node: nodes.Element | None = None) -> None:
        """Warn of an author's mistake, at a node's line or at the directive's."""
        self.mistakes += 1
        name = self.options.get("name", "without a name")
        line = (node is not None and node.line) or self.lineno
        LOGGER.warning("quiz %s %s", name, mistake, location=(self.env.docname, line), type="quiz")

    def read_letters(self, options: nodes.bullet_list) -> list[str]:
        """Take the letters off the options' texts."""
        letters = []
        for number, option in enumerate(options.children):
            wanted = chr(ord("A") + number)
            text = next(iter(option.findall(nodes.Text)), "")
            found = OPTION.match(text)
            if not found or found[1] != wanted or not isinstance(option[0], nodes.paragraph):
                shown = text[:20] or "nothing"
                self.refuse(f"expects option {number + 1} as `- {wanted}. …`; found {shown!r}.",
                            option)  # fmt: skip
                return []
            text.parent.replace(text, nodes.Text(text[found.end() :]))
            option[0].rawsource = OPTION.sub("", option[0].rawsource, count=1)
            letters.append(wanted)
        if len(letters) < 2:
            self.refuse(f"needs two options or more; found {len(letters)}.", options)
        return letters

    def read_answer(self, letters: list[str]) -> list[str]:
        """Read the right letters."""
        answer = sorted(re.findall(r"\w+", self.options.get("answer") or ""))
        unknown = [letter for letter in answer if letter not in letters]
        repeated = [letter for letter in answer if answer.count(letter) > 1]
        if not answer:
            self.refuse("has no right option: say which, such as `:answer: B`.")
        elif unknown and letters:
            self.refuse(f"has the options {', '.join(letters)}; the answer names {unknown[0]!r}.")
        elif repeated:
            self.refuse(f"names {repeated[0]} {answer.count(repeated[0])} times as its answer: "
                        "leave one.")  # fmt: skip
        elif len(answer) > 1 and "multiple" not in self.options:
            self.refuse(
                f"has {len(answer)} right options, {', '.join(answer)}, where one can be chosen: "
                "add `:multiple:`, or leave one."
            )
        return answer

    def check_reason(self, letter: str, option: nodes.list_item) -> None:
        """Refuse an option with anything but a reason below its text."""
        reasons = option.children[1:]
        if not any(reason.astext().strip() for reason in reasons):
            self.refuse(f"gives no reason for option {letter}: put `> …` below it.", option)
        elif not all(isinstance(reason, nodes.block_quote) for reason in reasons):
            self.refuse(
                f"has more than one paragraph in option {letter}: its reason stands in `> …`.",
                option,
            )

    def build(
        self,
        question: list[nodes.Node],
        options: nodes.bullet_list,
        letters: list[str],
        answer: list[str],
    ) -> quiz:
        """Put the parts together; the language's labels are chosen when the page is written."""
        result = quiz(
            answer=answer, multiple="multiple" in self.options, quiz_name=self.options["name"]
        )
        choices, reasons = quiz_options(), quiz_reasons()
        for letter, option in zip(letters, options.children, strict=True):
            text, *blocks = option.children
            choices += quiz_option("", text, letter=letter)
            for block in blocks:
                reasons += quiz_reason("", *block.children, letter=letter)
        result += [quiz_question("", *question), choices, reasons]
        self.set_source_info(result)
        self.add_name(result)
        return result


def _labels(language: str | None) -> dict[str, str]:
    return in_language(LABELS, language)


def title(node: quiz, language: str | None) -> str:
    """Return the line above a question, in the book's language."""
    return _labels(language)["several" if node["multiple"] else "title"]


def visit_quiz(self: HTML5Translator, node: quiz) -> None:
    """Open the form. Its parts are closed to the reader until quiz.js opens them."""
    labels = _labels(self.config.language)
    name = node["ids"][0]
    said = "".join(f' data-{key}="{escape(labels[key])}"' for key in SPOKEN)
    answer = "".join(node["answer"])
    self.body.append(
        f'<form class="quiz" id="{name}" data-answer="{answer}"{said}>'
        f'<fieldset disabled aria-labelledby="{name}-title {name}-question">'
        f'<legend id="{name}-title">{title(node, self.config.language)}</legend>'
    )


def depart_quiz(self: HTML5Translator, _node: quiz) -> None:
    """Close the form."""
    self.body.append("</form>")


def visit_question(self: HTML5Translator, node: quiz_question) -> None:
    """Open the question's blocks."""
    self.body.append(f'<div id="{node.parent["ids"][0]}-question">')


def depart_question(self: HTML5Translator, _node: quiz_question) -> None:
    """Close the question's blocks."""
    self.body.append("</div>")


def visit_options(self: HTML5Translator, node: quiz_options) -> None:
    """Open the list of options."""
    self.body.append('<ul class="quiz-options">')


def depart_options(self: HTML5Translator, _node: quiz_options) -> None:
    """Close the list; buttons and verdict follow, then the fieldset ends."""
    labels = _labels(self.config.language)
    self.body.append(
        '</ul><p class="quiz-actions" hidden>'
        f'<button type="submit">{labels["submit"]}</button> '
        f'<button type="reset" hidden>{labels["again"]}</button></p>'
        '</fieldset><div class="quiz-verdict" role="status"></div>'
    )


def visit_option(self: HTML5Translator, node: quiz_option) -> None:
    """Write an option as a labelled button; its paragraph becomes the label's text."""
    question = node.parent.parent
    kind = "checkbox" if question["multiple"] else "radio"
    name, letter = question["ids"][0], node["letter"]
    self.body.append(
        f'<li><label><input type="{kind}" name="{name}" value="{letter}"> <span><b>{letter}.</b> '
    )
    for child in node[0]:
        child.walkabout(self)
    self.body.append("</span></label></li>")
    raise nodes.SkipNode


def visit_reasons(self: HTML5Translator, node: quiz_reasons) -> None:
    """Open the closed part with all the reasons; it needs no JavaScript."""
    labels = _labels(self.config.language)
    answer = ", ".join(node.parent["answer"])
    self.body.append(
        f'<details class="quiz-reasons"><summary>{labels["reasons"]}</summary>'
        f"<p><strong>{labels['answer']}{answer}</strong></p>"
    )


def depart_reasons(self: HTML5Translator, _node: quiz_reasons) -> None:
    """Close the part."""
    self.body.append("</details>")


def visit_reason(self: HTML5Translator, node: quiz_reason) -> None:
    """Open a reason, its letter before it."""
    letter = node["letter"]
    self.body.append(f'<div class="quiz-reason" data-letter="{letter}"><b>{letter}.</b> ')


def depart_reason(self: HTML5Translator, _node: quiz_reason) -> None:
    """Close a reason."""
    self.body.append("</div>")


def add_files(_app: Sphinx, config: Config) -> None:
    """Have Sphinx copy script and style into the site."""
    config.html_static_path += [str(HERE / "quiz.js"), str(HERE / "quiz.css")]


def load_where_needed(
    app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: nodes.document
) -> None:
    """Load style and script on pages with a question only."""
    if doctree and next(iter(doctree.findall(quiz)), None) is not None:
        app.add_css_file("quiz.css")
        app.add_js_file("quiz.js", defer="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts; other builders than HTML treat the nodes as the lists they are."""
    app.add_directive("quiz", QuizDirective)
    app.add_node(quiz, html=(visit_quiz, depart_quiz))
    app.add_node(quiz_question, html=(visit_question, depart_question))
    app.add_node(quiz_options, html=(visit_options, depart_options))
    app.add_node(quiz_option, html=(visit_option, None))
    app.add_node(quiz_reasons, html=(visit_reasons, depart_reasons))
    app.add_node(quiz_reason, html=(visit_reason, depart_reason))
    app.connect("config-inited", add_files)
    app.connect("html-page-context", load_where_needed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
