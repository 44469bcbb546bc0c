// Stands in for sanitize-html, which base-manager imports and PageManager does not use.
export default () => {
  throw new Error("PageManager.inline_sanitize replaces sanitize-html");
};
