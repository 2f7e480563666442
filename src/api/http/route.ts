/** A route as data: from this one description, Express serves the route and the OpenAPI document describes it. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Caller, DecidedFor, Subject } from '../../domain/access/decide.ts';
import type { Permission } from '../../domain/access/permissions.ts';
import type { ErrorCode } from '../../domain/errors/errors.ts';

/** The arguments of a handler, all of them parsed. */
export interface Call<Query = unknown> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** The parsed JSON, or the text of a body of another allowed type; undefined when there is none. */
  readonly body: unknown;
  readonly request: Request;
  readonly response: Response;
  readonly requestId: string;
  readonly caller: Caller;
  /** The owner of the job for whom the gate let the request pass; the workflow holds that it still is the owner. */
  readonly decidedFor: DecidedFor;
  /** Tells whether the caller has a permission about a job, or about the installation. */
  readonly may: (permission: Permission, subject: Subject | null) => boolean;
  /** The sentence with which the gate refuses this caller a permission about a job. */
  readonly denial: (permission: Permission, job: string) => string;
  /** Writes the entry of the audit log before a change of rights, or of a cluster that a later step may leave behind: it names the target, and nothing changes when it throws. */
  readonly trace: (target: string) => Promise<void>;
  /** Leaves the entry of the audit log as soon as an operation is accepted, which the answer may wait for. */
  readonly acted: (operation: string) => void;
  /** Finds out again who asks, for a stream that outlives rights. @throws Problem `Unauthenticated`. */
  readonly renew: () => Promise<Call['may']>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default `application/json`; with another type, the body is a text. */
  readonly contentType?: string;
  readonly isConditional?: boolean;
}

interface RouteAnswer {
  readonly description: string;
  /** Headers of this answer, with their meanings. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
}

interface RouteBody {
  readonly schema: z.ZodType;
  /** Media types that the route takes as a text instead of JSON: none that a form in a page can send. */
  readonly text?: readonly string[];
  /** Whether the body may be empty. The request needs its type all the same. */
  readonly optional?: boolean;
}

/**
 * `public`: everybody. `known`: whoever may do anything at all. A permission about the job of the path, or about the
 * installation, is decided before the handler is called. With `each`, the handler leaves out what the caller may not see; with
 * `some`, the caller needs the permission for at least some job, and the handler decides about each of them.
 */
export type Access =
  | 'public'
  | 'known'
  | { readonly permission: Permission; readonly of: 'job' | 'installation' | 'each' | 'some' }
  /** The body says what is asked of the job. */
  | { readonly of: 'request' };

/** A `get` changes nothing, here or in Temporal, S3 or YARN, because any page can make a browser send it. */
type Verb =
  { readonly method: 'get' | 'delete'; readonly body?: never } | { readonly method: 'post'; readonly body: RouteBody };

interface Served<Query extends z.ZodType> {
  /** Path below the prefix of the API, with names in braces: `/jobs/{job}`. */
  readonly path: string;
  /** The name of the route in clients that are generated from the OpenAPI document. */
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  /** The callers who may use the route. */
  readonly access: Access;
  /** Serves the route at the root too, for probes and scrapers. */
  readonly alsoAtRoot?: boolean;
  /**
   * Every route but a `get` has an entry in the audit log. The exceptions: `never`, because it changes nothing at all, and
   * `byItself`, because it makes an entry of its own. Denials are told of all routes.
   */
  readonly audited?: 'never' | 'byItself';
  /** The subject that the body or the answer names, which the audit log tells beyond the path. */
  readonly about?: AuditedSubject;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** The problems of this route, beside those of its body and those that the application adds (`problemsOf`). */
  readonly problems: readonly ErrorCode[];
  /** Returns null when the handler has answered by itself, with a stream. */
  readonly handle: (call: Call<z.output<Query>>) => Promise<Answer | null> | Answer | null;
}

/** `campaign`: the campaign that begins. `drain`: the one that a cluster's drain begins. `channel`: the channel that is tested. */
export type AuditedSubject = 'campaign' | 'drain' | 'channel';

type RouteSpec<Query extends z.ZodType> = Verb & Served<Query>;

/** A route of any query, as a list of routes needs it. */
export type Route = RouteSpec<z.ZodType>;

/** Keeps the type of the query inside the handler. */
export const route = <Query extends z.ZodType>(spec: RouteSpec<Query>): Route => spec as Route; // the query's schema travels with its handler

const S3_FAILS = ['StorageUnavailable', 'StorageDenied'] as const;

/** Problems of the body, which the application finds before the handler or the handler by the schema. */
const BODY_FAILS = ['InvalidRequest', 'Undecodable', 'PayloadTooLarge', 'UnsupportedMediaType'] as const;

/** The codes that tell a route from others: its own, and those of its body. */
export const ownProblemsOf = ({ body, problems }: Pick<Route, 'body' | 'problems'>): readonly ErrorCode[] => [
  ...new Set<ErrorCode>([...problems, ...(body ? BODY_FAILS : [])]),
];

/** The codes of every problem that a route can answer: its own, and those that the application adds. */
export const problemsOf = (route: Pick<Route, 'body' | 'access' | 'problems'>): readonly ErrorCode[] => [
  ...new Set<ErrorCode>([
    ...ownProblemsOf(route),
    'InvalidRequest', // for a query that the route does not know
    ...(route.problems.includes('TemporalUnavailable') ? (['WorkflowTasksFail'] as const) : []),
    // The gate reads tokens and owners of jobs from S3.
    ...(route.access === 'public' ? [] : (['Unauthenticated', 'TooManyRequests', ...S3_FAILS] as const)),
    ...(typeof route.access === 'string' ? [] : (['Forbidden'] as const)),
    'HostNotAllowed',
    'OriginNotAllowed',
    'Internal',
  ]),
];

export const ok = (body: unknown): Answer => ({ status: 200, body });

/** An answer that has an `ETag`; a caller who has the same one already gets 304 and no body. */
export const conditional = (body: unknown): Answer => ({ status: 200, body, isConditional: true });
