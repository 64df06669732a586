import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { AnswerGuide } from './answer-guide.ts';
import { gbnfLiteral } from './gbnf-text.ts';
import { PreparedGrammars } from './prepared-grammars.ts';
import { machineOf, matches, sampleText } from './sample-text.ts';
import { TokenTrie, type TokenTexts } from './token-trie.ts';
import { utf8Ranges } from './utf8-ranges.ts';

const END = 0;

/** A vocabulary of all bytes, some words and an end. Token 0 ends; tokens 1 to 256 are bytes; the words follow. */
function vocabularyOf(words: readonly string[]): TokenTexts & { readonly tokens: (text: string) => number[] } {
  const texts = [
    Buffer.alloc(0),
    ...Array.from({ length: 256 }, (_, byte) => Buffer.of(byte)),
    ...words.map((word) => Buffer.from(word)),
  ];
  return {
    vocabSize: texts.length,
    pieceOf: (token) => texts[token] ?? Buffer.alloc(0),
    readPiece: (token) => texts[token] ?? Buffer.alloc(0),
    endsAnswer: (token) => token === END,
    tokens: (text) => Array.from(Buffer.from(text), (byte) => byte + 1),
  };
}

test('literals, classes, groups, alternatives, repetitions and comments mean what they mean in GBNF', () => {
  const machine = machineOf(`
    # an expression
    root ::= term ([-+*/] term){0,2} ("!" | "?")? # the whole
    term ::= [0-9]+ |
      "(" root ")" | "\\x41\\u00e9\\n" | [^a-z0-9()+*/!?-]{2}
  `);
  for (const text of ['1', '12+3', '(1-2)*3', 'Aé\n', '1!', '漢字', '((1))'])
    expect(matches(machine, text), text).toBe(true);
  for (const text of ['', '1+', 'a', '1+2+3+4', '(1', 'A', '漢', '1!?'])
    expect(matches(machine, text), text).toBe(false);
});

test.each([
  ['root ::= "a', /line 1.*quotes/],
  ['root ::= [a', /line 1/],
  ['root ::= ("a"', /parenthesis/],
  ['root = "a"', /::= is missing/],
  ['root ::= "a"\nb ::= c', /c is used, but not defined/],
  ['start ::= "a"', /no rule named root/],
  ['root ::= "a"\nroot ::= "b"', /defined twice/],
  ['root ::= "a"{3,2}', /empty/],
  ['root ::= "a"{99999999999}', /too large/],
  ['root ::= "\\q"', /no escape/],
  ['root ::= <think>', /token elements/],
  ['root ::= [z-a]', /backwards/],
  ['root ::= *', /expected/],
  ['', /no rule named root/],
])('%j is refused with the reason', (gbnf, reason) => {
  expect(() => machineOf(gbnf)).toThrow(
    expect.objectContaining({ code: 'invalid_request', message: expect.stringMatching(reason) as string }),
  );
});

test.each([
  ['left recursion', 'root ::= root "a" | "b"'],
  ['left recursion through others that may be empty', 'root ::= a b\na ::= "x"?\nb ::= a root "y" | "z"'],
  ['a rule without end', 'root ::= "a" root'],
  ['a shortest text of a million bytes', 'root ::= ((("a"{100}){100}){100})'],
  ['parentheses without end', `root ::= ${'('.repeat(5000)}"a"${')'.repeat(5000)}`],
  ['text without end', `root ::= "${'a'.repeat(3_000_000)}"`],
])('a hostile grammar is refused at once: %s', (_name, gbnf) => {
  const library = new PreparedGrammars(vocabularyOf([]));
  expect(() => library.prepare(gbnf)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});

test('giant repetitions and empty repetitions cost nothing', () => {
  const giant = machineOf('root ::= ("a"{0,2000000000} "b"){1,1000000}');
  expect(matches(giant, `${'a'.repeat(5000)}bb`)).toBe(true);
  const empty = machineOf('root ::= (("a"?)*)* "b"');
  expect(matches(empty, 'aab')).toBe(true);
});

test('a million repetitions of something that may be empty are refused before anything is written', () => {
  expect(() => machineOf('root ::= ("a"?){1,1000000} "b"').start()).toThrow(
    expect.objectContaining({ code: 'unsupported_value' }),
  );
});

test('rules that double at each level are refused before anything is written', () => {
  const level = (index: number): string =>
    `${index === 0 ? 'root' : `r${index}`} ::= r${index + 1} | r${index + 1} "x"`;
  const doubling = `${Array.from({ length: 60 }, (_, index) => level(index)).join('\n')}\nr60 ::= "y"`;
  expect(() => machineOf(doubling).start()).toThrow(expect.objectContaining({ code: 'unsupported_value' }));
});

test('a grammar that can be read in ever more ways ends with a sentence, not with the memory', () => {
  const machine = machineOf('root ::= "a" root x | "a" root y | "b"\nx ::= "c" | "d"\ny ::= "c" | "e"');
  let state = machine.start();
  expect(() => {
    for (let count = 0; count < 100; count++) state = machine.step(state, 0x61) ?? state;
  }).toThrow(/too many ways/);
});

test('the shortest ending completes a text wherever it stands', () => {
  const machine = machineOf(
    'root ::= "{" pair ("," pair)* "}"\npair ::= [a-z]{2,5} ":" (root | [0-9]+ | "[" [0-9] ("," [0-9]){3,} "]")',
  );
  let seed = 1;
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let count = 0; count < 200; count++) {
    const text = sampleText(machine, random, Math.floor(random() * 60));
    expect(matches(machine, text), text).toBe(true);
  }
  expect(Buffer.from(machine.shortestEnd(machine.start())).toString()).toBe('{aa:0}');
});

test('ranges of code points become exactly their bytes in UTF-8, without surrogates', () => {
  for (const [from, to] of [
    [0, 0x10ffff],
    [0x7f, 0x80],
    [0x7ff, 0x801],
    [0xd000, 0xe001],
    [0xfffe, 0x10001],
    [0x4e00, 0x9fa5],
  ] as const) {
    const sequences = utf8Ranges({ from, to });
    const holds = (code: number): number => {
      const bytes = Buffer.from(String.fromCodePoint(code));
      return sequences.filter(
        (sequence) =>
          sequence.length === bytes.length &&
          sequence.every((range, at) => range.from <= (bytes[at] as number) && (bytes[at] as number) <= range.to),
      ).length;
    };
    for (
      let code = 0;
      code <= 0x10ffff;
      code += code < 0x900 || Math.abs(code - from) < 70 || Math.abs(code - to) < 70 ? 1 : 61
    ) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      expect(holds(code), code.toString(16)).toBe(code >= from && code <= to ? 1 : 0);
    }
    expect(sequences.some(([first, second]) => first?.from === 0xed && (second?.to ?? 0) > 0x9f)).toBe(false);
  }
});

test('the tree of a vocabulary allows exactly the tokens whose text can follow, and the end where the text is whole', () => {
  const vocabulary = vocabularyOf(['true', 'tru', 'false', 'fa', 'e', '漢字', '漢', 'truely', 't漢']);
  const machine = machineOf('root ::= ("true" | "false" | "漢字")?');
  const trie = new TokenTrie(vocabulary);
  for (const text of ['', 't', 'tru', 'true', '漢', 'x']) {
    const state = machine.run(machine.start(), Buffer.from(text));
    if (state === null) continue;
    const expected = Array.from({ length: vocabulary.vocabSize }, (_, token) => token).filter((token) =>
      token === END
        ? state.complete
        : machine.run(state, vocabulary.pieceOf(token)) !== null && vocabulary.pieceOf(token).length > 0,
    );
    const allowed = trie.allowed(machine, state);
    expect(allowed.kind === 'few' ? [...allowed.tokens] : [], text).toEqual(expected);
  }
  expect(
    trie.spell(Buffer.from('truefalse漢x'))?.map((token) => Buffer.from(vocabulary.pieceOf(token)).toString()),
  ).toEqual(['true', 'false', '漢', 'x']);
});

function guideOf(
  gbnf: string,
  maxTokens: number,
  more: { trigger?: string; words?: readonly string[] } = {},
): { guide: AnswerGuide; vocabulary: ReturnType<typeof vocabularyOf> } {
  const vocabulary = vocabularyOf(more.words ?? []);
  const grammar = new PreparedGrammars(vocabulary).prepare(gbnf);
  return { guide: new AnswerGuide({ grammar, vocabulary, maxTokens, trigger: more.trigger ?? '' }), vocabulary };
}

/** Writes a text token by token as far as the guide lets it, then what it forces. */
function write(guide: AnswerGuide, vocabulary: TokenTexts, tokens: readonly number[]): string {
  const written: Uint8Array[] = [];
  for (const token of tokens) {
    const verdict = guide.accept(token);
    if (verdict === 'accepted') written.push(vocabulary.pieceOf(token));
    if (verdict === 'refused')
      throw new Error(
        `refused ${Buffer.from(vocabulary.pieceOf(token)).toString()} after ${Buffer.concat(written).toString()}`,
      );
    if (verdict !== 'ending') continue;
    for (let forced = guide.forced(); forced !== null; forced = guide.forced()) {
      guide.follow(forced);
      written.push(vocabulary.pieceOf(forced));
    }
    return Buffer.concat(written).toString();
  }
  return Buffer.concat(written).toString();
}

const OBJECT = 'root ::= "{\\"text\\":\\"" [^"]* "\\",\\"n\\":" [0-9]+ "}"';

test('an answer that runs away in a string is brought to its shortest valid end by its last token', () => {
  const runaway = '{"text":"' + 'a'.repeat(200);
  const { guide, vocabulary } = guideOf(OBJECT, 60);
  const text = write(guide, vocabulary, vocabulary.tokens(runaway));
  expect(text).toBe(`{"text":"${'a'.repeat(60 - 9 - 8)}","n":0}`);
  expect(guide.stage).toBe('final');
});

test('tokens of several characters leave room for more text before the end', () => {
  const { guide, vocabulary } = guideOf(OBJECT, 60, { words: ['","n":', '0}'] });
  const text = write(guide, vocabulary, vocabulary.tokens('{"text":"' + 'a'.repeat(200)));
  expect(text).toBe(`{"text":"${'a'.repeat(60 - 9 - 2)}","n":0}`);
});

test('a complete answer that would go on beyond its last token ends instead', () => {
  const { guide, vocabulary } = guideOf('root ::= [0-9]+ ("." [0-9]{3})?', 4);
  expect(write(guide, vocabulary, vocabulary.tokens('12.345'))).toBe('12');
});

test('an answer whose shortest form does not fit is left to the token limit', () => {
  const { guide, vocabulary } = guideOf(OBJECT, 10);
  expect(write(guide, vocabulary, vocabulary.tokens('{"text":"a'))).toBe('{"text":"a');
  expect(guide.stage).toBe('open');
});

test('with a trigger all is free until its text was written, however it is cut, and held from there', () => {
  for (const words of [[], ['<ca', 'll>'], ['x<call>{']]) {
    const { guide, vocabulary } = guideOf('root ::= "{" [0-9] "}"', 100, { trigger: '<call>', words });
    for (const token of vocabulary.tokens('Well, <cal')) expect(guide.accept(token)).toBe('accepted');
    expect(guide.stage).toBe('free');
    for (const token of vocabulary.tokens('l>')) expect(guide.accept(token)).toBe('accepted');
    expect(guide.stage).toBe('open');
    expect(guide.accept(vocabulary.tokens('x')[0] as number)).toBe('refused');
    expect(guide.accept(END)).toBe('refused');
    for (const token of vocabulary.tokens('{1}')) expect(guide.accept(token)).toBe('accepted');
    expect(guide.stage).toBe('final');
  }
});

test('a token that holds the trigger and more is refused where the rest does not fit', () => {
  const { guide, vocabulary } = guideOf('root ::= "{"', 100, { trigger: '<call>', words: ['<call>x', '<call>{'] });
  expect(guide.accept(vocabulary.vocabSize - 2)).toBe('refused');
  expect(guide.accept(vocabulary.vocabSize - 1)).toBe('accepted');
  expect(guide.stage).toBe('final');
});

test('any text written as a literal matches itself alone', () => {
  const text = 'a"\\\n\t\u0001\u007f漢😀[^]-';
  const machine = machineOf(`root ::= ${gbnfLiteral(text)}`);
  expect(matches(machine, text)).toBe(true);
  expect(matches(machine, `${text}x`)).toBe(false);
});
