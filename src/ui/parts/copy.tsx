/** Copies a text. `navigator.clipboard` is absent from pages over plain http, so that the old way is there too. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import { announce } from './announce.tsx';

async function copy(text: string): Promise<boolean> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard) {
    return await clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  // Inside of an open dialog, since everything outside of one cannot be selected.
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way over plain http
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}

/** Copies a text and tells so. @param of names the text. @returns whether the browser did. */
export async function copyText(text: string, of: string): Promise<boolean> {
  const isDone = await copy(text);
  announce(isDone ? `Copied the ${of}` : `The browser did not copy the ${of}`);
  return isDone;
}

/** @param of names the text, such as "application id". */
export function CopyButton({ text, of }: { readonly text: string; readonly of: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const act = async (): Promise<void> => setCopied(await copyText(text, of));
  return (
    <Button look="quiet" label={`Copy the ${of}`} onClick={() => void act()}>
      {isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
    </Button>
  );
}

/** An id or a path in full, with a button that copies it. */
export function Id({ value, of }: { readonly value: string; readonly of: string }) {
  return (
    <span className="id">
      <code>{value}</code>
      <CopyButton text={value} of={of} />
    </span>
  );
}
