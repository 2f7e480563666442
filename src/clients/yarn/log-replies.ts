/** Shape of the NodeManager's list of log files (Hadoop 3.4.3), parsed into our words. */
import { z } from 'zod';

const ContainerLog = z
  .object({ fileName: z.string(), fileSize: z.coerce.number() })
  .transform(({ fileName, fileSize }) => ({ name: fileName, size: fileSize }));
export type ContainerLog = z.output<typeof ContainerLog>;

/** Jackson and Jersey write a list with one element as a bare object. */
const oneOrMore = <T extends z.ZodType>(item: T) =>
  z
    .unknown()
    .optional()
    .transform((value): unknown[] =>
      Array.isArray(value) ? (value as unknown[]) : value === undefined || value === null ? [] : [value],
    )
    .pipe(z.array(item));

/** Log files of a container: those on the node, and those that were aggregated; each file once. */
export const ContainerLogsReply = z
  .object({ containerLogsInfo: oneOrMore(z.object({ containerLogInfo: oneOrMore(ContainerLog) })) })
  .transform(({ containerLogsInfo }) => [
    ...new Map(
      containerLogsInfo.flatMap(({ containerLogInfo }) => containerLogInfo.map((file) => [file.name, file] as const)),
    ).values(),
  ]);
