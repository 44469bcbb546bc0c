// A formula wider than the page scrolls, so the keyboard must reach it; others are no tab stop.
const formulas = new ResizeObserver((entries) => {
  for (const { target } of entries)
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
});
for (const formula of document.querySelectorAll(".formula")) formulas.observe(formula);
