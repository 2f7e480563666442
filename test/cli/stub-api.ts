/** An API that answers what a test tells it to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';

type Handler = (request: IncomingMessage, body: unknown, response: ServerResponse) => unknown;

export interface StubApi {
  readonly url: string;
  readonly asked: { readonly method: string; readonly path: string; readonly query: string; readonly body: unknown }[];
  /** Answers of a route, one after the other; the last one stays. */
  on(method: string, path: string, ...answers: (Handler | { readonly status: number; readonly body: unknown })[]): void;
  close(): Promise<void>;
}

export async function startStubApi(): Promise<StubApi> {
  const routes = new Map<string, (Handler | { readonly status: number; readonly body: unknown })[]>();
  const asked: StubApi['asked'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const { pathname: path, search: query } = new URL(request.url ?? '/', 'http://stub');
      const method = request.method ?? '';
      asked.push({ method, path, query, body });
      const answers = routes.get(`${method} ${path}`) ?? [];
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (typeof answer === 'function') return void answer(request, body, response);
      response.writeHead(answer?.status ?? 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer?.body ?? problem('NotFound', 404)));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    on: (method, path, ...answers) => void routes.set(`${method} /api/v1${path}`, answers),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export const problem = (code: string, status: number, more: object = {}) => ({
  type: `/docs#${code}`,
  title: code,
  status,
  code,
  detail: `detail of ${code}`,
  hint: `hint of ${code}`,
  requestId: 'r',
  ...more,
});

export const operation = (more: Partial<OperationRecord> = {}): OperationRecord => ({
  id: 'op-1',
  job: 'clicks-dev',
  kind: 'deploy',
  actor: 'tester',
  via: 'cli',
  claimed: null,
  reason: null,
  acceptedAt: '2026-01-01T00:00:00.000Z',
  endedAt: null,
  phase: 'checking',
  phases: [{ name: 'checking', startedAt: '2026-01-01T00:00:00.000Z', endedAt: null }],
  outcome: null,
  error: null,
  deployment: null,
  request: {},
  fingerprint: 'f',
  savepoint: null,
  warnings: [],
  deleted: null,
  interruption: null,
  ...more,
});

export const ended = (outcome: OperationRecord['outcome'], more: Partial<OperationRecord> = {}): OperationRecord =>
  operation({
    outcome,
    phase: null,
    endedAt: '2026-01-01T00:00:12.300Z',
    deployment: 4,
    phases: [
      { name: 'checking', startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:01.200Z' },
      { name: 'starting', startedAt: '2026-01-01T00:00:01.200Z', endedAt: '2026-01-01T00:00:12.000Z' },
    ],
    ...more,
  });

/** An answer that is a text with headers. */
export const textAnswer =
  (text: string, headers: Readonly<Record<string, string>> = {}) =>
  (_request: IncomingMessage, _body: unknown, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', ...headers });
    response.end(text);
  };
