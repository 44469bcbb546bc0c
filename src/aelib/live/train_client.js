// From the page to the training: a worker made of text, or the same code beside the page where a
// page may have no worker.

/** @import { Answer, Request } from "./train_worker.js" */

const SLICE = 100, SHORT = 12; // milliseconds of training without a break: in a worker, beside the page

/**
 * @param {string} text the module train_worker.js, joined by assets.py
 * @param {(answer: Answer) => void} hear
 * @param {(error: unknown) => void} refused neither a worker nor its code is allowed here
 */
export function makeClient(text, hear, refused) {
  /** @type {Request[]} */
  const waiting = [];
  /** @type {((request: Request) => void) | null} */
  let send = null;
  let slice = SLICE;
  let stopped = false;
  let stop = () => {};

  /** @param {MessageEvent<Answer>} event */
  const answered = ({ data }) => {
    if (stopped) return;
    if (data.kind !== "ready") return hear(data);
    send = post;
    for (const request of waiting.splice(0)) post(request);
  };
  /** @type {(request: Request) => void} */
  let post = () => {};

  function inWorker() {
    const end = text.lastIndexOf("export default "); // a module, made a script
    const script = text.slice(0, end) + text.slice(end).replace("export default", "const own =");
    const worker = new Worker(addressOf(`${script}\nown.serve(self);`));
    stop = () => worker.terminate();
    post = (request) => worker.postMessage(request);
    worker.onmessage = answered;
    worker.onerror = (event) => {
      if (send) return hear({ kind: "failed", reason: "other", detail: event.message });
      event.preventDefault(); // said by what follows
      stop();
      beside();
    };
  }

  function beside() {
    slice = SHORT;
    import(addressOf(text)).then(({ default: { serve } }) => {
      const { port1, port2 } = new MessageChannel();
      stop = () => port1.close();
      post = (request) => port1.postMessage(request);
      port1.onmessage = answered;
      serve(port2);
    }).catch(refused);
  }

  try {
    inWorker();
  } catch {
    beside(); // a page whose policy forbids workers says so at once
  }
  return {
    /** @param {Request} request */
    post(request) {
      if (send) send(request);
      else waiting.push(request);
    },
    slice: () => slice,
    stop() {
      stopped = true;
      stop();
    },
  };
}

/** @param {string} text */
function addressOf(text) {
  return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}
