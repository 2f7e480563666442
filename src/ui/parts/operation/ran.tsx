/** When the instance of a deployment ran, for how long, and how it ended. */
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import { Elapsed, Time } from '../data/time.tsx';

export function Ran({
  deployment: { runningAt, ended },
}: {
  readonly deployment: Pick<Deployment, 'runningAt' | 'ended'>;
}) {
  const end = ended && (
    <>
      until <Time at={ended.at} as="moment" />, {ended.how}
    </>
  );
  if (runningAt === null) return <>never seen running{ended && <>; {end}</>}</>;
  return (
    <>
      for <Elapsed since={runningAt} until={ended?.at ?? null} />, since <Time at={runningAt} as="moment" /> {end}
    </>
  );
}
