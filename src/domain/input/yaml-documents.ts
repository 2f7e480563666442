/**
 * YAML documents, read within bounds. The reader counts size, depth and tokens before it composes values, so that a hostile
 * file costs no more time, memory or stack than a large honest one.
 */
import { Composer, Lexer, LineCounter, Parser, type CST, type Document } from 'yaml';
import type { InputError } from '../errors/errors.ts';
import { escaped } from './input-path.ts';

/** A place in a text; line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlDocuments {
  readonly documents: readonly Document.Parsed[];
  readonly positionOf: (offset: number) => Position;
}

export type DocumentsResult =
  ({ readonly ok: true } & YamlDocuments) | { readonly ok: false; readonly errors: readonly InputError[] };

/** The limit of a deployment file: people review these files, so a longer one is a mistake. */
export const MOST_FILE_BYTES = 256 * 1024;
export const MAX_DEPTH = 32;
/** The parser's stack at that depth: the levels, the document, the value, and a margin. */
const MAX_OPEN = MAX_DEPTH + 4;
/** Tokens (keys, values, spaces, punctuation) of some ten thousand fields. Each takes many times its size in memory. */
const MAX_SIGNS = 100_000;
const MAX_SYNTAX_ERRORS = 5;

export const fileError = (message: string, position: Position = { line: 1, column: 1 }): InputError => ({
  path: '',
  ...position,
  message,
});

/** The error of a file of more than `MOST_FILE_BYTES`. */
export const TOO_LARGE = fileError(`the file must be at most ${MOST_FILE_BYTES / 1024} KiB`);

/** Counts UTF-8 bytes without an encoder, because a workflow has none. */
function isTooLarge(text: string): boolean {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes > MOST_FILE_BYTES;
}

function positionOfOffset(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function problemOfText(text: string): InputError | null {
  if (text.length > MOST_FILE_BYTES) return TOO_LARGE;
  // UTF-16 begins with two bytes that are invalid in UTF-8, and every other byte of plain text is NUL.
  if (/^\ufffd\ufffd/.test(text) && text.includes('\0')) {
    return fileError('the file must be UTF-8 text, but it was saved as UTF-16');
  }
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  const binary = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f]|\p{Cs}/u.exec(text);
  if (binary)
    return fileError(
      'the file must be UTF-8 text: remove the control character here',
      positionOfOffset(text, binary.index),
    );
  const replaced = text.indexOf('\ufffd');
  if (replaced !== -1) {
    const message = 'the file must be UTF-8 text, but it was saved in another encoding';
    return fileError(message, positionOfOffset(text, replaced));
  }
  return isTooLarge(text) ? TOO_LARGE : null;
}

const messageOfYamlError = (code: string, message: string): string => {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'indentation must be spaces, not tabs';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a map begins here where a value was expected: check the indentation and the spaces after colons';
    case 'TAG_RESOLVE_FAILED':
      return 'YAML tags (!) are not supported: write the plain value';
    case 'NON_STRING_KEY':
      return 'a key must be plain text';
    default:
      return `this is not valid YAML: ${escaped((message.split('\n')[0] ?? message).slice(0, 200))}`;
  }
};

/** Reads tokens up to the beginning of a second document, whose position the error needs. */
function readTokens(text: string, newLine: (offset: number) => void): CST.Token[] | { problem: string; at: number } {
  const parser = new Parser(newLine);
  newLine(0);
  const tokens: CST.Token[] = [];
  let signs = 0;
  let documents = 0;
  let broken = 0;
  for (const sign of new Lexer().lex(text)) {
    for (const token of parser.next(sign)) {
      tokens.push(token);
      if (token.type === 'document') documents += 1;
      if (token.type === 'error') broken += 1;
    }
    signs += 1;
    if (documents > 1 || broken >= MAX_SYNTAX_ERRORS) return tokens;
    if (parser.stack.length > MAX_OPEN) {
      return { problem: `the file must not be nested deeper than ${MAX_DEPTH} levels`, at: parser.offset };
    }
    if (signs > MAX_SIGNS) {
      return { problem: 'the file must have fewer keys and values: nobody can review so many', at: parser.offset };
    }
  }
  return [...tokens, ...parser.end()];
}

function compose(tokens: readonly CST.Token[]): Document.Parsed[] {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    strict: true,
    stringKeys: true,
    // `readYaml` finds duplicate keys; the composer would compare each key with all others.
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const { stackTraceLimit } = Error;
  // The library makes an Error of each mistake, and a file can have tens of thousands.
  Error.stackTraceLimit = 0;
  try {
    return [...composer.compose(tokens, true)] as Document.Parsed[]; // the composer keeps no source tokens
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Reads the one document of a text, or the errors of its form. */
export function readDocuments(textWithMark: string): DocumentsResult {
  const text = textWithMark.startsWith('\ufeff') ? textWithMark.slice(1) : textWithMark;
  const problem = problemOfText(text);
  if (problem) return { ok: false, errors: [problem] };

  const lineCounter = new LineCounter();
  const positionOf = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const tokens = readTokens(text, lineCounter.addNewLine);
  if ('problem' in tokens) return { ok: false, errors: [fileError(tokens.problem, positionOf(tokens.at))] };
  const documents = compose(tokens);
  const [document, second] = documents;
  const errors: InputError[] = [];
  if (second) {
    errors.push(fileError('the file must be one document: remove the second "---"', positionOf(second.range[0])));
  }
  const mistakes = document === undefined ? [] : [...document.errors, ...document.warnings];
  // Later errors of a file, and of a line, mostly follow from the first ones.
  const lines = new Set<number>();
  for (const { code, message, pos } of mistakes) {
    const position = positionOf(pos[0]);
    if (lines.size === MAX_SYNTAX_ERRORS) break;
    if (!lines.has(position.line)) errors.push(fileError(messageOfYamlError(code, message), position));
    lines.add(position.line);
  }
  if (document?.directives.yaml.explicit === true) {
    errors.push(fileError('the %YAML directive is not supported: remove the line', positionOf(0)));
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, documents, positionOf };
}
