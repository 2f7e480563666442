/**
 * Secrets are compared in the same time wherever they differ. A test cannot see that in the time that it takes, so this
 * one reads the code: secrets are compared by digests of one length, and nothing else compares them.
 *
 * Seen to fail: with `record.hash === hashOf(secret)` in `isSecretOf`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { hashOf, isSameText, isSecretOf, newSecret } from '../../../src/api/access/secrets.ts';

const ROOMS = ['src/api', 'src/domain/access', 'src/records/access', 'src/clients/oidc'];
const EQUALS = [
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
];
/** Names of what nobody may guess, at the end of an expression: `session.secret`, `hashOf(text)`, `csrf`. */
const GUESSED = /(?:secret|hash|csrf|verifier|nonce|password|hashOf\(.*\)|csrfOf\(.*\))\)?$/i;
const SEARCHES = /\.(?:startsWith|endsWith|includes|indexOf|localeCompare)$/;

const files = ROOMS.flatMap((room) =>
  readdirSync(room, { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    name.endsWith('.ts') ? [join(room, name)] : [],
  ),
);

/** Whether an expression is a value that a caller could have written, rather than `null`, `undefined` or a constant. */
const isValue = (node: ts.Node): boolean =>
  !ts.isLiteralExpression(node) && node.kind !== ts.SyntaxKind.NullKeyword && node.getText() !== 'undefined';

/** Comparisons of secrets in a text, as they are written. */
function comparisonsIn(name: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && EQUALS.includes(node.operatorToken.kind)) {
      const sides = [node.left, node.right];
      if (sides.every(isValue) && sides.some((side) => GUESSED.test(side.getText()))) found.push(node.getText());
    }
    if (ts.isCallExpression(node) && SEARCHES.test(node.expression.getText())) {
      const subject = node.expression.getText().replace(SEARCHES, '');
      if (GUESSED.test(subject)) found.push(node.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
  return found;
}

it('the search finds comparisons', () => {
  const text =
    'a.hash === b; if (x !== csrfOf(y)) z; hashOf(a) == c; secret.startsWith(d); hash === null; secret !== undefined';
  expect(comparisonsIn('some.ts', text)).toEqual([
    'a.hash === b',
    'x !== csrfOf(y)',
    'hashOf(a) == c',
    'secret.startsWith(d)',
  ]);
});

it('nothing compares a secret by itself', () => {
  expect(files.length).toBeGreaterThan(80);
  expect(files.flatMap((file) => comparisonsIn(file, readFileSync(file, 'utf8')).map((one) => [file, one]))).toEqual(
    [],
  );
});

it('the one comparison is of digests, which have one length, and in constant time', () => {
  const text = readFileSync('src/api/access/secrets.ts', 'utf8');
  expect(text.match(/timingSafeEqual\(Buffer\.from\(hashOf\(\w+\)\), Buffer\.from\(hashOf\(\w+\)\)\)/g)).toHaveLength(
    1,
  );
  const secret = newSecret();
  expect(isSecretOf({ hash: hashOf(secret) }, secret)).toBe(true);
  expect([isSecretOf({ hash: hashOf(secret) }, `${secret}a`), isSecretOf({ hash: '' }, secret)]).toEqual([
    false,
    false,
  ]);
  expect([isSameText('', ''), isSameText('', 'longer'), isSameText('é', 'e')]).toEqual([true, false, false]);
});
