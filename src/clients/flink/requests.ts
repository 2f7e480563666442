/** Requests to a JobManager, and how its refusals are read. */
import { SluiceError } from '../../domain/errors/errors.ts';
import { type CallOptions, type HttpCall, type JsonReply, parseReply, sendJson, unreachable } from '../http.ts';
import { rootCause } from './failure.ts';
import { FlinkErrors, TriggerReply } from './replies.ts';

interface Answer {
  readonly call: HttpCall;
  readonly reply: JsonReply;
}

/**
 * Answers with any status below 500; a status above means "not now" (leader election, timeouts inside Flink).
 * @param options `isAnswer` tells a refusal with such a status that is Flink's answer all the same.
 */
export async function ask(
  method: HttpCall['method'],
  address: string,
  path: string,
  { isAnswer = isUnknownJob, ...options }: CallOptions & { readonly isAnswer?: (reply: JsonReply) => boolean } = {},
  body?: unknown,
): Promise<Answer> {
  const call = callTo(method, address, path, options, body);
  const reply = await sendJson(call);
  if (reply.status >= 500 && !isUnknownJob(reply) && !isAnswer(reply))
    throw unreachable(call, `answered ${reply.status}: ${reasonOf(reply)}`);
  return { call, reply };
}

/** Answers with 200 only; `what` completes "Flink refused …". */
export async function get(
  address: string,
  path: string,
  what: string,
  options?: CallOptions,
): Promise<{ readonly call: HttpCall; readonly body: unknown }> {
  const { call, reply } = await ask('GET', address, path, options);
  if (reply.status !== 200) throw rejected(what, reply);
  return { call, body: reply.body };
}

export async function trigger(
  address: string,
  path: string,
  what: string,
  body: unknown,
  options?: CallOptions,
): Promise<void> {
  const { call, reply } = await ask('POST', address, path, options, body);
  if (reply.status !== 202) throw rejected(what, reply);
  parseReply(call, TriggerReply, reply.body);
}

export function callTo(
  method: HttpCall['method'],
  address: string,
  path: string,
  options: CallOptions,
  body?: unknown,
): HttpCall {
  if (!URL.canParse(`http://${address}`)) {
    throw new SluiceError('FlinkUnreachable', `"${address}" is not an address of a JobManager (host:port)`);
  }
  const url = new URL(`http://${address}${path}`);
  return { ...options, system: 'the JobManager', unreachable: 'FlinkUnreachable', method, url, body };
}

export function reasonOf(reply: JsonReply): string {
  const parsed = FlinkErrors.safeParse(reply.body);
  const reasons = parsed.success ? parsed.data.errors.filter((error) => error !== 'Internal server error.') : [];
  return reasons.length === 0
    ? (reply.refusal ?? 'no reason given')
    : reasons.map((error) => rootCause(error)).join('; ');
}

export function rejected(what: string, reply: JsonReply): SluiceError {
  const code = isUnknownJob(reply) ? 'NotFound' : 'FlinkRejected';
  return new SluiceError(code, `Flink refused ${what} (${reply.status}): ${reasonOf(reply)}`);
}

/** Whether Flink itself wrote the refusal. */
export function isFlinks(reply: JsonReply): boolean {
  return FlinkErrors.safeParse(reply.body).success;
}

/**
 * Flink's handlers differ (1.20.1, tried): most answer 404 `NotFoundException: Job <id> not found`, and `/status` even
 * 500 with `FlinkJobNotFoundException: Could not find Flink job (<id>)` below "Internal server error".
 */
export function isUnknownJob(reply: JsonReply): boolean {
  if (reply.status !== 404 && reply.status !== 500) return false;
  return isFlinks(reply) && /\bJob \w+ not found|FlinkJobNotFoundException/.test(errorText(reply));
}

/** `RestHandlerException: Checkpointing is not enabled for this job (<id>)`, also with 404; read in the source. */
export function hasNoCheckpointing(reply: JsonReply): boolean {
  return reply.status === 404 && /[Cc]heckpointing (is|was|has) not/.test(errorText(reply));
}

function errorText(reply: JsonReply): string {
  const parsed = FlinkErrors.safeParse(reply.body);
  return parsed.success ? parsed.data.errors.join('\n') : '';
}
