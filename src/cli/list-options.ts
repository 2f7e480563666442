/** Options of commands that list. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

/** At most so many items, as the API takes it. */
export const limitOption = () =>
  new Option('--limit <count>', 'at most so many, up to 200').argParser((text: string) => {
    if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 200) return text;
    throw new InvalidArgumentError('It must be a whole number from 1 to 200.');
  });
