/**
 * A button that opens a list of links and buttons: the popover of the browser, which closes by Escape and by a click beside. The
 * list is in the page only while it is open, since a long table has many.
 */
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';

interface MenuProps {
  /** The content of the button. */
  readonly title: ReactNode;
  /** The name, where the content is a picture. */
  readonly label?: string;
  readonly look?: 'plain' | 'quiet';
  /** A click inside is a choice of several, and the list stays for more. */
  readonly staysOpen?: boolean;
  readonly children: ReactNode;
}

const GAP = 4;

export function Menu({ title, label, look = 'plain', staysOpen = false, children }: MenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const popover = list.current;
    if (!popover) return;
    // The content is there before the browser looks for what takes the focus.
    const fill = (event: Event): void => {
      if (isOpening(event)) flushSync(() => setOpen(true));
    };
    const place = (event: Event): void => {
      if (isOpening(event) && button.current) placeBelow(button.current, popover);
      else setOpen(false);
    };
    popover.addEventListener('beforetoggle', fill);
    popover.addEventListener('toggle', place);
    return () => {
      popover.removeEventListener('beforetoggle', fill);
      popover.removeEventListener('toggle', place);
    };
  }, []);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`button ${look}`}
        popoverTarget={id}
        aria-expanded={isOpen}
        aria-label={label}
        title={label}
      >
        {title}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        className="menu"
        onClick={staysOpen ? undefined : () => list.current?.hidePopover()}
      >
        {isOpen && children}
      </div>
    </>
  );
}

const isOpening = (event: Event): boolean => (event as ToggleEvent).newState === 'open';

/** Puts a list below its button, and within the window. */
export function placeBelow(button: HTMLElement, popover: HTMLElement): void {
  const { left, bottom, top } = button.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = popover;
  const x = Math.max(GAP, Math.min(left, innerWidth - offsetWidth - GAP));
  const hasRoom = bottom + GAP + offsetHeight <= innerHeight || top < offsetHeight;
  popover.style.left = `${x}px`;
  popover.style.top = `${hasRoom ? bottom + GAP : top - offsetHeight - GAP}px`;
}
