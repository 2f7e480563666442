/** A text with the numbers of its lines, which a selection leaves out. */
export function Numbered({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <pre className="text numbered framed-text" tabIndex={0} role="region" aria-label={label}>
      {text
        .replace(/\n$/, '')
        .split('\n')
        .map((line, index) => (
          <span key={index}>{`${line}\n`}</span>
        ))}
    </pre>
  );
}
