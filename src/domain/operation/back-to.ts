/** The target of a rollback as its record, its plan and the CLI name it. */
import { z } from 'zod';
import { whose, type ActiveHotfix } from '../hotfix/hotfix.ts';

export const BackTo = z.strictObject({
  deployment: z.number().int(),
  release: z.string(),
  /** The hotfix that is started with it, in words; null for none. */
  hotfix: z.string().nullable(),
  /** The hotfix with which the deployment ran and that stays reverted, in words; null for none. */
  leftOut: z.string().nullable(),
});
export type BackTo = z.infer<typeof BackTo>;

export const backTo = (
  { number, release }: { readonly number: number; readonly release: string },
  hotfix: ActiveHotfix | null,
  leftOut: ActiveHotfix | null,
): BackTo => ({ deployment: number, release, hotfix: hotfix && whose(hotfix), leftOut: leftOut && whose(leftOut) });
