/** Chooses the state from which a start goes on. The choice is fields of the request: `from`, and `stopWith` where it needs one. */
import { useId, type ReactNode } from 'react';
import { FIRST_START, startWays, stopFor, type StartWayName } from '../../../../domain/restore-points/start-ways.ts';
import { useRead } from '../../../api/use-read.ts';
import { Time } from '../../data/time.tsx';
import { Field } from '../../field.tsx';
import { RestorePointChoice } from './restore-point-choice.tsx';

export type Fields = Readonly<Record<string, unknown>>;

interface StartFromProps {
  readonly job: string;
  /** The fields of the request so far. */
  readonly fields: Fields;
  readonly onChange: (fields: Fields) => void;
  /** Whether an instance runs that the start replaces. */
  readonly isRunning: boolean;
  /** Whether the job never ran. */
  readonly isFirst: boolean;
  /** Why a start without state cannot be asked for; null when it can. */
  readonly whyNotFresh: string | null;
}

/** The way that the fields take. The list of restore points and a path of one's own both name a path. */
function wayOf({ from, way }: Fields): StartWayName {
  if (way === 'point' || way === 'path') return way;
  if (from === undefined || from === 'latest') return 'latest';
  if (from === 'latest-checkpoint' || from === 'fresh') return from;
  return 'point';
}

/** Fields without those of the choice before, and without the risks that were accepted for it. */
function without(fields: Fields): Fields {
  const {
    from: _f,
    stopWith: _s,
    way: _w,
    discardNewerState: _d,
    acceptStateRisk: _a,
    foreignState: _o,
    ...rest
  } = fields;
  return rest;
}

/** The fields that the API knows: `way` is only of the form. */
export function askedFields({ way: _way, ...fields }: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '' && value !== false));
}

export function StartFrom({ job, fields, onChange, isRunning, isFirst, whyNotFresh }: StartFromProps) {
  const way = wayOf(fields);
  const choose = (next: StartWayName): void => onChange({ ...without(fields), ...fieldsOf(next, isRunning) });
  const name = useId();
  const option = (
    of: StartWayName,
    about: ReactNode = startWays[of][isRunning ? 'replacing' : 'meaning'],
    whyNot: string | null = null,
  ) => (
    <Option
      {...{ name, about, whyNot }}
      title={of === 'latest' && isFirst ? FIRST_START.title : startWays[of].title}
      isChosen={way === of}
      onChoose={() => choose(of)}
      isGrave={of === 'fresh'}
    />
  );
  const setPath = (path: string): void => onChange({ ...without(fields), way, from: path });
  const from = typeof fields['from'] === 'string' ? fields['from'] : '';
  return (
    <fieldset className="start-from">
      <legend className="unseen">Start from</legend>
      {isFirst ? option('latest', FIRST_START.meaning) : option('latest')}
      {!isFirst && option('latest-checkpoint', <CheckpointAge job={job} isRunning={isRunning} />)}
      {!isFirst && option('point')}
      {way === 'point' && <RestorePointChoice job={job} chosen={from} onChoose={setPath} />}
      {option('path')}
      {way === 'path' && (
        <Field label="Path of the restore point" hint="The folder that holds _metadata; the plan looks at it.">
          {(control) => (
            <input
              {...control}
              spellCheck={false}
              value={from}
              onChange={({ target }) => setPath(target.value.trim())}
            />
          )}
        </Field>
      )}
      {!isFirst && option('fresh', undefined, whyNotFresh)}
    </fieldset>
  );
}

/** The fields of a way. */
function fieldsOf(way: StartWayName, isRunning: boolean): Fields {
  if (way === 'latest') return {};
  if (way === 'point' || way === 'path') return { way };
  const stopWith = stopFor(way, isRunning);
  return { from: way, ...(stopWith ? { stopWith } : {}) };
}

interface OptionProps {
  readonly name: string;
  readonly title: ReactNode;
  readonly about: ReactNode;
  readonly whyNot: string | null;
  readonly isChosen: boolean;
  readonly isGrave: boolean;
  readonly onChoose: () => void;
}

function Option({ name, title, about, whyNot, isChosen, isGrave, onChoose }: OptionProps) {
  const hint = useId();
  return (
    <label className={`option${isGrave ? ' grave' : ''}${whyNot === null ? '' : ' off'}`}>
      <input
        type="radio"
        name={name}
        checked={isChosen}
        aria-disabled={whyNot !== null || undefined}
        aria-describedby={hint}
        onChange={whyNot === null ? onChoose : () => undefined}
      />
      <span className="title">{title}</span>
      <span id={hint} className="muted about">
        {about} {whyNot}
      </span>
    </label>
  );
}

/** The age of the newest checkpoint, which says how much is read again. */
function CheckpointAge({ job, isRunning }: { readonly job: string; readonly isRunning: boolean }) {
  const { data } = useRead('/jobs/{job}', { params: { job } });
  const at = data?.checkpointAt ?? null;
  const effect = startWays['latest-checkpoint'][isRunning ? 'replacing' : 'meaning'];
  return (
    <>
      {effect}; records since {at === null ? 'that checkpoint' : <Moment at={at} />} are read again.
    </>
  );
}

const Moment = ({ at }: { readonly at: string }) => (
  <>
    <Time at={at} as="moment" /> (<Time at={at} />)
  </>
);
