/** Serves routes: lets a request in, reads it, writes the answer, and turns failures into problems. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { UNATTENDED_HEADER } from '../domain/access/unattended.ts';
import { errorTable, SluiceError } from '../domain/errors/errors.ts';
import { withoutSecrets } from '../domain/secrets/secret-text.ts';
import type { Gate } from './access/gate.ts';
import { Act, auditProblem } from './audit/act.ts';
import type { AuditLog } from './audit/audit-log.ts';
import { API_PREFIX } from './contract.ts';
import type { ApiDependencies } from './dependencies.ts';
import { sendConditional } from './http/conditional.ts';
import { openCursor, sealCursor } from './http/paging.ts';
import { parameters } from './http/parameters.ts';
import { MOST_BODY_BYTES, parseBody, parseParams, parseQuery, quoted } from './http/parse-call.ts';
import { Problem, problemOf } from './http/problem.ts';
import type { Call, Route } from './http/route.ts';

/** Serves each route, and says of a path which methods it takes. */
export function serve(app: Express, routes: readonly Route[], doors: Doors): void {
  const methods = new Map<string, Set<string>>();
  const readBody = express.raw({ type: () => true, limit: MOST_BODY_BYTES, inflate: false });
  for (const route of routes) {
    const pattern = patternOf(route.path);
    for (const path of [API_PREFIX + pattern, ...(route.alsoAtRoot ? [pattern] : [])]) {
      app[route.method](path, ...(route.body ? [readBody] : []), answer(route, doors));
      const allowed = methods.get(path) ?? new Set(['OPTIONS']);
      methods.set(path, allowed.add(route.method.toUpperCase()));
      if (route.method === 'get') allowed.add('HEAD');
    }
  }
  for (const [path, allowed] of methods) {
    app.all(path, (request, response) => {
      const allow = [...allowed].sort().join(', ');
      response.setHeader('Allow', allow);
      if (request.method === 'OPTIONS') return void response.status(204).end();
      const detail = `${quoted(request.path)} does not take ${request.method}; it takes ${allow}`;
      throw new Problem('InvalidRequest', detail, { status: 405 });
    });
  }
}

/** The path as Express reads it; a parameter that goes on over slashes is a wildcard there. */
const patternOf = (path: string): string =>
  path.replace(/\{(\w+)\}/g, (_braces, name: string) => (parameters[name]?.isRest ? `*${name}` : `:${name}`));

/** The gate that lets a request in, and the log that tells of it. */
interface Doors {
  readonly gate: Gate;
  readonly audit: AuditLog;
}

const answer =
  (route: Route, { gate, audit }: Doors): RequestHandler =>
  async (request, response) => {
    const act = Act.begin(audit, route, request, response);
    const isUse = route.method !== 'get' || request.get(UNATTENDED_HEADER) === undefined;
    const caller = (act.caller = await gate.callerOf(route, request, { isUse }));
    response.locals['caller'] = caller.name;
    const params = parseParams(request);
    const byPath = await gate.admit(route, caller, params['job']);
    const list = route.path.replace(/\{(\w+)\}/g, (_braces, name: string) => params[name] ?? '');
    const query = openCursor(list, parseQuery(route, request));
    const body = (act.body = parseBody(route, request));
    const decidedFor =
      typeof route.access === 'object' && route.access.of === 'request'
        ? await gate.admitRequest(caller, params['job'] ?? '', body, { isPlan: route.path.endsWith('/plan') })
        : byPath;
    const requestId = requestIdOf(response.locals);
    const may: Call['may'] = (permission, subject) => gate.may(caller, permission, subject);
    const renew: Call['renew'] = async () => {
      const renewed = await gate.callerOf(route, request, { isUse: false });
      return (permission, subject) => gate.may(renewed, permission, subject);
    };
    const denial: Call['denial'] = (permission, job) => gate.denial(caller, permission, job);
    const rights = { caller, decidedFor, may, denial, renew, trace: act.trace, acted: act.acted };
    const answered = await route.handle({ params, query, body, request, response, requestId, ...rights });
    act.answered(answered);
    if (answered === null) return;
    const { status, headers = {}, contentType } = answered;
    response.status(status).setHeader('Cache-Control', 'no-store');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (answered.isConditional === true) sendConditional(request, response, sealCursor(list, answered.body));
    else if (contentType === undefined) response.json(sealCursor(list, answered.body));
    else response.setHeader('Content-Type', contentType).send(answered.body);
  };

const requestIdOf = (locals: Record<string, unknown>): string => String(locals['requestId']);

/** Answers with a problem, whatever failed. */
export const answerProblem =
  ({ log, audit }: ApiDependencies): ErrorRequestHandler =>
  (failure: unknown, request, response, next) => {
    const requestId = requestIdOf(response.locals);
    const { body, headers } = problemOf(asProblem(failure), requestId);
    auditProblem(audit, { request, response, body }, failure);
    if (body.status >= 500) {
      log.error(
        { requestId, err: failure, path: withoutSecrets(request.path), code: body.code },
        errorTable.Internal.title,
      );
    }
    if (response.headersSent) {
      next(failure);
      return;
    } // a stream broke: Express closes it
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.status(body.status).setHeader('Cache-Control', 'no-store');
    response.type('application/problem+json').send(JSON.stringify(body));
  };

/** Makes problems of errors of Express and its body parser, which carry a `type` or a 4xx status; returns others unchanged. */
function asProblem(failure: unknown): unknown {
  if (failure instanceof SluiceError || !(failure instanceof Error)) return failure;
  const type: unknown = Reflect.get(failure, 'type');
  const status: unknown = Reflect.get(failure, 'status');
  if (type === 'entity.too.large') return tooLarge(failure);
  if (type === 'encoding.unsupported') {
    return new Problem('UnsupportedMediaType', 'The body is compressed; send it uncompressed', { cause: failure });
  }
  if (failure instanceof URIError) {
    return new Problem('InvalidRequest', 'The path has a broken percent-encoding', { cause: failure });
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new Problem('InvalidRequest', failure.message, { status, cause: failure });
  }
  return failure;
}

const tooLarge = (cause: Error & { length?: unknown }): Problem =>
  new Problem(
    'PayloadTooLarge',
    `The body has ${typeof cause.length === 'number' ? `${cause.length} bytes` : 'too many bytes'}; at most ${MOST_BODY_BYTES} are taken`,
    { cause, headers: { Connection: 'close' } },
  );
