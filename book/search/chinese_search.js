// The reader's side of chinese_search.py. Sphinx writes this into language_data.js, which is
// loaded after searchtools.js.

/** Cut a query as the pages were cut. */
function splitQuery(query) {
  const inIndex = (word) =>
    Object.hasOwn(Search._index.terms, word) || Object.hasOwn(Search._index.titleterms, word);

  /** The dictionary's words, longest first (they are marked on the page in this order), and pairs. */
  function pieces(run) {
    const found = [];
    for (let length = run.length; length > 1; length--)
      for (let start = 0; start + length <= run.length; start++) {
        const piece = run.slice(start, start + length);
        if (length === 2 || inIndex(piece)) found.push(piece);
      }
    return found.length ? found : [run]; // a single character
  }

  // Runs of Chinese; runs of other letters and digits. Latin and Chinese may touch: MSE值
  const runs = query.match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{Letter}\p{Number}_])+/gu);
  return (runs ?? []).flatMap((run) => (/^\p{Script=Han}/u.test(run) ? pieces(run) : [run]));
}

// Sphinx lets a page pass that lacks the terms shorter than three characters; most Chinese
// words have two. So short terms are filled up to three, in the index as well.
{
  const English = Stemmer;
  Stemmer = function () {
    const english = new English();
    this.stemWord = (word) => english.stemWord(word).padEnd(3, "_");
  };

  const summary = Search.makeSearchSummary;
  Search.makeSearchSummary = (page, terms, anchor) =>
    summary(page, new Set([...terms].map((term) => term.replace(/_+$/, ""))), anchor);
}

// A page opened from disk may not fetch its neighbours for a summary.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
