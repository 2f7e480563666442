/** The form of a job's name. */
import { z } from 'zod';

/** Workflow ids, S3 keys and a YARN tag (which YARN lower-cases) contain the name, hence the narrow alphabet. */
export const JobName = z
  .string('must be a string')
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'must be 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit',
  )
  .describe('Unique name of the job, such as clicks-prod');
export type JobName = z.infer<typeof JobName>;
