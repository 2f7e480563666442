import { z } from 'zod';

/**
 * The name of a job: 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit. It is
 * part of a workflow id, S3 keys and a YARN tag (which YARN lower-cases), hence the narrow alphabet.
 */
export const JobName = z
  .string('must be a string')
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'must be 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit',
  )
  .describe('Unique name of the job, such as clicks-prod');
export type JobName = z.infer<typeof JobName>;
