/** Shipped files: the further JARs and the files of a release that go to the containers of a deployment. */
import { z } from 'zod';

/** A file of a release: where it lies in the bucket, and what it holds. */
export const StoredFile = z.strictObject({
  key: z.string(),
  name: z.string(),
  /** Lower-case hexadecimal digits. */
  sha256: z.string(),
  /** Bytes. */
  size: z.number().int(),
});
export type StoredFile = z.infer<typeof StoredFile>;

export const ShippedFiles = z.strictObject({
  /** On the class path of the program behind the job's JAR, in this order. */
  jars: z.array(StoredFile),
  /** In the working directory of each container. */
  files: z.array(StoredFile),
});
export type ShippedFiles = z.infer<typeof ShippedFiles>;

/** The text by which a deployment finds its shipped files again; null when it ships none. */
export const textOfShipped = (shipped: ShippedFiles): string | null =>
  allOf(shipped).length === 0 ? null : JSON.stringify(shipped);

export const allOf = ({ jars, files }: ShippedFiles): readonly StoredFile[] => [...jars, ...files];
