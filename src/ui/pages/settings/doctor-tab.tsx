/** The doctor's findings: what is broken first, and what to do about it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type { DoctorBody } from '../../../api/contract.ts';
import { send } from '../../api/client.ts';
import { useSilence } from '../../api/permissions.ts';
import { readQuery, useRead } from '../../api/use-read.ts';
import { Button } from '../../parts/button.tsx';
import { Badge } from '../../parts/data/badge.tsx';
import { Table } from '../../parts/data/table.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { ProblemNote } from '../../parts/states.tsx';

type Body = z.infer<typeof DoctorBody>;
type Level = Body['items'][number]['level'];

const HEAD = ['Check', 'About', 'Finding', 'What to do'];
const signs = {
  broken: { tone: 'bad', symbol: 'cross' },
  warning: { tone: 'warn', symbol: 'warning' },
  ok: { tone: 'good', symbol: 'check' },
} as const;
const order: readonly Level[] = ['broken', 'warning', 'ok'];
/** The doctor asks every cluster and reads records of all jobs. */
const CHECK_MS = 120_000;

export function DoctorTab() {
  const silence = useSilence();
  const query = useRead('/doctor', {});
  const client = useQueryClient();
  const probe = useMutation({
    mutationFn: async () => (await send('/doctor', { method: 'POST', withinMs: CHECK_MS })) as Body, // the contract
    onSuccess: (body) => client.setQueryData(readQuery('/doctor', {}).queryKey, body),
  });
  return (
    <Panel
      title="Doctor"
      aside={
        query.data && (
          <Button isBusy={probe.isPending} whyNot={silence} onClick={() => probe.mutate()}>
            Check everything
          </Button>
        )
      }
    >
      <p className="muted doctor-about">
        Shown is what reading can tell. “Check everything” also writes an object to the bucket and removes it, and has
        each ResourceManager reserve an application id.
      </p>
      {probe.error !== null && <ProblemNote failure={probe.error} />}
      <Loaded query={query} rows={8}>
        {({ items, broken, warnings }) => (
          <>
            <p role="status">{broken + warnings === 0 ? 'All is well.' : `${broken} broken, ${warnings} warnings.`}</p>
            <Table label="Findings" head={HEAD}>
              {[...items]
                .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
                .map(({ check, level, subject, detail, meaning, hint }, index) => (
                  <tr key={index}>
                    <th scope="row">
                      <Badge {...signs[level]}>{check}</Badge>
                    </th>
                    <td>{subject}</td>
                    <td>
                      {detail}
                      <br />
                      <span className="muted">{meaning}</span>
                    </td>
                    <td>{level === 'ok' ? '' : hint}</td>
                  </tr>
                ))}
            </Table>
          </>
        )}
      </Loaded>
    </Panel>
  );
}
