/** Follows a request through the API, so that the audit log has an entry of it whatever becomes of it. */
import type { Request, Response } from 'express';
import type { Caller } from '../../domain/access/decide.ts';
import { emptyEntry, outcomeOfStatus, type AuditEntry } from '../../domain/access/audit.ts';
import { OperationId } from '../../domain/identity/ids.ts';
import { JobName } from '../../domain/identity/job-name.ts';
import { operationKinds } from '../../domain/lifecycle.ts';
import { isMap } from '../../domain/values/is-map.ts';
import type { ProblemBody } from '../contract.ts';
import { addressOf } from '../http/address.ts';
import { Problem } from '../http/problem.ts';
import type { Answer, Route } from '../http/route.ts';
import { aboutOf, isDryRun } from './about.ts';
import type { AuditLog } from './audit-log.ts';

const ACCEPTED = 202;

type ActRoute = Pick<Route, 'method' | 'path' | 'access' | 'audited' | 'about'>;

export class Act {
  readonly #audit: AuditLog;
  readonly #route: ActRoute;
  readonly #request: Request;
  /** Kept, because Express takes the parameters off the request before it answers with a problem. */
  readonly #params: Readonly<Record<string, unknown>>;
  readonly #at = new Date().toISOString();
  readonly #requestId: string;
  #isTraced = false;
  #target: string | null = null;
  caller: Caller | null = null;
  body: unknown;

  private constructor(audit: AuditLog, route: ActRoute, request: Request, requestId: string) {
    this.#audit = audit;
    this.#route = route;
    this.#request = request;
    this.#params = { ...request.params };
    this.#requestId = requestId;
  }

  /** Begins with a request, and stays with its response. */
  static begin(audit: AuditLog, route: ActRoute, request: Request, { locals }: Response): Act {
    const act = new Act(audit, route, request, String(locals['requestId']));
    locals['act'] = act;
    return act;
  }

  /**
   * Writes the entry before the change, so that there is no change without one.
   * @param target the thing that is about to change, such as the id of a token.
   * @throws SluiceError `StorageUnavailable`: then nothing may be changed.
   */
  readonly trace = async (target: string): Promise<void> => {
    this.#target = target;
    await this.#audit.write(this.#entry({ outcome: 'accepted', status: null, code: null, lacks: null }));
    this.#isTraced = true;
  };

  /** Leaves the entry now: the operation is accepted, and its answer may wait a minute for the end. */
  readonly acted = (operation: string): void => {
    if (this.#isTraced) return;
    const entry = this.#entry({ outcome: 'accepted', status: ACCEPTED, code: null, lacks: null });
    this.#audit.add({ ...entry, operation });
    this.#isTraced = true;
  };

  answered(answer: Answer | null): void {
    if (!this.#changesSomething || this.#isTraced || isDryRun({ about: this.#route.about, body: this.body })) return;
    const status = answer?.status ?? 200;
    const operation = isMap(answer?.body) ? answer.body['operation'] : null;
    const id = isMap(operation) ? OperationId.safeParse(operation['id']).data : undefined;
    const entry = this.#entry({ outcome: outcomeOfStatus(status), status, code: null, lacks: null }, answer?.body);
    this.#audit.add(id === undefined ? entry : { ...entry, operation: id });
  }

  refused({ status, code }: Pick<ProblemBody, 'status' | 'code'>, failure: unknown): void {
    const outcome = outcomeOfStatus(status);
    // A caller at its bound of streams lacks no right, and may ask every few seconds.
    if (!this.#changesSomething && (outcome !== 'denied' || code === 'TooManyStreams')) return;
    const lacks = failure instanceof Problem ? failure.lacks : null;
    this.#audit.add(this.#entry({ outcome, status, code, lacks }));
  }

  get #changesSomething(): boolean {
    return this.#route.method !== 'get' && this.#route.audited === undefined;
  }

  #entry(end: Pick<AuditEntry, 'outcome' | 'status' | 'code' | 'lacks'>, answer?: unknown): AuditEntry {
    const { method, path, about } = this.#route;
    const cluster = JobName.safeParse(this.#params['cluster']).data ?? null;
    const route = `${method.toUpperCase()} ${path}`;
    return {
      ...emptyEntry,
      at: this.#at,
      kind: end.outcome === 'denied' ? 'denial' : 'act',
      subject: this.caller?.name ?? null,
      method: this.caller?.method ?? null,
      token: this.caller?.token ?? null,
      address: addressOf(this.#request),
      action: this.#action ?? route,
      route,
      job: JobName.safeParse(this.#params['job']).data ?? null,
      operation: this.#operation,
      target: this.#target ?? this.#named,
      requestId: this.#requestId,
      ...aboutOf({ about, cluster, body: this.body }, answer),
      ...end,
    };
  }

  /** The cluster or the campaign that the path names. */
  get #named(): string | null {
    const { cluster, campaign } = this.#params;
    return JobName.safeParse(cluster ?? campaign).data ?? null;
  }

  /** The kind of the operation that is asked for, else the permission of the route. */
  get #action(): string | undefined {
    const { access } = this.#route;
    if (typeof access === 'string') return undefined;
    if ('permission' in access) return access.permission;
    const { body } = this;
    return isMap(body) ? operationKinds.find((kind) => kind === body['kind']) : undefined;
  }

  /** The operation that the path names, else the id that the asker chose. */
  get #operation(): string | null {
    const { job, id } = this.#params;
    const named = job === undefined ? undefined : (id ?? (isMap(this.body) ? this.body['id'] : undefined));
    return OperationId.safeParse(named).data ?? null;
  }
}

/** Tells the log of a problem that a request ends with. A refusal of a caller whom nobody knows is only counted. */
export function auditProblem(
  audit: AuditLog,
  { request, response, body }: { readonly request: Request; readonly response: Response; readonly body: ProblemBody },
  failure: unknown,
): void {
  const act: unknown = response.locals['act'];
  const isKnown = act instanceof Act && act.caller !== null;
  if (outcomeOfStatus(body.status) === 'denied' && (!isKnown || act.caller?.method === 'anonymous'))
    audit.stranger(addressOf(request), body.code);
  else if (isKnown) act.refused(body, failure);
}
