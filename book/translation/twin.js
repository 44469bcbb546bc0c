// The link to the same page in another language takes the reader's place along: the state of the
// widgets in the address, or the section. The choice is remembered, and shown; nobody is sent on.
const CHOICE = "book-language";
const SECTION = /^#section-(\d+)$/; // an id is made of a heading's words, so sections are counted

/** Keep what the browser lets be kept: private windows and files from disk may refuse. */
function remembered(language) {
  try {
    if (language) localStorage.setItem(CHOICE, language);
    return localStorage.getItem(CHOICE);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
}

/** All sections of the page, in order; twins have the same ones. */
const sections = () => [...document.querySelectorAll("article section[id]")];

/** The reader's place, as the twin understands it. */
function placeFor(names) {
  const here = sections().findIndex(({ id }) => id && `#${id}` === decodeURI(location.hash));
  if (here >= 0) return `#section-${here}`;
  return Object.entries(names).reduce(
    (hash, [own, other]) => hash.replaceAll(encodeURIComponent(own), encodeURIComponent(other)),
    location.hash,
  );
}

for (const link of document.querySelectorAll("a.twin")) {
  const plain = link.getAttribute("href");
  if (remembered() === link.lang) link.classList.add("chosen");
  const follow = () => {
    link.href = plain + location.search + placeFor(JSON.parse(link.dataset.names));
  };
  for (const kind of ["pointerdown", "focus", "click"]) link.addEventListener(kind, follow);
  link.addEventListener("click", () => remembered(link.lang));
}

const counted = SECTION.exec(location.hash);
const section = counted && sections()[Number(counted[1])];
if (section) location.replace(`#${section.id}`);
