/** A search that asks when a person pauses, not at each letter. `/` goes to it. */
import { useEffect, useRef, useState } from 'react';
import { useShortcuts } from '../state/shortcuts.ts';

const PAUSE_MS = 150;

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const JOBS = 'Name, owner, release, label …  ( / )';

export function SearchField({ label, placeholder = JOBS, value, onChange }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  // The address has changed by another way, such as "back" or "clear".
  if (value !== told) {
    setTold(value);
    setTyped(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  useShortcuts([{ keys: '/', does: 'Search here', act: () => input.current?.focus() }]);
  const type = (text: string): void => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setTold(text);
      onChange(text);
    }, PAUSE_MS);
  };
  return (
    <input
      ref={input}
      type="search"
      className="search"
      aria-label={label}
      placeholder={placeholder}
      value={typed}
      onChange={({ target }) => type(target.value)}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Escape') currentTarget.blur();
      }}
    />
  );
}
