/** A button. Where it cannot be used it stays, can be reached by the keyboard, and says why. */
import { useId, type ReactNode, type Ref } from 'react';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick?: (() => void) | undefined;
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  /** Why it cannot be used now; null when it can. */
  readonly whyNot?: string | null | undefined;
  /** The work that it asks for is under way: a second click does nothing. */
  readonly isBusy?: boolean | undefined;
  /** The name, where its content is a picture. */
  readonly label?: string | undefined;
  readonly type?: 'button' | 'submit';
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button(props: ButtonProps) {
  const { children, onClick, look = 'plain', whyNot = null, isBusy = false, label, type = 'button', ref } = props;
  const hint = useId();
  const isOff = whyNot !== null || isBusy;
  return (
    <span className="hinted">
      <button
        ref={ref}
        type={isOff ? 'button' : type}
        className={`button ${look}`}
        aria-label={label}
        title={label}
        aria-disabled={isOff || undefined}
        aria-busy={isBusy || undefined}
        aria-describedby={whyNot === null ? undefined : hint}
        onClick={isOff ? undefined : onClick}
      >
        {children}
      </button>
      {whyNot !== null && (
        <span role="tooltip" id={hint} className="hint">
          {whyNot}
        </span>
      )}
    </span>
  );
}
