// The reader's side of the Python beside it, which cuts the pages. Sphinx writes this into
// language_data.js, which is loaded after searchtools.js.

/** Cut a query into what the index holds: triples of Chinese characters, and other words. */
function splitQuery(query) {
  /**
   * First pieces that lie side by side and leave no character out: results and pages mark what a
   * query is cut into, in this order. Then the triples across them, which make the search exact.
   */
  function pieces(run) {
    const found = new Set();
    for (let start = 0; start < run.length; ) {
      const left = run.length - start;
      const length = left === 4 || left === 2 ? 2 : Math.min(left, 3); // no single one at the end
      found.add(run.slice(start, start + length));
      start += length;
    }
    for (let start = 0; start + 3 <= run.length; start++) found.add(run.slice(start, start + 3));
    return [...found];
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
