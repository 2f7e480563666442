/** Decides who may do what. Every door of Sluice asks here, and all that no binding allows is denied. */
import { z } from 'zod';
import { text } from '../input/field-schemas.ts';
import { matches } from '../values/name-pattern.ts';
import { includes, permissions, roleFor, roles, type Permission, type Policy } from './permissions.ts';

/** A list of names; a single name is a list of one. */
const namesOf = <T extends z.ZodType<string>>(name: T) =>
  z.union([z.array(name).min(1).max(50), name.transform((one) => [one])]);

const JobPattern = z
  .string()
  .max(63)
  .regex(/^[-a-z0-9*]+$/, 'must be a job name in which * stands for any characters, such as clicks-*');

/** A role, and the jobs that it is about. A limit that is left out is not looked at. */
export const Binding = z.strictObject({
  role: z.enum(roles),
  jobs: namesOf(JobPattern).optional().describe('Patterns of job names, such as clicks-*'),
  environments: namesOf(text(100)).optional(),
  teams: namesOf(text(100)).optional().describe('Owner teams'),
});
export type Binding = z.output<typeof Binding>;

/** The job for which a permission is asked, with what is known of its owner. */
export interface Subject {
  readonly job: string;
  readonly environment: string | null;
  readonly team: string | null;
}

interface Owned {
  readonly name: string;
  readonly environment: string | null;
  readonly owner: string | null;
}

/** A job of a list as a subject. */
export const subjectIn = ({ name, environment, owner }: Owned): Subject => ({ job: name, environment, team: owner });

/** No job has this name: only a binding without limits covers it. */
export const ANY_JOB: Subject = { job: '', environment: null, team: null };

/** The owner on whom a decision rested; null when it would be the same for every owner. */
export type DecidedFor = Subject | null;

export interface Caller {
  /** The name that the history has of it. */
  readonly name: string;
  readonly method: CallerMethod;
  /** Id of the token. */
  readonly token: string | null;
  readonly bindings: readonly Binding[];
  /** The end of a token, ISO 8601; null or absent where nothing limits it, or the caller shows no token. */
  readonly expiresAt?: string | null;
  /** The value that a request must show beside its cookie to change something; only with a token in a cookie. */
  readonly csrf?: string;
  /** Known of a caller whom an identity provider or a trusted proxy names. */
  readonly person?: Person;
}

/** The ways in which a caller may be known; `jwt` is a token of the identity provider itself. */
export const callerMethods = ['token', 'session', 'jwt', 'proxy', 'anonymous'] as const;
export type CallerMethod = (typeof callerMethods)[number];

export interface Person {
  readonly subject: string;
  readonly groups: readonly string[];
  readonly session: {
    readonly id: string;
    readonly expiresAt: string;
    /** The value that a request must show beside its cookie to change something; null for a session without cookie. */
    readonly csrf: string | null;
  } | null;
}

/** The caller who shows nothing. */
export const anonymousWith = (bindings: readonly Binding[]): Caller => ({
  name: 'anonymous',
  method: 'anonymous',
  token: null,
  bindings,
});

/**
 * Tells whether a caller has a permission. About the installation, a binding speaks only when it is limited to no job,
 * environment or team; to see the platform, any binding will do.
 */
export function may(
  { bindings }: Pick<Caller, 'bindings'>,
  permission: Permission,
  subject: Subject | null,
  policy: Policy = {},
): boolean {
  const needed = roleFor(permission, policy);
  const isLimited = ({ jobs, environments, teams }: Binding): boolean =>
    jobs !== undefined || environments !== undefined || teams !== undefined;
  return bindings.some((binding) => {
    if (!includes(binding.role, needed)) return false;
    if (permissions[permission].ofJob) return subject !== null && covers(binding, subject);
    return permission === 'viewPlatform' || !isLimited(binding);
  });
}

/** Tells whether a binding is about this job. An environment or team that nobody knows yet is none of the binding's. */
export function covers({ jobs, environments, teams }: Binding, { job, environment, team }: Subject): boolean {
  return (
    (jobs === undefined || jobs.some((pattern) => matches(pattern, job))) &&
    (environments === undefined || (environment !== null && environments.includes(environment))) &&
    (teams === undefined || (team !== null && teams.includes(team)))
  );
}

/** Tells whether a caller has a permission about jobs for at least some job. */
export const mayForSome = (
  { bindings }: Pick<Caller, 'bindings'>,
  permission: Permission,
  policy: Policy = {},
): boolean => bindings.some(({ role }) => includes(role, roleFor(permission, policy)));
