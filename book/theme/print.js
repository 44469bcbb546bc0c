// On paper nothing can be unfolded, and there is no dark: hints, solutions and reasons are printed
// open, in the light theme, and the page is as it was afterwards. Pictures that wait come now.
let folded = [];
let theme = "";

addEventListener("beforeprint", () => {
  const closed = [...document.querySelectorAll(".bd-article details:not([open])")];
  folded = closed.filter((part) => !part.closest(".ae-live")); // a widget's own drawers stay shut
  for (const part of folded) part.open = true;
  for (const picture of document.images) picture.loading = "eager";
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});

addEventListener("afterprint", () => {
  for (const part of folded) part.open = false;
  document.documentElement.dataset.theme = theme;
});
