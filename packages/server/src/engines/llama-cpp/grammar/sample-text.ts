import { Buffer } from 'node:buffer';
import { compileGrammar } from './compile-grammar.ts';
import { GrammarMachine } from './grammar-machine.ts';
import { parseGbnf } from './gbnf-syntax.ts';

/** A machine for a grammar's text; for tests. */
export function machineOf(gbnf: string): GrammarMachine {
  return new GrammarMachine(compileGrammar(parseGbnf(gbnf)));
}

/** Whether a whole text matches; for tests. */
export function matches(machine: GrammarMachine, text: string): boolean {
  return machine.run(machine.start(), Buffer.from(text, 'utf8'))?.complete === true;
}

/** A text that matches, drawn with `random` (0 to 1): random bytes for a while, then the shortest ending. For tests. */
export function sampleText(machine: GrammarMachine, random: () => number, bytes: number): string {
  const written: number[] = [];
  let state = machine.start();
  for (let count = 0; count < bytes && !state.final; count++) {
    const possible = Array.from({ length: 256 }, (_, byte) => byte).filter(
      (byte) => machine.step(state, byte) !== null,
    );
    // Rather what ends a text or a part of it than only more letters.
    const ends = possible.filter((byte) => '"}],'.includes(String.fromCharCode(byte)));
    const choices = ends.length > 0 && random() < 0.4 ? ends : possible;
    const byte = choices[Math.floor(random() * choices.length)] as number;
    written.push(byte);
    state = machine.step(state, byte) ?? state;
    if (state.complete && random() < 0.5) break;
  }
  return Buffer.concat([Uint8Array.from(written), machine.shortestEnd(state)]).toString('utf8');
}
