/** A field of a form with its label, its hint and its error. The control is the browser's own. */
import { useId, type ReactNode } from 'react';
import { Prose } from './data/prose.tsx';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | null | undefined;
  /** The control, which takes these. */
  readonly children: (control: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': true | undefined;
  }) => ReactNode;
}

export function Field({ label, hint, error = null, children }: FieldProps) {
  const id = useId();
  const about = `${id}-about`;
  const text = error ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': text === undefined ? undefined : about,
        'aria-invalid': error === null ? undefined : true,
      })}
      {text !== undefined && (
        <p id={about} className={error === null ? 'muted' : 'tone-bad'} role={error === null ? undefined : 'alert'}>
          <Prose text={text} />
        </p>
      )}
    </div>
  );
}
