import { expect, test } from 'vitest';
import type { InputMessage } from '../request.ts';
import { asksForActions } from './phone-agent.ts';

const says = (role: InputMessage['role'], text: string): InputMessage => ({ role, parts: [{ kind: 'text', text }] });
const RULES = 'Actions:\n- do(action="Tap", element=[x,y])\n- finish(message="xxx")';

test('a system message that defines the actions is a phone agent', () => {
  expect(asksForActions([says('system', RULES), says('user', 'Open the map')])).toBe(true);
});

test('neither other system messages nor a user who quotes the actions are', () => {
  expect(asksForActions([says('system', 'Be brief.'), says('user', RULES)])).toBe(false);
  expect(asksForActions([says('system', 'Write do(action="Tap") in Python')])).toBe(false);
});
