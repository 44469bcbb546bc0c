"""What a check says: English text that can be said in Chinese, too."""

import json
from functools import cache
from importlib.resources import files

_COMMAS = {"en": ", ", "zh": "、"}


class Said(str):
    """A sentence or a word: as text it is English, and :meth:`in_language` says it in another.

    Parameters
    ----------
    template
        In English, with the names of the values in braces, as :meth:`str.format` takes them; its
        Chinese stands in ``zh.json``. One that is said already stays what it is.
    values
        Numbers and texts; one that is a :class:`Said` itself is said in the same language, and so
        is each of a list, with commas in between.
    """

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> "Said":
        """Put the values into the English."""
        if isinstance(template, Said):
            return template
        said = super().__new__(cls, _filled(template, values, "en"))
        said.template, said.values = template, values
        return said

    def in_language(self, language: str) -> str:
        """Say it in ``"zh"`` or ``"en"``; what has no Chinese stays English."""
        template = self.template if language == "en" else chinese().get(self.template)
        return _filled(template or self.template, self.values, language)


@cache
def chinese() -> dict[str, str]:
    """Return the Chinese of every English template."""
    return json.loads(files("aelib.checks").joinpath("zh.json").read_text(encoding="utf-8"))


def _filled(template: str, values: dict[str, object], language: str) -> str:
    if not values:
        return template
    return template.format(**{name: _put(value, language) for name, value in values.items()})


def _put(value: object, language: str) -> object:
    if isinstance(value, Said):
        return value.in_language(language)
    if isinstance(value, list):
        return _COMMAS[language].join(str(_put(one, language)) for one in value)
    return value


ENCODER, DECODER = Said("encoder"), Said("decoder")
