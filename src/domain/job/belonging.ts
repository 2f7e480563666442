/** To whom a job belongs, as its workflow knows it and shows it. */
import { z } from 'zod';
import type { Deployment } from '../deployment/deployment.ts';
import { ownershipOf, type Ownership } from '../identity/ownership.ts';

export const OwnerView = z.object({
  project: z.string().nullable().describe('Whose releases the job runs, since its first deploy; `transfer` changes it'),
  owner: z.string().nullable().describe('The owner team to which the job belongs'),
  environment: z.string().nullable().describe('The environment to which the job belongs'),
});
export type OwnerView = Readonly<z.infer<typeof OwnerView>>;

interface Known {
  readonly ownership: Ownership | null;
  readonly current: Deployment | null;
}

/** Derives the ownership from the last deployment where carried state of before Sluice bound jobs says none. */
export const ownershipIn = ({ ownership, current }: Known): Ownership | null =>
  ownership ?? (current && ownershipOf(current));

export function ownerViewOf(known: Known): OwnerView {
  const ownership = ownershipIn(known);
  return {
    project: ownership?.project ?? null,
    owner: ownership?.team ?? null,
    environment: ownership?.environment ?? null,
  };
}
