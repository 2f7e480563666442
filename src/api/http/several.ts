/** A query parameter with several values. */
import { z } from 'zod';

const MOST_VALUES = 100;

/** A parameter that is repeated, or has several values with commas between them. */
export const several = <T extends string>(value: z.ZodType<T, string>, meaning: string) =>
  z
    .union([z.string().max(4_000), z.array(z.string().max(4_000)).max(MOST_VALUES)])
    .transform((given) =>
      [given]
        .flat()
        .flatMap((text) => text.split(','))
        .filter((part) => part !== ''),
    )
    .pipe(z.array(value).max(MOST_VALUES))
    .optional()
    .describe(`${meaning}; several: repeat it, or separate by commas`);

export const word = z.string().max(200);
