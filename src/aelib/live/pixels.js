// What every file knows of an image, and of bytes that travel as text.

export const SIDE = 28; // pixels of an image's side
export const PIXELS = SIDE * SIDE;

/** @param {string} text */
export function fromBase64(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i); // a tenth of from()'s time
  return bytes;
}
