/** Saves a text as a file of the person who looks at the page. */
import { Download } from 'lucide-react';
import { Button } from './button.tsx';

export function saveText(name: string, text: string, type = 'text/plain'): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has read it by the next turn.
  setTimeout(() => URL.revokeObjectURL(address));
}

interface DownloadButtonProps {
  readonly name: string;
  readonly text: string;
  /** Names the text, such as "deployment file". */
  readonly of: string;
}

export const DownloadButton = ({ name, text, of }: DownloadButtonProps) => (
  <Button look="quiet" label={`Download the ${of}`} onClick={() => saveText(name, text)}>
    <Download aria-hidden />
  </Button>
);
