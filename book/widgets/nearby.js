// While the runtime of the widgets is still on its way, fetch the weights that an explorer will show
// first, as soon as the reader is near it: on a slow link they come a second or two earlier. From the
// disk there is nothing to gain. book/widgets/__init__.py puts the weights' name on the notice.

/** @param {HTMLElement} notice @param {string} base */
function fetchAhead(notice, base) {
  const link = document.createElement("link");
  const href = new URL(`${notice.dataset.first}.js`, base).href;
  document.head.append(Object.assign(link, { rel: "preload", as: "script", href }));
}

{
  const base = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        fetchAhead(/** @type {HTMLElement} */ (target), base);
      }
    },
    { rootMargin: "100px" }, // as near as the explorer itself waits for
  );
  if (location.protocol !== "file:")
    for (const notice of document.querySelectorAll(".widget-notice[data-first]"))
      near.observe(notice);
}
