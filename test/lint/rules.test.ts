/** The rules of this folder report what they are for, and leave alone what resembles it. */
import { RuleTester } from 'eslint';
import { describe, it } from 'vitest';
import { commentForm } from './comment-form.mjs';
import { noElapsedTime } from './no-elapsed-time.mjs';

RuleTester.describe = describe;
RuleTester.it = it;
const rules = new RuleTester({ languageOptions: { ecmaVersion: 2023, sourceType: 'module' } });

const elapsed = [{ messageId: 'elapsed' }];
rules.run('no-elapsed-time', noElapsedTime, {
  valid: [
    'const began = Date.now(); work(); expect(steps).toBe(3);',
    'const seenAt = read(); expect(seenAt).toBeLessThanOrEqual(Date.now());',
    'world.put({ at: Date.now() }); expect(world.all()).toHaveLength(1);',
    'const note = { at: Date.now() }; expect(read(note)).toBe(true);',
    'const age = 5; { const age = Date.now(); use(age); } expect(age).toBe(5);',
    "const at = new Date('2026-01-01'); expect(at.getTime()).toBe(0);",
    'console.log(performance.now() - began); expect(result).toBe(1);',
    'const now = () => { run(() => { return Date.now(); }); return 1; }; expect(now()).toBe(1);',
  ],
  invalid: [
    'expect(Date.now() - began).toBeLessThan(50);',
    'const began = performance.now(); expect(performance.now() - began).toBeLessThan(50);',
    'const took = Date.now() - began; expect(took).toBeLessThan(50);',
    'const took = (Date.now() - began) / 1000; const rounded = Math.round(took); expect(rounded).toBe(3);',
    'let took = 0; took = performance.now() - took; expect(took < 50).toBe(true);',
    'const began = process.hrtime.bigint(); expect(Number(process.hrtime.bigint() - began)).toBeLessThan(9);',
    'const elapsed = () => Date.now() - began; expect(elapsed()).toBeLessThan(50);',
    'function ms() { if (x) { return Date.now() - began; } return 0; } expect.soft(ms()).toBeLessThan(50);',
    'expect(new Date().getTime() - began).toBeLessThan(50);',
    'expect(`${performance.now() - began}`).toMatch(/^.$/);',
    'async function timed() { return globalThis.performance.now(); } const t = await timed(); expect(t).toBe(1);',
  ].map((code) => ({ code, errors: elapsed })),
});

const opening = (word: string) => [{ messageId: 'opening', data: { word } }];
rules.run('comment-form', commentForm, {
  valid: [
    '/** Refuses a start while an unknown application is alive. */',
    '// The worker asks YARN first.\n// It retries: that is cheap.',
    '// eslint-disable-next-line no-console\nrun();',
    '/** `What` is a name here. */',
  ],
  invalid: [
    { code: '/** What a release has. */', errors: opening('What') },
    { code: '// It lives.', errors: opening('It') },
    { code: '/** The list. Nobody asks for it. */', errors: opening('Nobody') },
    { code: '/** @returns the id: Not the name. */', errors: opening('Not') },
    { code: '// The list ends here.\n// One line follows.', errors: opening('One') },
  ],
});
