/** The effective configuration of the deployment that runs, or ran last: each option with the layer that decided it. */
import { Link } from 'wouter';
import { useRead } from '../../../api/use-read.ts';
import { EffectiveConfiguration } from '../../../parts/operation/effective-configuration.tsx';
import { Loaded, Panel } from '../../../parts/panel.tsx';
import { Empty } from '../../../parts/states.tsx';
import type { TabProps } from '../tab-props.ts';

export default function ConfigurationTab({ job: name }: TabProps) {
  const job = useRead('/jobs/{job}', { params: { job: name } });
  return (
    <Loaded query={{ ...job, error: null }}>
      {({ deployment }) =>
        deployment === null ? (
          <Empty title="Nothing was started yet." />
        ) : (
          <Panel
            title="Effective configuration"
            aside={<Link href={`/jobs/${name}/deployments/${deployment.number}`}>Deployment #{deployment.number}</Link>}
          >
            <EffectiveConfiguration job={name} number={deployment.number} />
          </Panel>
        )
      }
    </Loaded>
  );
}
