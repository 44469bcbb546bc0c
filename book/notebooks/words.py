"""What a notebook says of itself, in the book's language."""

from book.editions import in_language

WORDS = {
    "zh": {
        "colab": "在 Colab 打开",
        "binder": "在 Binder 打开",
        "read": "在网页上阅读",
        "times": "各页的运行时间见网页",
        "description": "图的文字说明",
        "show": "显示",
        "folded": "{prompt}（下面这一格；收起时点开它）",
        "minutes": "约 {minutes} 分钟",
        "seconds": "不到 {seconds} 秒",
        "about": (
            "**这本笔记**与[网页]({page})同出一源，代码相同，正文里的数值来自一次存好的运行；"
            "你自己运行时，末几位可能不同。\n\n"
            "从头运行一遍，双核 CPU 上{duration}。{gpu}{questions}"
        ),
        "gpu": (
            "有 GPU 时（Colab：“代码执行程序”→“更改运行时类型”），训练会自动用它，时间更短，"
            "数值略有出入；没有也够用。"
        ),
        "no gpu": "这里训练得很少，用不到 GPU。",
        "questions": (
            "“想一想”的下面各有一格 `checks.choice`：把 `...` 换成你选的字母，运行，就有回应。"
        ),
        "starter": "（练习本）",
        "how": (
            "**怎样使用这本练习本**（题目和讲解在[网页]({page})上也有）\n\n"
            "1. 先运行下面的第一格，它装好 `aelib`；再依次往下，运行“准备”里的代码。\n"
            "2. 每个任务：把 `...` 换成你的代码，运行；再运行下面的检查，它会说哪里还不对。\n"
            "3. 卡住了，点开“提示”；“想一想”的答案，填进 `checks.choice` 的 `...`。\n"
            "4. 最后一格列出做完的和还没做的。全部做完后从头运行，比原页短"
            "（双核 CPU 上{duration}）；不需要 GPU。"
        ),
        "references": "参考文献",
        "open": "做完的和还没做的",
    },
    "en": {
        "colab": "Open in Colab",
        "binder": "Open in Binder",
        "read": "Read on the page",
        "times": "The page shows the run times",
        "description": "The figure in words",
        "show": "Show ",
        "folded": "{prompt} (the next cell; if it is folded, open it)",
        "minutes": "about {minutes} min",
        "seconds": "less than {seconds} s",
        "about": (
            "**This notebook** shares one source with [the page]({page}): the same code, and the "
            "numbers in the text come from a stored run; in yours, the last digits may differ.\n\n"
            "Running all of it takes {duration} on a CPU with two cores. {gpu}{questions}"
        ),
        "gpu": (
            "If there is a GPU (Colab: Runtime, Change runtime type), the training uses it and "
            "takes less time; the numbers differ a little. A GPU is not needed. "
        ),
        "no gpu": "So little is trained here that a GPU makes no difference. ",
        "questions": (
            "Below each question is a cell `checks.choice`: replace the `...` with your letter."
        ),
        "starter": " (starter)",
        "how": (
            "**How to use this starter** (question and explanations are also on [the page]({page}))"
            "\n\n"
            "1. Run the first cell below, which installs `aelib`, then the preparations.\n"
            "2. In each task, replace the `...` with your code and run it; then run the check "
            "below it.\n"
            "3. Stuck? Open the hints. Letters of the questions go into `checks.choice`.\n"
            "4. The last cell shows what is done and what is open. Once all is done, it takes less "
            "than the page ({duration} on a CPU with two cores); a GPU is not needed."
        ),
        "references": "References",
        "open": "Done and still open",
    },
}


def words(language: str | None) -> dict[str, str]:
    """Return the words of a language; English where there are none."""
    return in_language(WORDS, language)
