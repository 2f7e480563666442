/** Logs and exceptions of the instances of a job: those that run, and those that were saved before an instance ended. */
import { Button } from '../../../parts/button.tsx';
import { Panel } from '../../../parts/panel.tsx';
import { useUrlState } from '../../../state/url.ts';
import { Exceptions } from '../logs/exceptions.tsx';
import { LogFiles } from '../logs/log-files.tsx';
import type { TabProps } from '../tab-props.ts';

export default function LogsTab({ job }: TabProps) {
  const url = useUrlState();
  const isOfExceptions = url.get('show') === 'exceptions';
  const aside = (
    <span>
      <Button look={isOfExceptions ? 'quiet' : 'plain'} onClick={() => url.set({ show: null })}>
        Files
      </Button>
      <Button look={isOfExceptions ? 'plain' : 'quiet'} onClick={() => url.set({ show: 'exceptions' })}>
        Exceptions
      </Button>
    </span>
  );
  return (
    <Panel title={isOfExceptions ? 'Exceptions' : 'Logs'} aside={aside}>
      {isOfExceptions ? <Exceptions job={job} /> : <LogFiles job={job} />}
    </Panel>
  );
}
