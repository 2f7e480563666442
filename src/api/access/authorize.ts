/** The one place where the API decides whether a caller may do what a request asks. It refuses all that no binding allows. */
import { may, type Caller, type DecidedFor, type Subject } from '../../domain/access/decide.ts';
import { permissions, roleFor, type Permission, type Policy } from '../../domain/access/permissions.ts';
import { Problem } from '../http/problem.ts';

/** Finds what is known of the owner of a job. */
export type FindSubject = (job: string) => Promise<Subject>;

/**
 * Refuses a caller who lacks one of the permissions about a job. A job that does not exist and one that is outside of the
 * bindings of the caller give the same answer.
 * @returns the owner on whom the decision rests.
 * @throws Problem `Unauthenticated` for nobody, `Forbidden` that names the permission that lacks.
 */
export async function refuseWithout(
  caller: Caller,
  needed: readonly Permission[],
  about: { readonly job: string; readonly find: FindSubject } | null,
  policy: Policy,
): Promise<DecidedFor> {
  const own = policyFor(caller, policy);
  // The owner is looked for only where a binding depends on it.
  const named: Subject | null = about && { job: about.job, environment: null, team: null };
  if (needed.every((permission) => may(caller, permission, named, own))) return null;
  const subject = about && caller.bindings.length > 0 ? await about.find(about.job) : named;
  const lacking = needed.find((permission) => !may(caller, permission, subject, own));
  if (lacking === undefined) return subject;
  throw refusal(caller, lacking, about?.job ?? null, own);
}

/** The policy that counts for a caller: nobody's word lowers what strangers need, so that they never change anything. */
export const policyFor = ({ method }: Pick<Caller, 'method'>, policy: Policy): Policy =>
  method === 'anonymous' ? {} : policy;

/** @param job null: the permission is about the installation. */
export function refusal(caller: Caller, lacking: Permission, job: string | null, policy: Policy): Problem {
  const what = permissions[lacking].meaning;
  if (caller.method === 'anonymous') {
    return new Problem('Unauthenticated', `To ${what} needs a token or a login`, {
      headers: { 'WWW-Authenticate': 'Bearer realm="sluice"' },
    });
  }
  const where = job === null ? 'for the whole installation' : `for ${job}`;
  return new Problem(
    'Forbidden',
    `${caller.method === 'token' ? 'Token ' : ''}${caller.name} may not ${what}: it lacks the permission ${lacking} (role ${roleFor(lacking, policy)}) ${where}`,
    { lacks: lacking },
  );
}
