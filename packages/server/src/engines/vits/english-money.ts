import { cardinal, numberWords } from './english-numbers.ts';

interface Currency {
  readonly one: string;
  readonly many: string;
  readonly cent: string;
  readonly cents: string;
}

const DOLLAR: Currency = { one: 'dollar', many: 'dollars', cent: 'cent', cents: 'cents' };
const POUND: Currency = { one: 'pound', many: 'pounds', cent: 'penny', cents: 'pence' };
const EURO: Currency = { one: 'euro', many: 'euros', cent: 'cent', cents: 'cents' };
const YEN: Currency = { one: 'yen', many: 'yen', cent: 'sen', cents: 'sen' };
const RUPEE: Currency = { one: 'rupee', many: 'rupees', cent: 'paisa', cents: 'paise' };
const CURRENCIES: Readonly<Record<string, Currency>> = {
  $: DOLLAR,
  US$: DOLLAR,
  '£': POUND,
  '€': EURO,
  '¥': YEN,
  '₹': RUPEE,
};
const MAGNITUDES: Readonly<Record<string, string>> = {
  k: 'thousand',
  m: 'million',
  mn: 'million',
  b: 'billion',
  bn: 'billion',
  t: 'trillion',
};

function moneyWords(currency: Currency, amount: string): string {
  const [whole = '0', decimals = ''] = amount.replaceAll(',', '').split('.');
  if (decimals.length !== 0 && decimals.length !== 2) return `${numberWords(amount)} ${currency.many}`;
  const coins = Number(decimals);
  const parts: string[] = [];
  if (Number(whole) > 0 || coins === 0)
    parts.push(`${numberWords(whole)} ${Number(whole) === 1 ? currency.one : currency.many}`);
  if (coins > 0) parts.push(`${cardinal(coins)} ${coins === 1 ? currency.cent : currency.cents}`);
  return parts.join(' and ');
}

/** Writes sums of money as they are said: "$3.50" → "three dollars and fifty cents", "€1.5bn" → "… billion euros". */
export function sayMoney(text: string): string {
  const symbol = '(US\\$|[$£€¥₹])';
  const amount = '(\\d[\\d,]*(?:\\.\\d+)?)';
  return text
    .replaceAll(
      new RegExp(`${symbol}\\s?${amount}[-–]${symbol}?${amount}`, 'g'),
      (_, sign: string, low: string, _second, high: string) => {
        return `${numberWords(low)} to ${moneyWords(CURRENCIES[sign] ?? DOLLAR, high)}`;
      },
    )
    .replaceAll(
      new RegExp(
        `([-−])?${symbol}\\s?${amount}(?:\\s?(thousand|million|billion|trillion|[kK]|[mM]|mn|[bB]n?|[tT])\\b)?`,
        'g',
      ),
      (_, minus: string | undefined, sign: string, written: string, scale: string | undefined) => {
        const currency = CURRENCIES[sign] ?? DOLLAR;
        // A list's comma after the sum belongs to the sentence.
        const trailing = /,+$/.exec(written)?.[0] ?? '';
        const sum = written.slice(0, written.length - trailing.length);
        const magnitude = scale === undefined ? null : (MAGNITUDES[scale.toLowerCase()] ?? scale);
        const words =
          magnitude === null ? moneyWords(currency, sum) : `${numberWords(sum)} ${magnitude} ${currency.many}`;
        return `${minus === undefined ? '' : 'minus '}${words}${trailing}`;
      },
    );
}
