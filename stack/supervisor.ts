// Holds the stack: this process is the parent of all components, and listens on a Unix socket in the stack's folder. It
// is detached from the terminal of `up`. On any signal that it can catch, it stops all components before it ends.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { messageOf } from '../src/domain/errors/message-of.ts';
import { bringUp, type UpEvent } from './bring-up.ts';
import { prepareCache } from './cache/cached-tools.ts';
import { ComponentProcesses } from './processes/component-processes.ts';
import { writeDescription } from './layout/description.ts';
import { tell } from './output.ts';
import { identify, isAlive } from './processes/process-identity.ts';
import { readProcessRecord, writeProcessRecord } from './processes/process-record.ts';
import { readSettings } from './settings.ts';
import { writeSluiceConfiguration } from './layout/sluice-configuration.ts';
import { stackFiles } from './layout/stack-files.ts';
import { listComponents, openStack } from './layout/stack-plan.ts';
import { type Stack } from './stack.ts';
import { endMarkedProcesses, stopComponents } from './take-down.ts';

const settings = readSettings();
const files = stackFiles(settings.stackDirectory);
const self = identify(process.pid);
mkdirSync(files.directory, { recursive: true, mode: 0o700 });

const predecessor = readProcessRecord(files).supervisor;
if (predecessor !== undefined && isAlive(predecessor)) {
  tell(`A supervisor of this stack runs already, with pid ${predecessor.pid}.`);
  process.exit(0);
}

const processes = new ComponentProcesses(files, (components) => {
  writeProcessRecord(files, { ...(self === undefined ? {} : { supervisor: self }), components: [...components] });
});
let stack: Stack | undefined;
let stopping: Promise<void> | undefined;
/**
 * The last change. Changes run one after the other, so that two commands cannot start and stop one component at once.
 */
let lastChange: Promise<unknown> = Promise.resolve();
let waiting = 0;
/** Aborts the change under way when the stack is taken down. */
const ending = new AbortController();
/** The requests to come up, by id. A request may be aborted before it arrives. */
const upRequests = new Map<string, AbortController>();

const UpRequest = z.object({ id: z.string(), clusters: z.number().int().min(1).max(2).optional() });
const AbortRequest = UpRequest.pick({ id: true });
const StopRequest = z.object({ signal: z.enum(['SIGTERM', 'SIGKILL', 'SIGSTOP', 'SIGCONT', 'SIGINT']) });

/** Brings the stack up. When a start fails or is aborted, stops the components that this call started. */
async function up(clusters: number | undefined, emit: (event: UpEvent) => void, signal: AbortSignal): Promise<void> {
  const before = processes.running();
  const opened = await openStack(settings, await prepareCache(settings), { clusters, running: before });
  stack = opened;
  const names = listComponents(opened).map(({ name }) => name);
  for (const name of before) {
    if (!names.includes(name)) await processes.stop({ name, stopGraceMilliseconds: 5_000 }, 'SIGTERM');
  }
  processes.declare(names);
  if (writeSluiceConfiguration(opened)) await stopComponents(opened, processes, new Set(['worker', 'api']));
  writeDescription(opened);
  try {
    await bringUp(opened, processes, emit, signal);
  } catch (error) {
    const started = [...processes.running()].filter((name) => !before.has(name));
    await stopComponents(opened, processes, new Set(started));
    throw error;
  }
}

/** Stops all components and ends this process. */
function shutDown(): Promise<void> {
  stopping ??= (async () => {
    ending.abort();
    await lastChange;
    if (stack !== undefined) await stopComponents(stack, processes);
    await endMarkedProcesses(files);
    writeProcessRecord(files, { components: [...processes.records()] });
    server.close();
    rmSync(files.socket, { force: true });
    // The delay gives the answer to `down` time to be sent.
    setTimeout(() => process.exit(0), 50);
  })();
  return stopping;
}

async function exclusively(act: (signal: AbortSignal) => Promise<void>, signal?: AbortSignal): Promise<void> {
  if (stopping !== undefined) throw new Error('The stack is going down. Wait until it is down, then try again.');
  const either = AbortSignal.any([ending.signal, ...(signal === undefined ? [] : [signal])]);
  waiting += 1;
  const mine = lastChange
    .then(() => {
      either.throwIfAborted();
      return act(either);
    })
    .finally(() => (waiting -= 1));
  // The caller of this change gets its failure; the next change only waits for its turn.
  lastChange = mine.catch(() => undefined);
  await mine;
}

function upRequest(id: string): AbortController {
  const known = upRequests.get(id) ?? new AbortController();
  upRequests.set(id, known);
  return known;
}

async function answerUp(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { id, clusters } = UpRequest.parse(await readBody(request));
  const abort = upRequest(id);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const emit = (event: UpEvent): void => void response.write(`${JSON.stringify(event)}\n`);
  // The client has gone, by a closed terminal or a kill, so its request is aborted.
  response.on('close', () => {
    if (!response.writableFinished) abort.abort();
  });
  try {
    await exclusively((signal) => up(clusters, emit, signal), abort.signal);
    emit({ kind: 'end' });
  } catch (error) {
    emit({ kind: 'end', error: messageOf(error) });
  }
  upRequests.delete(id);
  response.end();
  endIfIdle();
}

/** Ends the supervisor when it holds no component and serves no request. */
function endIfIdle(): void {
  if (processes.running().size === 0 && waiting === 0) void shutDown();
}

async function answerComponent(name: string, verb: string, request: IncomingMessage): Promise<unknown> {
  const component = stack === undefined ? undefined : listComponents(stack).find((one) => one.name === name);
  if (component === undefined) throw new Error(`The stack has no component ${name}.`);
  if (verb === 'start') {
    await exclusively((signal) => processes.start(component, signal));
  } else {
    const { signal } = StopRequest.parse(await readBody(request));
    await exclusively(() => processes.signal(component, signal));
  }
  return { components: processes.records() };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, first = '', name = '', verb = ''] = (request.url ?? '').split('/');
  if (first === 'up') return answerUp(request, response);
  let status = 200;
  let body: unknown = { components: processes.records() };
  try {
    if (first === 'down') await shutDown();
    else if (first === 'abort') upRequest(AbortRequest.parse(await readBody(request)).id).abort();
    else if (first === 'components' && name !== '') body = await answerComponent(name, verb, request);
  } catch (error) {
    status = 409;
    body = { error: messageOf(error) };
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // a request without an encoding yields buffers
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    tell(messageOf(error));
    response.destroy();
  });
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void shutDown());
process.on('uncaughtException', (error) => {
  tell(`The supervisor failed and takes the stack down: ${error.stack ?? error.message}`);
  void shutDown();
});

rmSync(files.socket, { force: true });
server.listen(files.socket, () => {
  chmodSync(files.socket, 0o600);
  writeProcessRecord(files, { ...(self === undefined ? {} : { supervisor: self }), components: [] });
  // The process that started the supervisor may have died before its first request.
  setTimeout(() => {
    if (stack === undefined) endIfIdle();
  }, 30_000);
});
