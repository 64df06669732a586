import { Converter } from 'opencc-js/t2cn';

/**
 * Writes traditional characters (Taiwan's, and others) as simplified ones and leaves the rest. The dictionary of readings knows
 * words in simplified characters only: it reads 銀行 as yín xíng, 怎麼 as zěn mó.
 */
export const toSimplified: (text: string) => string = Converter({ from: 'tw', to: 'cn' });
