/** The request as a line for the CLI, for curl, and as a signal for Temporal. */
import { useSession } from '../../api/session.ts';
import { CopyButton } from '../copy.tsx';
import { cliOf, curlOf, signalOf, type Sent } from './command-lines.ts';

const ONE_ID = 'All three carry the id of this dialog: whatever comes second is the same operation.';

export default function CopyLines({ sent }: { readonly sent: Sent }) {
  const { data } = useSession();
  return (
    <Lines
      lines={{
        cli: cliOf(sent),
        curl: curlOf(sent, location.origin),
        signal: signalOf(sent, data?.name),
      }}
      about={ONE_ID}
    />
  );
}

interface LinesProps {
  readonly lines: Readonly<Record<'cli' | 'curl' | 'signal', string | null>>;
  readonly about?: string;
}

const titles = { cli: 'CLI', curl: 'curl', signal: 'Temporal signal' } as const;

export function Lines({ lines, about }: LinesProps) {
  return (
    <div className="command-lines">
      {(['cli', 'curl', 'signal'] as const).map((tool) => {
        const text = lines[tool];
        return (
          <div key={tool} className="command-line">
            <strong>{titles[tool]}</strong>
            {text === null ? (
              <span className="muted">The CLI has no words for this request.</span>
            ) : (
              <>
                <code>{text}</code>
                <CopyButton text={text} of={`line for ${titles[tool]}`} />
              </>
            )}
          </div>
        );
      })}
      <p className="muted">
        {about} A signal has no answer; where requests must be signed, only the CLI and curl work.
      </p>
    </div>
  );
}
