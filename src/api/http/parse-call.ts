/** Parses path, query and body of a request once, at the edge. */
import type { Request } from 'express';
import { excessOf } from '../../domain/values/bounds.ts';
import { clip } from '../../domain/values/clip.ts';
import { z } from 'zod';
import { jsonFault } from './json-fault.ts';
import { parameters } from './parameters.ts';
import { invalidInput, Problem } from './problem.ts';
import type { Route } from './route.ts';

export const MOST_BODY_BYTES = 1024 * 1024;
/** A value of a hotfix has at most 32 levels (`hotfixLimits`), a deployment file in a body as many. */
const BODY_BOUNDS = { levels: 64, characters: MOST_BODY_BYTES };

/** Parses the parameters of the path. @throws Problem when one lacks the form of its kind of name. */
export function parseParams(request: Request): Record<string, string> {
  const params = Object.fromEntries(
    Object.entries(request.params).map(([name, value]) => [name, Array.isArray(value) ? value.join('/') : value]),
  );
  for (const [name, value] of Object.entries(params)) {
    const error = parameters[name]?.schema.safeParse(value).error;
    if (!error) continue;
    throw name === 'job'
      ? new Problem('InvalidJobName', `${quoted(value)} is not a job name: it ${mistakesOf(error)}`)
      : new Problem('InvalidRequest', `${name} ${quoted(value)} ${mistakesOf(error)}`);
  }
  return params;
}

const mistakesOf = (error: z.ZodError): string => error.issues.map(({ message }) => message).join('; ');

/** Quotes a text for a message: short, and without characters that forge lines. */
export const quoted = (text: string): string => {
  return JSON.stringify(clip(text, 80)).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    '\ufffd',
  );
};

export function parseQuery(route: Route, request: Request): unknown {
  const parsed = (route.query ?? z.strictObject({})).safeParse(request.query);
  if (!parsed.success) throw invalidInput('InvalidRequest', 'The query is wrong', parsed.error.issues);
  return parsed.data;
}

/**
 * Parses the body: JSON, or a text where the route allows one. Express has read the body into a buffer of at most 1 MiB. An
 * empty body needs its type too, because browsers let pages of any site send a body only of three other types, or none.
 */
export function parseBody(route: Route, request: Request): unknown {
  if (route.method !== 'post') return undefined;
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const texts = route.body.text ?? [];
  if (type !== 'application/json' && !/^application\/[a-z0-9.-]+\+json$/.test(type) && !texts.includes(type)) {
    const given = type === '' ? 'The request has no Content-Type' : `Content-Type is ${quoted(type)}`;
    throw new Problem('UnsupportedMediaType', `${given}; send ${['application/json', ...texts].join(' or ')}`);
  }
  const bytes: unknown = request.body;
  const text = decoded(Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0));
  if (route.body.optional === true && text === '') return undefined;
  if (texts.includes(type)) return text;
  const value = readJson(text);
  const excess = excessOf(value, BODY_BOUNDS);
  if (excess !== null) throw new Problem('Undecodable', `The body ${excess}`);
  return value;
}

/** Parses JSON in which no object names a key twice. @throws Problem that names the place. */
function readJson(text: string): unknown {
  const fault = jsonFault(text);
  if (fault === null) return JSON.parse(text) as unknown;
  const { line, column, repeated } = fault;
  const place = `line ${line}, column ${column}`;
  const detail =
    repeated === null
      ? `The body is not JSON: ${text.trim() === '' ? 'it is empty' : `see ${place}`}`
      : `The body names the key ${quoted(repeated.key)} twice: see ${place}`;
  const message = repeated === null ? 'is not JSON from here on' : `names ${quoted(repeated.key)} a second time`;
  throw new Problem('Undecodable', detail, { errors: [{ path: repeated?.path ?? '', line, column, message }] });
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem('Undecodable', 'The body is not UTF-8', { cause });
  }
}
