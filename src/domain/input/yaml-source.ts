/**
 * The plain part of YAML that people may write: maps, lists and values in one document. The reader refuses what makes YAML
 * surprising or dangerous (aliases, merge keys, tags, directives, duplicate keys), each at its position.
 */
import { isAlias, isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import type { InputError } from '../errors/errors.ts';
import { PROTOTYPE_KEYS } from './maps.ts';
import { dotted, visible, type Path } from './input-path.ts';
import { fileError, MAX_DEPTH, readDocuments, type Position } from './yaml-documents.ts';

export interface YamlSource {
  /** Numbers below `flink.config` stay texts, because Flink parses them itself and 1.10 differs from 1.1. */
  readonly value: unknown;
  /** The errors of the parts that the reader refused; `value` lacks these parts. */
  readonly errors: readonly InputError[];
  /** Finds the position of the key or value at a path, or of the nearest parent that exists. */
  readonly locate: (path: Path, part: 'key' | 'value') => Position;
  /** Tells whether the document has a key or value at a path. */
  readonly has: (path: Path) => boolean;
  /** The text of a number as it was written, such as `1.20`. */
  readonly numberAt: (path: Path) => string | undefined;
}

export type YamlResult =
  { readonly ok: true; readonly source: YamlSource } | { readonly ok: false; readonly errors: readonly InputError[] };

/** The reader stops after this many errors, because people read no more. */
const MAX_ERRORS = 100;
/** Every option of Flink is shorter. The limit keeps messages short, because each error below a key repeats the key. */
const MAX_KEY_LENGTH = 300;

/** The position of a part of the document, with its inner parts. The tree is smaller than a table of all paths. */
interface Place {
  readonly key: number;
  readonly value: number;
  number?: string;
  readonly inner: Map<string | number, Place>;
}

interface Reading {
  readonly lineOf: (offset: number) => number;
  readonly report: (offset: number, path: Path, message: string) => void;
}

const placeAt = (key: number, value: number): Place => ({ key, value, inner: new Map() });

const isFlinkConfig = (path: Path): boolean => path[0] === 'flink' && path[1] === 'config';

function readMapNode(node: ParsedNode & { items: unknown }, path: Path, place: Place, reading: Reading): unknown {
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return undefined;
  const map: Record<string, unknown> = {};
  for (const { key: keyNode, value: valueNode } of node.items) {
    const offset = keyNode.range[0];
    if (!isScalar(keyNode)) {
      reading.report(offset, path, 'a key must be plain text');
      continue;
    }
    const key = String(keyNode.value);
    const here = [...path, key];
    const before = place.inner.get(key);
    if (key === '<<')
      reading.report(offset, here, 'merge keys (<<) are not supported: use extends, or write the fields out');
    else if (PROTOTYPE_KEYS.has(key)) reading.report(offset, here, `"${key}" is not allowed as a key`);
    else if (key.length > MAX_KEY_LENGTH) {
      reading.report(offset, here, `the key ${visible(key)} must be at most ${MAX_KEY_LENGTH} characters`);
    } else if (keyNode.tag !== undefined || keyNode.anchor !== undefined) {
      reading.report(offset, here, 'anchors (&) and tags (!) are not supported');
    } else if (before) {
      reading.report(offset, here, `${visible(key)} is given twice, first on line ${reading.lineOf(before.key)}`);
    } else {
      const inner = placeAt(offset, valueNode?.range[0] ?? offset);
      place.inner.set(key, inner);
      map[key] = readNode(valueNode, here, inner, reading);
    }
  }
  return map;
}

function readNode(node: ParsedNode | null, path: Path, place: Place, reading: Reading): unknown {
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
  if (isMap(node)) return readMapNode(node, path, place, reading);
  if (isSeq<ParsedNode>(node)) {
    return node.items.map((item, index) => {
      const at = item.range[0];
      const inner = placeAt(at, at);
      place.inner.set(index, inner);
      return readNode(item, [...path, index], inner, reading);
    });
  }
  if (!isScalar(node)) return undefined;
  if (typeof node.value === 'number') {
    place.number = node.source;
    if (isFlinkConfig(path)) return node.source;
  }
  return node.value;
}

const isEmpty = (contents: ParsedNode): boolean => isScalar(contents) && contents.value === null;

/** Reads one document of YAML, or all errors of its form. */
export function readYaml(text: string): YamlResult {
  const result = readDocuments(text);
  if (!result.ok) return result;
  const { positionOf } = result;
  const contents = result.documents[0]?.contents ?? null;
  if (contents === null || isEmpty(contents)) return { ok: false, errors: [fileError('the file must not be empty')] };

  const errors: InputError[] = [];
  const root = placeAt(contents.range[0], contents.range[0]);
  const value = readNode(contents, [], root, {
    lineOf: (offset) => positionOf(offset).line,
    report: (offset, path, message) => {
      if (errors.length < MAX_ERRORS) errors.push({ path: dotted(path), ...positionOf(offset), message });
    },
  });
  if (errors.length >= MAX_ERRORS) return { ok: false, errors };

  const placeOf = (path: Path): Place | undefined =>
    path.reduce<Place | undefined>((place, part) => place?.inner.get(part), root);
  const locate = (path: Path, part: 'key' | 'value'): Position => {
    const place = placeOf(path);
    return place === undefined ? locate(path.slice(0, -1), 'key') : positionOf(place[part]);
  };
  return {
    ok: true,
    source: {
      value,
      errors,
      locate,
      has: (path) => path.length > 0 && placeOf(path) !== undefined,
      numberAt: (path) => placeOf(path)?.number,
    },
  };
}
