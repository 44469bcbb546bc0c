// What every file knows of an image, and of bytes that travel as text.

export const SIDE = 28; // pixels of an image's side
export const PIXELS = SIDE * SIDE;

/** @param {string} text */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
