/** A route as data: Express serves it and the OpenAPI document describes it, from this one description. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { ErrorCode } from '../../domain/errors/errors.ts';

/** What a handler is given; every part was parsed. */
interface Call<Query> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** The parsed JSON, or the text of a body of another allowed type; undefined when there is none. */
  readonly body: unknown;
  readonly request: Request;
  readonly response: Response;
  readonly requestId: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default `application/json`; the body is then a text. */
  readonly contentType?: string;
}

interface RouteAnswer {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
}

export interface RouteSpec<Query extends z.ZodType = z.ZodType> {
  readonly method: 'get' | 'post';
  /** Below the prefix of the API, with names in braces: `/jobs/{job}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Also served at the root, for probes and scrapers. */
  readonly alsoAtRoot?: boolean;
  readonly query?: Query;
  readonly body?: { readonly schema: z.ZodType; readonly text?: readonly string[]; readonly optional?: boolean };
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  readonly problems: readonly ErrorCode[];
  /** Null when the handler has answered by itself (a stream). */
  readonly handle: (call: Call<z.output<Query>>) => Promise<Answer | null> | Answer | null;
}

/** A route whose query has been forgotten by the type, as a list of routes needs it. */
export type Route = RouteSpec;

/** Keeps the type of the query inside the handler. */
export const route = <Query extends z.ZodType>(spec: RouteSpec<Query>): Route => spec; // the query's schema travels with its handler

export const ok = (body: unknown): Answer => ({ status: 200, body });
