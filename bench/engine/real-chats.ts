import type { ChatMessage } from '../../packages/server/src/engines/engine.ts';

/** A question as users ask it, and the kind of work that it is. */
export interface RealChat {
  readonly kind: string;
  readonly text: string;
}

/** What people ask a local model for: some answers repeat stretches of the question, some are new throughout. */
export const REAL_CHATS: readonly RealChat[] = [
  {
    kind: 'correcting a text',
    text:
      'Correct the spelling and change nothing else:\n\nDear Mrs Hansen, thank you for your leter of the third of May. We have recieved the ' +
      'parcel with the two lamps, but one of the shades was broken when it arived. Could you please send us a new one, or tell us wich shop ' +
      'in our town keeps them? The other lamp is alredy standing on our table and gives a warm and pleasent light. Yours sincerely, Peter Wolf',
  },
  {
    kind: 'changing a program',
    text:
      'Rename the variable `x` to `total` and answer with the whole function:\n\n```python\ndef sum_prices(items, rate):\n    x = 0\n    for item in items:\n' +
      "        if item['count'] > 0:\n            x = x + item['price'] * item['count']\n        else:\n            print('skipped', item['name'])\n    x = x * (1 + rate)\n    return x\n```",
  },
  {
    kind: 'drawing data out',
    text: 'Write as JSON, a list of objects with name, count and price:\n\nMONDAY MARKET, 3 May\n2 x Rye bread 4.20\n1 x Butter 2.35\n6 x Eggs 0.40\n1 x Honey 5.80\n3 x Apples 0.75\nTotal 20.95, paid by card, thank you for coming',
  },
  { kind: 'telling in Chinese', text: '用三句话说明为什么天空是蓝色的，再用一句话总结。' },
  { kind: 'explaining', text: 'Explain to a child how a refrigerator keeps food cold, in one paragraph.' },
  { kind: 'making up', text: 'Write a short scene in which two old sailors argue about the weather.' },
];

/** The chat as it is sent; no round begins like another. */
export function messagesOf({ text }: RealChat, round: number): readonly ChatMessage[] {
  return [
    {
      role: 'system',
      content: `Session ${round + 2}. You are a careful assistant who answers with what was asked for.`,
    },
    { role: 'user', content: text },
  ];
}
