/** The choices that an operation has beside its kind. */
import type { OperationKind } from '../../../../domain/lifecycle.ts';
import type { Offered } from '../../../api/permissions.ts';
import { choicesFrom } from '../../../../domain/deployment/placed-words.ts';
import { useRead } from '../../../api/use-read.ts';
import { Field } from '../../field.tsx';
import { kinds, type ActionJob } from '../kinds.ts';
import { StartFrom, type Fields } from './start-from.tsx';

export interface WishFieldsProps {
  readonly job: ActionJob;
  readonly kind: OperationKind;
  readonly fields: Fields;
  readonly onChange: (fields: Fields) => void;
  readonly offered: Offered;
}

export function WishFields(props: WishFieldsProps) {
  const { job, kind, fields, onChange, offered } = props;
  switch (kind) {
    case 'stop':
      return <StopFields {...props} />;
    case 'kill':
      return <KillFields {...props} />;
    case 'adopt':
      return <AdoptFields {...props} />;
    case 'transfer':
      return (
        <>
          <Text {...props} field="project" label="Project" hint="Whose releases the job runs from then on." />
          <Text {...props} field="team" label="Owner team" hint="As owner.team of its deployment files says." />
          <Text {...props} field="environment" label="Environment" hint="As its deployment files say." />
        </>
      );
    case 'failover':
      return <FailoverFields {...props} />;
    case 'savepoint':
    case 'failback':
    case 'recover':
      return null;
    case 'deploy':
    case 'resume':
    case 'restart':
    case 'rollback':
    case 'hotfix':
    case 'revertHotfix':
      return (
        <>
          {kind === 'rollback' && <RollbackTarget {...props} />}
          <details className="more" open={fields['from'] !== undefined || fields['stopWith'] !== undefined}>
            <summary>Start from another state</summary>
            <StartFrom
              job={job.name}
              {...{ fields, onChange }}
              isRunning={kinds[kind].replaces && job.state === 'running'}
              isFirst={false}
              whyNotFresh={offered.lacks('discardState')}
            />
            <Tick
              {...props}
              field="allowNonRestoredState"
              label="Drop state of operators that the program no longer has"
            />
          </details>
        </>
      );
  }
}

interface TickProps extends WishFieldsProps {
  readonly field: string;
  readonly label: string;
  readonly whyNot?: string | null;
}

export function Tick({
  fields,
  onChange,
  field,
  label,
  whyNot = null,
}: Pick<TickProps, 'fields' | 'onChange' | 'field' | 'label' | 'whyNot'>) {
  return (
    <label className="tick">
      <input
        type="checkbox"
        checked={fields[field] === true}
        disabled={whyNot !== null}
        onChange={({ target }) => onChange({ ...fields, [field]: target.checked || undefined })}
      />
      <span>
        {label} {whyNot !== null && <span className="muted">{whyNot}</span>}
      </span>
    </label>
  );
}

function Text({ fields, onChange, field, label, hint }: WishFieldsProps & Record<'field' | 'label' | 'hint', string>) {
  const value = fields[field];
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <input
          {...control}
          spellCheck={false}
          autoComplete="off"
          value={typeof value === 'string' ? value : ''}
          onChange={({ target }) => onChange({ ...fields, [field]: target.value.trim() || undefined })}
        />
      )}
    </Field>
  );
}

const stopWays = [
  ['', 'With a savepoint (recommended)'],
  ['checkpoint', 'By a kill, for its newest checkpoint'],
  ['none', 'By a kill, without any'],
] as const;

function StopFields(props: WishFieldsProps) {
  const { fields, onChange } = props;
  const way = typeof fields['stopWith'] === 'string' ? fields['stopWith'] : '';
  return (
    <>
      <Field label="How it stops">
        {(control) => (
          <select {...control} value={way} onChange={({ target }) => onChange({ stopWith: target.value || undefined })}>
            {stopWays.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Field>
      {way === '' && <Tick {...props} field="drain" label="Drain: for a job that will not be resumed" />}
    </>
  );
}

function KillFields(props: WishFieldsProps) {
  const { job, fields, onChange, offered } = props;
  const plain = offered.whyNot('kill');
  return (
    <>
      <Tick
        {...props}
        // Only a kill by force gives up.
        onChange={(next) => onChange({ ...next, giveUp: undefined })}
        field="force"
        label={plain === null ? 'By force' : `By force: without it, ${plain}`}
        whyNot={offered.lacks('force')}
      />
      {fields['force'] === true && job.state === 'unreachable' && (
        <Tick
          {...props}
          field="giveUp"
          label="Give the instance up, if nobody can confirm that it is dead"
          whyNot={offered.lacks('giveUp')}
        />
      )}
    </>
  );
}

function AdoptFields(props: WishFieldsProps) {
  const { job } = props;
  return (
    <>
      <Text
        {...props}
        field="release"
        label="Release"
        hint={`The release that the application runs, such as clicks/1.4.2, with a deployment file of ${job.name}.`}
      />
      <Text {...props} field="cluster" label="Cluster" hint="Where the application runs. Empty: all are asked." />
      <Text {...props} field="application" label="Application" hint="Its id on YARN. Empty: it is found by its name." />
    </>
  );
}

/** The choices of a failover: the cluster, and the risk of an instance that nobody can reach. */
function FailoverFields(props: WishFieldsProps) {
  const { job, fields, onChange, offered } = props;
  const { data } = useRead('/jobs/{job}', { params: { job: job.name } });
  const deployment = data?.deployment;
  const choices = deployment?.placed ? choicesFrom(deployment.placed, deployment.cluster) : [];
  const to = typeof fields['to'] === 'string' ? fields['to'] : '';
  return (
    <>
      <Field
        label="To cluster"
        hint="As the deployment file names clusters. The job stays there until somebody fails it back."
      >
        {(control) => (
          <select
            {...control}
            value={to}
            onChange={({ target }) => onChange({ ...fields, to: target.value || undefined })}
          >
            <option value="">
              {choices[0] === undefined ? 'The first that the file names' : `${choices[0]}, the first`}
            </option>
            {choices.slice(1).map((cluster) => (
              <option key={cluster} value={cluster}>
                {cluster}
              </option>
            ))}
          </select>
        )}
      </Field>
      {job.operation && (
        <p className="tone-warn">
          It takes the place of {job.operation.kind} {job.operation.id}, which ends at its next safe point.
        </p>
      )}
      {(job.state === 'unreachable' || fields['confirmUnfenced'] === true) && (
        <Tick
          {...props}
          field="confirmUnfenced"
          label="Move although the old instance may still run"
          whyNot={offered.lacks('confirmUnfenced')}
        />
      )}
    </>
  );
}

/** The deployments that ran, each with what it ran. Without a choice Sluice takes the newest that ran something else. */
function RollbackTarget({ job, fields, onChange }: WishFieldsProps) {
  const { data } = useRead('/jobs/{job}/deployments', { params: { job: job.name }, query: { limit: 20 } });
  const to = typeof fields['to'] === 'number' ? String(fields['to']) : '';
  return (
    <Field label="Back to" hint="Whatever it is, the job goes on from its newest state.">
      {(control) => (
        <select
          {...control}
          value={to}
          onChange={({ target }) => onChange({ ...fields, to: target.value === '' ? undefined : Number(target.value) })}
        >
          <option value="">The newest that ran something else</option>
          {data?.items.map(({ number, release, gitCommit, hotfix }) => (
            <option key={number} value={number}>
              #{number} {release}
              {gitCommit === null ? '' : ` (${gitCommit.slice(0, 8)})`}
              {hotfix ? ' with a hotfix' : ''}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
