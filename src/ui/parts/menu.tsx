/** A button that opens a list of links and buttons: the popover of the browser, which closes by Escape and by a click beside. */
import { useEffect, useId, useRef, type ReactNode } from 'react';

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
  useEffect(() => {
    const popover = list.current;
    if (!popover) return;
    const place = (event: Event): void => {
      const isOpen = (event as ToggleEvent).newState === 'open';
      button.current?.setAttribute('aria-expanded', String(isOpen));
      if (isOpen && button.current) placeBelow(button.current, popover);
    };
    popover.addEventListener('toggle', place);
    return () => popover.removeEventListener('toggle', place);
  }, []);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`button ${look}`}
        popoverTarget={id}
        aria-expanded={false}
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
        {children}
      </div>
    </>
  );
}

/** Below the button, and within the window. */
function placeBelow(button: HTMLElement, popover: HTMLElement): void {
  const { left, bottom, top } = button.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = popover;
  const x = Math.max(GAP, Math.min(left, innerWidth - offsetWidth - GAP));
  const hasRoom = bottom + GAP + offsetHeight <= innerHeight || top < offsetHeight;
  popover.style.left = `${x}px`;
  popover.style.top = `${hasRoom ? bottom + GAP : top - offsetHeight - GAP}px`;
}
