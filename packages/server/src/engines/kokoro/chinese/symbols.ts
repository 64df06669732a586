import type { RewriteRule } from './rewrite-rule.ts';

const ADDRESS_SYMBOLS: Readonly<Record<string, string>> = {
  '.': '点',
  '/': '斜杠',
  '@': '艾特',
  _: '下划线',
  '-': '杠',
  ':': '冒号',
};

/** Web and mail addresses: the scheme is not said, the signs between the words are. */
export const ADDRESS_RULES: readonly RewriteRule[] = [
  {
    find: /(?:https?:\/\/)?(?:[A-Za-z0-9_-]+[.@])+[A-Za-z]{2,}(?![A-Za-z0-9])(?:[:/][A-Za-z0-9_./-]*[A-Za-z0-9_/-])?/gu,
    say: (address) =>
      address
        .replace(/^https?:\/\//, '')
        .replace(/\/$/, '')
        .replace(/[./@_:-]/g, (symbol) => ` ${ADDRESS_SYMBOLS[symbol] ?? ''} `),
  },
];

/** Signs that are words when read aloud; run after numbers were read. A sign that is only decoration is dropped. */
export const SYMBOL_RULES: readonly RewriteRule[] = [
  // #话题# and #话题 are hashtags, but a # before a number or alone is said.
  { find: /#([^\s#,。!?;:]+)#/gu, say: (_, topic) => ` ${topic} ` },
  { find: /(?<=[A-Za-z])#/gu, say: () => '井' },
  { find: /#(?=\p{L})(?![一二三四五六七八九十])/gu, say: () => ' ' },
  { find: /#/gu, say: () => '井号' },
  { find: /\+/gu, say: () => '加' },
  { find: /[=]/gu, say: () => '等于' },
  { find: /×|✕|(?<=[一-鿿])\*(?=[一-鿿])/gu, say: () => '乘' },
  { find: /÷/gu, say: () => '除以' },
  { find: /±/gu, say: () => '正负' },
  { find: /≈/gu, say: () => '约等于' },
  { find: /≠/gu, say: () => '不等于' },
  { find: /≥|>等于/gu, say: () => '大于等于' },
  { find: /≤|<等于/gu, say: () => '小于等于' },
  { find: />/gu, say: () => '大于' },
  { find: /</gu, say: () => '小于' },
  { find: /&/gu, say: () => '和' },
  { find: /@/gu, say: () => '艾特' },
  { find: /%/gu, say: () => '百分号' },
  { find: /→|⇒/gu, say: () => '到' },
  { find: /°C/gu, say: () => '摄氏度' },
  { find: /[/|\\]/gu, say: () => ',' },
  { find: /[*_^`~·•■□◆◇●○★☆▲△▼]/gu, say: () => ' ' },
];
