// What becomes of a trained network: the page's explorer gets it, the reader, or Python.
import { offer } from "./offer.js";
import { make } from "./page.js";
import { download, networkOf, savedOf, scriptOf } from "./train_take.js";

/** @import { Model } from "./page.js" */
/** @import { makeSession } from "./train_session.js" */
/** @import { Words } from "./train_words.js" */

/**
 * @param {Words} words
 * @param {ReturnType<typeof makeSession>} session
 * @param {boolean} embedded whether the images are those of MNIST
 * @param {(sentence: string) => void} say
 */
export function makeHand(words, { now, code, weights }, embedded, say) {
  const script = make("pre", { class: "ae-script", hidden: "", tabindex: 0 });

  /** @param {(saved: object) => void} use */
  const saved = (use) => weights(({ values }) => {
    if (now.recipe && now.last) use(savedOf(now.recipe, now.last.steps, values));
  });

  return {
    script,
    give() {
      weights(({ values, range }) => {
        if (!now.recipe) return;
        const network = networkOf(now.recipe, values, words.name(code()), range);
        say(offer(network) ? words.given : words.noExplorer);
      });
    },
    async copy() {
      if (!now.recipe || !now.last) return;
      script.textContent = scriptOf(now.recipe, now.last.steps, now.added, embedded);
      script.hidden = false; // also where the clipboard is refused
      await navigator.clipboard?.writeText(script.textContent).then(() => say(words.copied), () => {});
    },
    save: () => saved((content) => download(content, "autoencoder.json")),
    /** Tell Python. @param {Model<any>} model */
    tell: (model) => saved((content) => {
      model.set("trained", content);
      model.save_changes();
    }),
  };
}
