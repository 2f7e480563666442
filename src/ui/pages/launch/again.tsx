/** Launches again what an operation of the history asked for: its release, its values and its start, to be changed or not. */
import { useEffect, useEffectEvent } from 'react';
import { releaseOf } from '../../../domain/operation/in-words.ts';
import type { OperationRecord } from '../../../domain/operation/operation.ts';
import { useRead } from '../../api/use-read.ts';
import { Loaded } from '../../parts/panel.tsx';
import { useUrlState } from '../../state/url.ts';
import { prepareDraft, type Draft } from './draft.ts';
import type { Overrides } from './editor/overrides.ts';

interface AgainProps {
  readonly job: string;
  readonly operation: string;
}

/** Fills the launch, then goes on to it. */
export function Again({ job, operation }: AgainProps) {
  const query = useRead('/jobs/{job}/operations/{id}', { params: { job, id: operation } });
  return (
    <Loaded query={query} rows={6}>
      {(record) => <Fill record={record} />}
    </Loaded>
  );
}

function Fill({ record }: { readonly record: OperationRecord }) {
  const url = useUrlState();
  const fill = useEffectEvent(() => {
    const release = releaseOf(record);
    if (release !== null) prepareDraft(record.job, release, draftOf(record.request));
    url.set({ from: null, release, step: release === null ? 'release' : 'values' });
  });
  useEffect(() => fill(), []);
  return null;
}

const startFields = ['from', 'stopWith', 'allowNonRestoredState'] as const;

/** Risks that somebody accepted then are not accepted now. */
function draftOf(request: Readonly<Record<string, unknown>>): Partial<Draft> {
  const hotfix = (request['hotfix'] ?? request) as Partial<Overrides>; // as the schema of requests has them
  const start = startFields.flatMap((field) => (request[field] === undefined ? [] : [[field, request[field]]]));
  return {
    overrides: { set: hotfix.set ?? {}, unset: hotfix.unset ?? [] },
    start: Object.fromEntries(start) as Draft['start'],
  };
}
