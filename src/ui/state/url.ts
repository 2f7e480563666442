/** The choices of a person on a page, in its address: everything that is seen can be sent to somebody. */
import { useSearchParams } from 'wouter';

type Changes = Readonly<Record<string, string | null>>;

interface UrlState {
  /** The value of a name; empty when there is none. */
  readonly get: (name: string) => string;
  /** The values of a name, which commas divide. */
  readonly list: (name: string) => readonly string[];
  /** Null and empty values leave the address. A change is no step back in the history, unless `isStep` says so. */
  readonly set: (changes: Changes, how?: { readonly isStep?: boolean }) => void;
}

export function useUrlState(): UrlState {
  const [params, setParams] = useSearchParams();
  const get = (name: string): string => params.get(name) ?? '';
  return {
    get,
    list: (name) =>
      get(name)
        .split(',')
        .filter((one) => one !== ''),
    set(changes, { isStep = false } = {}) {
      setParams(
        (now) => {
          const next = new URLSearchParams(now);
          for (const [name, value] of Object.entries(changes)) {
            if (value === null || value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: !isStep },
      );
    },
  };
}
