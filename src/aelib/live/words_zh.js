// What the explorer says in Chinese.

/** @type {import("./words.js").Words} */
export const SAID = {
  title: "自动编码器实验台",
  original: "原图",
  noisy: "含噪输入",
  reconstruction: "重建",
  error: "误差图",
  errorScale: "|原图 − 重建|",
  choose: (digits) => (digits ? "选一个数字" : "选一张图"),
  strip: "每格：上为原图，下为此刻的重建",
  tile: (label, i) => {
    if (label === undefined) return `第 ${i + 1} 张图`;
    const kind = typeof label === "string" ? "" : label < 10 ? "数字 " : "类别 ";
    return `${kind}${label}，第 ${i + 1} 个`;
  },
  draw: "自己写",
  pad: "手写板：用鼠标、笔或手指写；键盘上，方向键移动笔尖，空格键落笔或提笔",
  padHint: (digits) => (digits ? "在这里写一个数字" : "在这里画一张图"),
  undo: "撤销",
  clear: "清空",
  sample: "换一份噪声",
  lent: (name) => `此刻画图的是${name}`,
  giveBack: "换回本页的网络",
  sampleNumber: (seed) => `噪声样本 ${seed}`,
  code: (size) => `编码 z（${size} 个值）`,
  codeHint: "拖动任意一根，看解码器怎样作答",
  codeMap: "编码的特征图",
  codeValue: (i, n) => `编码的第 ${i} 个值，共 ${n} 个；左右键换一个，上下键改变它`,
  reset: "恢复编码",
  classes: "分类器的判断",
  classesSay: (name, percent) => `分类器：${name}，${percent}%`,
  noise: "噪声因子",
  size: "潜在维度",
  network: "网络",
  pause: "；",
  say: (noise, error, ratio) => `噪声因子 ${noise}，重建 MSE ${error}，PSNR ${ratio} 分贝`,
};
