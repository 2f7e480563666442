/** A route as data: from this one description, Express serves the route and the OpenAPI document describes it. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { ErrorCode } from '../../domain/errors/errors.ts';

/** The arguments of a handler, all of them parsed. */
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
  /** Default `application/json`; with another type, the body is a text. */
  readonly contentType?: string;
}

interface RouteAnswer {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
}

export interface RouteSpec<Query extends z.ZodType = z.ZodType> {
  readonly method: 'get' | 'post';
  /** Path below the prefix of the API, with names in braces: `/jobs/{job}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Serves the route at the root too, for probes and scrapers. */
  readonly alsoAtRoot?: boolean;
  readonly query?: Query;
  readonly body?: { readonly schema: z.ZodType; readonly text?: readonly string[]; readonly optional?: boolean };
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  readonly problems: readonly ErrorCode[];
  /** Returns null when the handler has answered by itself, with a stream. */
  readonly handle: (call: Call<z.output<Query>>) => Promise<Answer | null> | Answer | null;
}

/** A route of any query, as a list of routes needs it. */
export type Route = RouteSpec;

/** Keeps the type of the query inside the handler. */
export const route = <Query extends z.ZodType>(spec: RouteSpec<Query>): Route => spec; // the query's schema travels with its handler

export const ok = (body: unknown): Answer => ({ status: 200, body });
