// What a widget says while its networks are on their way.

/** @type {Record<"zh" | "en", {waiting: string, unreachable: (address: string) => string}>} */
export const WAITING = {
  zh: {
    waiting: "正在载入网络",
    unreachable: (address) => `网络没有载入：${address}。请检查连接，再动一下滑块。`,
  },
  en: {
    waiting: "Loading the network",
    unreachable: (address) => `The network could not be loaded: ${address}. Check the connection and move a slider.`,
  },
};
