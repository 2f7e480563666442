/** A dialog over the page: the element of the browser, which holds the focus, closes by Escape and gives the focus back. */
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Boundary } from './boundary.tsx';
import { Button } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Null: it cannot be left without an answer. */
  readonly onClose: (() => void) | null;
  /** Buttons at its end; the first one has the focus where nothing else asks for it. */
  readonly footer?: ReactNode;
  readonly isWide?: boolean;
}

export function Dialog({ title, children, onClose, footer, isWide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      className={isWide ? 'wide' : undefined}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault(); // whoever opened it closes it
        onClose?.();
      }}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        {onClose && (
          <Button look="quiet" label="Close" onClick={onClose}>
            ✕
          </Button>
        )}
      </header>
      <div className="dialog-body">
        <Boundary of={title}>{children}</Boundary>
      </div>
      {footer !== undefined && <footer>{footer}</footer>}
    </dialog>
  );
}
