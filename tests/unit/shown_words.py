"""What a notebook shows of a result, in its language."""

import html
import re

import pytest

from aelib.language import VARIABLE

HAN = "[\u4e00-\u9fff]"
ENGLISH = re.compile(r"[a-z]{2,},? [a-z]{2,}")


def shown(result, language):
    """The text that is seen of a result in a notebook of this language."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, language)
        page = result._repr_html_()
    seen = re.sub(r'<span lang="\w+" hidden>.*?</span>', "", page, flags=re.DOTALL)
    return html.unescape(re.sub("<.*?>", "", seen))


def is_said_in_both_languages(result):
    """Whether names and messages of all steps are shown in Chinese, in English, and not mixed."""
    texts = [text for step in result.steps for text in (step.name, step.message) if text]
    chinese, english = shown(result, "zh"), shown(result, "en")
    return (
        all(text in english and text not in chinese for text in texts)
        and all(re.search(HAN, text.in_language("zh")) for text in texts)
        and all(text.in_language("zh") in chinese for text in texts)
        and not re.search(HAN, english)
        and not any(ENGLISH.search(own_words(text.in_language("zh"))) for text in texts)
    )


def own_words(text):
    """A message without code and without the words of an error of torch's or Python's."""
    return re.sub(r"`[^`]*`|(?<=：)\w+(Error|Exit): .*?(?=。)", "", text)
