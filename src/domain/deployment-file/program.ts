/** The section `job` of a deployment file. */
import { z } from 'zod';
import { FileOfRelease, FurtherJar, MOST_FURTHER } from './further-files.ts';
import { pattern, wholeNumber } from '../input/field-schemas.ts';
import { jobTypes } from './job-type.ts';

const MAX_ARGS_CHARACTERS = 32_768;

/** The program of a job: its JARs, its files, and how it is called. */
export const Job = z.strictObject({
  type: z
    .enum(jobTypes)
    .default('streaming')
    .describe('streaming keeps its state over restarts; batch ends by itself; stateless has no state to keep'),
  jar: pattern(
    /^[A-Za-z0-9_][-A-Za-z0-9_.+]{0,194}\.jar$/,
    'must be a plain file name ending in .jar (a file of the release, without a folder)',
  ).describe('JAR of the job: the name of a file of the release'),
  jars: z
    .array(FurtherJar)
    .max(MOST_FURTHER, `must have at most ${MOST_FURTHER} items`)
    .default([])
    .describe('Further JARs of the release, on the class path of the program behind job.jar, in this order'),
  files: z
    .array(FileOfRelease)
    .max(MOST_FURTHER, `must have at most ${MOST_FURTHER} items`)
    .default([])
    .describe(
      'Files of the release that the program reads: they lie in the working directory of the JobManager and of each TaskManager',
    ),
  entryClass: z
    .string('must be a string')
    .max(300, 'must be at most 300 characters')
    .regex(
      /^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u,
      'must be the full name of a Java class such as com.example.Clicks',
    )
    .describe('Full name of the Java class with main()'),
  args: z
    .array(
      z
        .string('must be a string')
        .refine((value) => !/\0|\p{Cs}/u.test(value), 'must not contain NUL or half characters'),
    )
    .max(500, 'must have at most 500 items')
    .refine(
      (args) => args.reduce((sum, arg) => sum + arg.length, 0) <= MAX_ARGS_CHARACTERS,
      `must have at most ${MAX_ARGS_CHARACTERS} characters in all: put big values into a file`,
    )
    .default([])
    .describe('Arguments of main(); they arrive exactly as written, because no shell reads them'),
  // Flink's upper bound of maximum parallelism is 2^15.
  parallelism: wholeNumber(1, 32_768).default(1).describe('Default parallelism of the job'),
});
