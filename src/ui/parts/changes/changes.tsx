/**
 * The differences of two starts: fields at a glance, then the deployment file, the effective configuration, hotfix and JARs.
 * Each section folds away, and its head says how much is in it.
 */
import type { ReactNode } from 'react';
import { Arrow } from '../data/arrow.tsx';
import { Diff } from '../data/diff.tsx';
import { Fact, Facts } from '../data/facts.tsx';
import { Time } from '../data/time.tsx';
import { ConfigurationChanges } from './configuration-changes.tsx';
import {
  changeCount,
  configurationCounts,
  countsText,
  fieldsOf,
  fileCounts,
  hotfixCounts,
  jarCounts,
  overridesOf,
  type Changed,
  type Counts,
} from './counts.ts';
import { JarChanges } from './jar-changes.tsx';
import './changes.css';

export function ChangesView({ changes }: { readonly changes: Changed }) {
  const fields = fieldsOf(changes);
  if (changeCount(changes) === 0 && !isTextGone(changes)) return <p>Nothing differs.</p>;
  return (
    <div className="changes">
      {fields.length > 0 && (
        <Facts>
          {fields.map(([name, before, after]) => (
            <Fact key={name} name={name}>
              <code>{before}</code> <Arrow /> <code>{after}</code>
            </Fact>
          ))}
        </Facts>
      )}
      <FileSection changes={changes} />
      <Section title="Configuration" counts={configurationCounts(changes)}>
        <ConfigurationChanges changes={changes} />
      </Section>
      <HotfixSection changes={changes} />
      <Section title="JAR and files" counts={jarCounts(changes)}>
        <JarChanges changes={changes} />
      </Section>
    </div>
  );
}

/** The files are not the same, but the text of at least one of them cannot be shown. */
const isTextGone = ({ file: { before, after, diff } }: Changed): boolean => diff === null && before !== after;

function FileSection({ changes }: { readonly changes: Changed }) {
  const { diff } = changes.file;
  if (isTextGone(changes)) {
    return (
      <p className="fold-none">
        <b>Deployment file</b> <span className="muted">changed; its text is not in S3 any more</span>
      </p>
    );
  }
  return (
    <Section title="Deployment file" counts={fileCounts(changes)} unit="lines">
      {diff !== null && <Diff text={diff} label="Changes of the deployment file" />}
    </Section>
  );
}

function HotfixSection({ changes }: { readonly changes: Changed }) {
  const { expiresAt } = changes.hotfix;
  return (
    <Section title="Hotfix" counts={hotfixCounts(changes)}>
      <table className="table stacks">
        <thead>
          <tr>
            <th scope="col">Path</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {overridesOf(changes).map(({ path, before, after }) => (
            <tr key={path}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td>{before === null ? <span className="muted">as released</span> : <code>{before}</code>}</td>
              <td>{after === null ? <span className="muted">as released</span> : <code>{after}</code>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {expiresAt !== null && (
        <p className="muted">
          Expires <Time at={expiresAt} as="moment" />.
        </p>
      )}
    </Section>
  );
}

interface SectionProps {
  readonly title: string;
  readonly counts: Counts;
  readonly unit?: string;
  readonly children: ReactNode;
}

function Section({ title, counts, unit, children }: SectionProps) {
  const text = countsText(counts);
  if (text === null) {
    return (
      <p className="fold-none">
        <b>{title}</b> <span className="muted">unchanged</span>
      </p>
    );
  }
  return (
    <details className="fold" open>
      <summary>
        <b>{title}</b>{' '}
        <span className="muted number">
          {text}
          {unit !== undefined && ` ${unit}`}
        </span>
      </summary>
      {children}
    </details>
  );
}
