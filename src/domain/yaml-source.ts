/**
 * YAML as people may write it here: plain maps, lists and values in one document. Everything that makes YAML surprising
 * or dangerous (aliases, merge keys, tags, directives, duplicate keys) is refused with its position.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type ParsedNode } from 'yaml';
import type { InputError } from './errors.ts';
import { PROTOTYPE_KEYS } from './flink-config.ts';
import { dotted, type Path } from './input-path.ts';

/** Counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlSource {
  /** Numbers below `flink.config` are texts, as written: Flink parses them itself, and 1.10 is not 1.1. */
  readonly value: unknown;
  /** What was refused while reading; `value` lacks it. */
  readonly errors: readonly InputError[];
  /** Position of the key or value at a path, or of the nearest parent that exists. */
  readonly locate: (path: Path, part: 'key' | 'value') => Position;
  /** Whether the document says anything at a path. */
  readonly has: (path: Path) => boolean;
  /** A number as it was written, such as `1.20`. */
  readonly numberAt: (path: Path) => string | undefined;
}

export type YamlResult =
  { readonly ok: true; readonly source: YamlSource } | { readonly ok: false; readonly errors: readonly InputError[] };

const MAX_FILE_BYTES = 256 * 1024;
const MAX_DEPTH = 32;
const MAX_SYNTAX_ERRORS = 5;

const fileError = (message: string, position: Position = { line: 1, column: 1 }): InputError => ({
  path: '',
  ...position,
  message,
});

const TOO_DEEP = fileError(`the file must not be nested deeper than ${MAX_DEPTH} levels`);

/** UTF-8 bytes without needing an encoder, which a workflow may not have. */
function isTooLarge(text: string): boolean {
  if (text.length > MAX_FILE_BYTES) return true;
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes > MAX_FILE_BYTES;
}

function positionOfOffset(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function problemOfText(text: string): InputError | null {
  if (isTooLarge(text)) return fileError(`the file must be at most ${MAX_FILE_BYTES / 1024} KiB`);
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  const binary = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Cs}/u.exec(text);
  if (binary)
    return fileError('the file must be UTF-8 text: a control character is here', positionOfOffset(text, binary.index));
  const replaced = text.indexOf('\ufffd');
  return replaced === -1
    ? null
    : fileError('the file must be UTF-8 text: it was saved in another encoding', positionOfOffset(text, replaced));
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
      return `this is not valid YAML: ${message.split('\n')[0] ?? message}`;
  }
};

const idOf = (path: Path): string => JSON.stringify(path);

interface Reading {
  readonly offsets: Map<string, { readonly key: number; readonly value: number }>;
  readonly numbers: Map<string, string>;
  readonly lineOf: (offset: number) => number;
  readonly report: (offset: number, path: Path, message: string) => void;
}

const isFlinkConfig = (path: Path): boolean => path[0] === 'flink' && path[1] === 'config';

function valueOfMap(node: ParsedNode & { items: unknown }, path: Path, reading: Reading): unknown {
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return undefined;
  const map: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const { key: keyNode, value: valueNode } of node.items) {
    const offset = keyNode.range[0];
    if (!isScalar(keyNode)) {
      reading.report(offset, path, 'keys must be plain texts');
      continue;
    }
    const key = String(keyNode.value);
    const here = [...path, key];
    if (key === '<<') reading.report(offset, here, 'merge keys (<<) are not supported: use extends, or write it out');
    else if (PROTOTYPE_KEYS.has(key)) reading.report(offset, here, `"${key}" is not allowed as a key`);
    else if (keyNode.tag !== undefined || keyNode.anchor !== undefined) {
      reading.report(offset, here, 'anchors (&) and tags (!) are not supported');
    } else if (seen.has(key)) {
      const line = reading.lineOf(reading.offsets.get(idOf(here))?.key ?? offset);
      reading.report(offset, here, `"${key}" is given twice, first in line ${line}`);
    } else {
      seen.add(key);
      reading.offsets.set(idOf(here), { key: offset, value: valueNode?.range[0] ?? offset });
      map[key] = valueOf(valueNode, here, reading);
    }
  }
  return map;
}

function valueOf(node: ParsedNode | null, path: Path, reading: Reading): unknown {
  if (node === null) return null;
  const offset = node.range[0];
  if (isAlias(node)) {
    reading.report(offset, path, 'aliases (*) are not supported: write the value out');
    return undefined;
  }
  if (path.length > MAX_DEPTH) {
    reading.report(offset, path, `the file must not be nested deeper than ${MAX_DEPTH} levels`);
    return undefined;
  }
  if (node.tag !== undefined) reading.report(offset, path, 'YAML tags (!) are not supported: write the plain value');
  if (node.anchor !== undefined) reading.report(offset, path, 'anchors (&) are not supported: write the value out');
  if (isMap(node)) return valueOfMap(node, path, reading);
  if (isSeq<ParsedNode>(node)) {
    return node.items.map((item, index) => {
      const here = [...path, index];
      const at = item.range[0];
      reading.offsets.set(idOf(here), { key: at, value: at });
      return valueOf(item, here, reading);
    });
  }
  if (!isScalar(node)) return undefined;
  if (typeof node.value === 'number') {
    reading.numbers.set(idOf(path), node.source);
    if (isFlinkConfig(path)) return node.source;
  }
  return node.value;
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed[] | null {
  try {
    const documents = parseAllDocuments(text, {
      lineCounter,
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
    return 'empty' in documents ? [] : documents;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const isEmpty = (contents: ParsedNode): boolean => isScalar(contents) && contents.value === null;

/** Reads one document of YAML, or says everything that is wrong with its form. */
export function readYaml(textWithMark: string): YamlResult {
  const text = textWithMark.startsWith('\ufeff') ? textWithMark.slice(1) : textWithMark;
  const problem = problemOfText(text);
  if (problem) return { ok: false, errors: [problem] };

  const lineCounter = new LineCounter();
  const positionOf = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const documents = parse(text, lineCounter);
  if (documents === null) return { ok: false, errors: [TOO_DEEP] };
  const [document, second] = documents;
  const contents = document?.contents ?? null;
  if (document === undefined || contents === null || isEmpty(contents)) {
    return { ok: false, errors: [fileError('the file must not be empty')] };
  }

  const errors: InputError[] = [];
  const report = (offset: number, path: Path, message: string) => {
    errors.push({ path: dotted(path), ...positionOf(offset), message });
  };
  if (second) report(second.range[0], [], 'the file must be one document: remove the second "---"');
  const found = [...document.errors, ...document.warnings];
  // The composer calls itself for each level and reports its own overflow as an error.
  if (found.some(({ message }) => message.includes('call stack'))) return { ok: false, errors: [TOO_DEEP] };
  // The first errors of a broken file are its cause, the others follow from them.
  for (const { code, message, pos } of found.slice(0, MAX_SYNTAX_ERRORS)) {
    report(pos[0], [], messageOfYamlError(code, message));
  }
  if (document.directives.yaml.explicit) report(0, [], 'the %YAML directive is not supported: remove the line');
  if (errors.length > 0) return { ok: false, errors };

  const offsets: Reading['offsets'] = new Map();
  const numbers: Reading['numbers'] = new Map();
  const lineOf = (offset: number) => positionOf(offset).line;
  const value = valueOf(contents, [], { offsets, numbers, lineOf, report });

  const locate = (path: Path, part: 'key' | 'value'): Position => {
    const offset = offsets.get(idOf(path))?.[part];
    if (offset !== undefined) return positionOf(offset);
    return path.length === 0 ? positionOf(contents.range[0]) : locate(path.slice(0, -1), 'key');
  };
  return {
    ok: true,
    source: {
      value,
      errors,
      locate,
      has: (path) => offsets.has(idOf(path)),
      numberAt: (path) => numbers.get(idOf(path)),
    },
  };
}
