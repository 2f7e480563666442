/** The question for a plan: a request that is asked about before anybody makes it. */
import { z } from 'zod';
import { operationKinds } from '../lifecycle.ts';

export const PlanQuestion = z.object({ kind: z.enum(operationKinds), request: z.looseObject({ id: z.string() }) });
export type PlanQuestion = z.infer<typeof PlanQuestion>;
