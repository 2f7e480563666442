/** The gate that every request passes before its handler: who asks, and whether that caller may. */
import type { Request } from 'express';
import { may, mayForSome, type Caller, type DecidedFor, type Subject } from '../../domain/access/decide.ts';
import { permissionsOf, type Permission, type Policy } from '../../domain/access/permissions.ts';
import { jobOfStateKey } from '../../domain/identity/storage-keys.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { Route } from '../http/route.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { parseOperation } from '../operations/operation-request.ts';
import { policyFor, refusal, refuseWithout } from './authorize.ts';
import type { Callers } from './callers.ts';
import { discardsNothing } from './first-start.ts';
import { declaredSubject, subjectOf } from './subjects.ts';

interface Parts {
  readonly callers: Callers;
  readonly policy: Policy;
  readonly jobs: Pick<Jobs, 'index' | 'view' | 'history'>;
  readonly records: RecordStore;
}

export class Gate {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Finds out who asks. A public route asks nobody, so that a token that has expired shuts nobody out of it.
   * @param use whether the request keeps a session from ending for want of use.
   * @throws Problem `Unauthenticated`.
   */
  async callerOf({ access }: Pick<Route, 'access'>, request: Request, use = { isUse: true }): Promise<Caller> {
    const { callers, policy } = this.#parts;
    if (access === 'public') return callers.anonymous;
    const caller = await callers.by(request, use);
    // Strangers learn nothing more of their request, not even that it is wrong.
    if (caller.method === 'anonymous' && caller.bindings.length === 0) throw refusal(caller, 'view', null, policy);
    return caller;
  }

  readonly may = (caller: Caller, permission: Permission, subject: Subject | null): boolean =>
    may(caller, permission, subject, policyFor(caller, this.#parts.policy));

  readonly denial = (caller: Caller, permission: Permission, job: string): string =>
    refusal(caller, permission, job, policyFor(caller, this.#parts.policy)).message;

  /** Decides by the path alone. @throws Problem `Unauthenticated` or `Forbidden`. */
  async admit({ access }: Pick<Route, 'access'>, caller: Caller, job: string | undefined): Promise<DecidedFor> {
    if (access === 'public') return null;
    const { policy } = this.#parts;
    if (access === 'known' || access.of === 'request' || access.of === 'each') return null;
    if (access.of === 'some') {
      if (mayForSome(caller, access.permission, policyFor(caller, policy))) return null;
      throw refusal(caller, access.permission, null, policy);
    }
    const about = job === undefined || access.of === 'installation' ? null : this.#about(job);
    return await refuseWithout(caller, [access.permission], about, policy);
  }

  /** Decides by what the body asks of the job. @throws Problem `Unauthenticated` or `Forbidden`, or one about the body. */
  async admitRequest(
    caller: Caller,
    job: string,
    body: unknown,
    { isPlan }: { readonly isPlan: boolean },
  ): Promise<DecidedFor> {
    const asked = parseOperation(body);
    const { kind, request } = asked;
    const { jobs, records, policy } = this.#parts;
    const isForeign = typeof request['from'] === 'string' && isForeignPath(request['from'], job);
    // A plan changes nothing, but it tells of the restore point; and it makes work, which no stranger may.
    const needed: readonly Permission[] =
      isPlan && caller.method !== 'anonymous'
        ? ['view', ...(isForeign ? (['foreignState'] as const) : [])]
        : permissionsOf(kind, request, {
            isForeign,
            isFirst: request['from'] === 'fresh' && (await discardsNothing({ jobs, records }, job, asked)),
          });
    // A job has no owner before its first deploy, so the release says to whom it will belong.
    const find = async () => {
      const subject = await subjectOf({ jobs, records }, job);
      const isOwned = subject.environment !== null || subject.team !== null;
      return isOwned || kind !== 'deploy' ? subject : await declaredSubject(records, job, request['release']);
    };
    return await refuseWithout(caller, needed, { job, find }, policy);
  }

  #about(job: string) {
    const { jobs, records } = this.#parts;
    return { job, find: () => subjectOf({ jobs, records }, job) };
  }
}

/** Tells whether a restore point lies outside of the folders of the job. `from` may also be a word, such as `latest`. */
function isForeignPath(from: string, job: string): boolean {
  const [, key] = /^[a-z0-9]+:\/\/[^/]+\/(.+)$/i.exec(from) ?? [];
  return from.includes('/') && jobOfStateKey(`${key ?? ''}/`) !== job;
}
