/** The texts that callers show, `<prefix>_<id>_<secret>`: of tokens, and of sessions of people. */

const prefixes = { token: 'slc', session: 'sls' } as const;

interface Parts {
  readonly id: string;
  readonly secret: string;
}

interface SecretText {
  readonly write: (id: string, secret: string) => string;
  /** Divides a text into its id and its secret; null for any other text. */
  readonly read: (text: string) => Parts | null;
}

export function secretText(of: keyof typeof prefixes): SecretText {
  const form = new RegExp(`^${prefixes[of]}_([a-z0-9]{1,32})_([A-Za-z0-9-]{43,64})$`);
  return {
    write: (id, secret) => `${prefixes[of]}_${id}_${secret}`,
    read(text) {
      const [, id, secret] = form.exec(text) ?? [];
      return id === undefined || secret === undefined ? null : { id, secret };
    },
  };
}

const ANY = new RegExp(`(${Object.values(prefixes).join('|')})_[a-z0-9]{1,32}_[A-Za-z0-9-]+`, 'gi');

/** Hides such texts where somebody put one into another text. */
export const withoutSecrets = (text: string): string => text.replace(ANY, '$1_******');

/** Tells whether somebody put such a text into another one. */
export const hasSecret = (text: string): boolean => withoutSecrets(text) !== text;
