"""Say in the page's language what the theme and its helpers leave in English.

Much of it stands in their templates as plain text, out of reach of their own catalogs; so the
finished pages are searched for these very labels, each as a whole attribute. The table of run times
is translated where it is made, before it becomes HTML.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LABELS = {
    "zh_CN": {
        "Binder logo": "Binder 的标志",
        "Breadcrumb": "所在位置",
        "Clear search": "清除搜索",
        "Colab logo": "Colab 的标志",
        "Color mode": "颜色：随系统、浅或深",
        "Launch interactive content": "打开可运行的笔记本",
        "Launch on Binder": "在 Binder 打开",
        "Launch on Colab": "在 Colab 打开",
        "Link to this code": "这段代码的链接",
        "Link to this equation": "这个公式的链接",
        "Link to this heading": "这一节的链接",
        "Link to this image": "这幅图的链接",
        "Link to this table": "这张表的链接",
        "Main": "全书",
        "Page": "本页",
        "Search...": "搜索……",
        "System Settings": "随系统",
        "Toggle primary sidebar": "显示或隐藏全书目录",
        "Toggle secondary sidebar": "显示或隐藏本页目录",
    }
}
RUN_TIMES = {
    "zh_CN": {
        "Document": "页面",
        "Modified": "执行时间",
        "Method": "方式",
        "Run Time (s)": "用时（秒）",
        "Status": "成功",
        "cache": "缓存",
    }
}
ATTRIBUTE = re.compile(r'(?<= )(alt|aria-label|data-bs-title|placeholder|title)="([^"]*)"')


class RunTimes(SphinxPostTransform):
    """Translate MyST-NB's table of run times, and name its pages by their titles."""

    default_priority = 9  # just after MyST-NB has made it, before references are resolved

    def run(self, **_options: object) -> None:
        """Find the table by its first words."""
        words = RUN_TIMES.get(self.config.language, {})
        for table in self.document.findall(nodes.table):
            if not table.astext().lstrip().startswith("Document"):
                continue
            for text in list(table.findall(nodes.Text)):
                title = self.env.titles.get(str(text))
                said = title.astext() if title else words.get(str(text), str(text))
                text.parent.replace(text, nodes.Text(said))


def translated(page: str, labels: dict[str, str]) -> str:
    """Return a page with every label that is known in its own words."""
    known = {escape(english): escape(said) for english, said in labels.items()}
    return ATTRIBUTE.sub(lambda found: f'{found[1]}="{known.get(found[2], found[2])}"', page)


def translate_pages(app: Sphinx, error: Exception | None) -> None:
    """Translate the finished pages; those of an earlier build stay as they are."""
    labels = LABELS.get(app.config.language)
    if error or not labels or app.builder.format != "html":
        return
    for file in Path(app.outdir).rglob("*.html"):
        page = file.read_text(encoding="utf-8")
        if (said := translated(page, labels)) != page:
            file.write_text(said, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts."""
    app.add_post_transform(RunTimes)
    app.connect("build-finished", translate_pages, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
