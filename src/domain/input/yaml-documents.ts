/**
 * A text taken apart into documents of YAML, within bounds. Sizes, depth and signs are counted before anything is composed
 * of them, so that a hostile file costs no more time or memory than a large honest one, and no stack.
 */
import { Composer, Lexer, LineCounter, Parser, type CST, type Document } from 'yaml';
import type { InputError } from '../errors/errors.ts';
import { escaped } from './input-path.ts';

/** Counted from 1. */
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

/** Deployment files are reviewed by people; a longer one is a mistake. */
export const MOST_FILE_BYTES = 256 * 1024;
export const MAX_DEPTH = 32;
/** What the parser has open at that depth: besides the levels the document and a value, and some to be on the safe side. */
const MAX_OPEN = MAX_DEPTH + 4;
/** Keys, values, spaces and punctuation; some ten thousand fields. Each costs memory many times its size. */
const MAX_SIGNS = 100_000;
const MAX_SYNTAX_ERRORS = 5;

export const fileError = (message: string, position: Position = { line: 1, column: 1 }): InputError => ({
  path: '',
  ...position,
  message,
});

/** What is said of a file of more than `MOST_FILE_BYTES`. */
export const TOO_LARGE = fileError(`the file must be at most ${MOST_FILE_BYTES / 1024} KiB`);

/** UTF-8 bytes without needing an encoder, which a workflow may not have. */
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
  // Both bytes of its mark are no UTF-8, and every other byte of plain text is NUL.
  if (/^\ufffd\ufffd/.test(text) && text.includes('\0')) {
    return fileError('the file must be UTF-8 text: it was saved as UTF-16');
  }
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  const binary = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f]|\p{Cs}/u.exec(text);
  if (binary)
    return fileError('the file must be UTF-8 text: a control character is here', positionOfOffset(text, binary.index));
  const replaced = text.indexOf('\ufffd');
  if (replaced !== -1) {
    const message = 'the file must be UTF-8 text: it was saved in another encoding';
    return fileError(message, positionOfOffset(text, replaced));
  }
  return isTooLarge(text) ? TOO_LARGE : null;
}

const messageOfYamlError = (code: string, message: string): string => {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'indentation must be spaces, not tabs';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a map begins here where a value was expected: check the indentation and the spaces behind colons';
    case 'TAG_RESOLVE_FAILED':
      return 'YAML tags (!) are not supported: write the plain value';
    case 'NON_STRING_KEY':
      return 'keys must be plain texts';
    default:
      return `this is not valid YAML: ${escaped((message.split('\n')[0] ?? message).slice(0, 200))}`;
  }
};

/** Documents as tokens: a second one only so far that its place is known, since more are never read. */
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
      return { problem: 'the file must have fewer keys and values: no person could review so many', at: parser.offset };
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
    // Looked for while reading: here it would compare each key with each other one.
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const { stackTraceLimit } = Error;
  // A file can have tens of thousands of mistakes, and the library makes an Error of each.
  Error.stackTraceLimit = 0;
  try {
    return [...composer.compose(tokens, true)] as Document.Parsed[]; // it was not told to keep source tokens
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The one document of a text, or what is wrong with its form. */
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
  const found = document === undefined ? [] : [...document.errors, ...document.warnings];
  // The first errors of a file, and of a line, are the cause; the others follow from them.
  const lines = new Set<number>();
  for (const { code, message, pos } of found) {
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
