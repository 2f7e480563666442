/** Launches a job in five steps: release, values, start from, plan, confirm. Every step stays as it was left. */
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import type { Plan } from '../../../api/contract.ts';
import { useOffered } from '../../api/permissions.ts';
import { isDenied, isNotFound } from '../../api/problems.ts';
import { StartFrom } from '../../parts/action/choices/start-from.tsx';
import { usePlan, type Planned } from '../../parts/action/use-plan.ts';
import { Tick } from '../../parts/action/choices/wish-fields.tsx';
import { Button } from '../../parts/button.tsx';
import { JobBadge, Tag } from '../../parts/data/badge.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/states.tsx';
import { useUrlState } from '../../state/url.ts';
import { Again } from './again.tsx';
import { ChooseJob } from './choose-job.tsx';
import { ConfirmStep, PlanStep } from './last-steps.tsx';
import { ReleaseStep } from './release-step.tsx';
import { StepList } from './step-list.tsx';
import { steps, useLaunch, type Launch } from './use-launch.ts';
import { ValuesStep } from './values-step.tsx';
import './launch.css';

export default function LaunchPage() {
  const { job } = useParams<{ job?: string }>();
  const url = useUrlState();
  const [, go] = useLocation();
  const named = job ?? url.get('job');
  if (named === '') {
    return (
      <Page title="Launch" trail={[['Jobs', '/jobs']]}>
        <ChooseJob
          release={url.get('release')}
          onRelease={(release) => url.set({ release })}
          onJob={(name, release) => go(`/jobs/${name}/launch?release=${encodeURIComponent(release)}&step=values`)}
        />
      </Page>
    );
  }
  return <LaunchJob key={named} name={named} />;
}

function LaunchJob({ name }: { readonly name: string }) {
  const launch = useLaunch(name);
  const { job, jobQuery, isHotfix, step, wish, incomplete } = launch;
  const again = useUrlState().get('from');
  const isPlanned = (step === 'plan' || step === 'confirm') && incomplete === null;
  const planned = usePlan(name, isPlanned ? wish : null);
  const isPlanSeen = useSeen(planned.plan, step === 'plan');
  const isAway = jobQuery.error != null && !isNotFound(jobQuery.error) && !isDenied(jobQuery.error);
  return (
    <Page
      title={isHotfix ? `Hotfix ${name}` : `Launch ${name}`}
      trail={[
        ['Jobs', '/jobs'],
        [name, `/jobs/${name}`],
      ]}
      about={
        job ? (
          <>
            <JobBadge job={job} isFramed />
            {job.environment !== null && <Tag>{job.environment}</Tag>}
          </>
        ) : (
          launch.isFirst && <Tag>never deployed</Tag>
        )
      }
    >
      {isAway && <ProblemNote failure={jobQuery.error} />}
      {again === '' ? (
        <div className="launch">
          <StepList launch={launch} planned={planned} />
          <section aria-label={step} className="step">
            <HeldNote launch={launch} />
            <StepContent launch={launch} planned={planned} isPlanSeen={isPlanSeen} />
            {step !== 'confirm' && <StepEnd launch={launch} />}
          </section>
        </div>
      ) : (
        <Again job={name} operation={again} />
      )}
    </Page>
  );
}

/** The job may be held for a while: everything can be chosen meanwhile, and nothing is queued. */
function HeldNote({ launch: { job, name } }: { readonly launch: Launch }) {
  if (!job?.operation) return null;
  const { id, kind, actor, phase } = job.operation;
  return (
    <p className="note tone-warn">
      <span>
        {actor} runs a {kind} of {name}
        {phase !== null && ` (${phase})`}. Choose meanwhile; the job takes nothing else until it ends.{' '}
        <Link href={`/jobs/${name}/operations/${id}`}>Watch it</Link>
      </span>
    </p>
  );
}

/** Whether somebody has looked at the whole plan before. */
function useSeen(plan: Plan | undefined, isShown: boolean): boolean {
  const [seen, setSeen] = useState<Plan | null>(null);
  if (isShown && plan !== undefined && plan !== seen) setSeen(plan);
  return plan === seen;
}

interface StepContentProps {
  readonly launch: Launch;
  readonly planned: Planned;
  readonly isPlanSeen: boolean;
}

function StepContent({ launch, planned, isPlanSeen }: StepContentProps) {
  const { name, job, step, release, draft, change, choose, isFirst, actionJob, isNew } = launch;
  const { lacks } = useOffered(actionJob);
  switch (step) {
    case 'release':
      return <ReleaseStep job={name} body={job} chosen={release} onChoose={choose} isNew={isNew} />;
    case 'values':
      return <ValuesStep launch={launch} />;
    case 'start':
      return (
        <>
          <StartFrom
            job={name}
            fields={draft.start}
            onChange={(start) => change({ start })}
            isRunning={job?.state === 'running'}
            isFirst={isFirst}
            whyNotFresh={lacks('discardState')}
          />
          {!isFirst && (
            <Tick
              fields={draft.start}
              onChange={(start) => change({ start })}
              field="allowNonRestoredState"
              label="Drop state of operators that the program no longer has"
            />
          )}
        </>
      );
    case 'plan':
      return <PlanStep launch={launch} planned={planned} />;
    case 'confirm':
      return <ConfirmStep launch={launch} planned={planned} isPlanSeen={isPlanSeen} />;
  }
}

/** The ways to the steps before and after. The last step has its way back beside the button that ends it. */
function StepEnd({ launch: { step, isHotfix, release, incomplete, goTo } }: { readonly launch: Launch }) {
  const place = steps.indexOf(step);
  const before = steps[place - 1];
  const next = steps[place + 1];
  const isFirst = before === undefined || (isHotfix && before === 'release');
  const whyNot = release === '' ? 'Choose a release' : step === 'values' || step === 'start' ? incomplete : null;
  return (
    <div className="toolbar step-end">
      {!isFirst && <Button onClick={() => goTo(before)}>Back</Button>}
      {next !== undefined && (
        <Button look="primary" whyNot={whyNot} onClick={() => goTo(next)}>
          Next: {nextWords[next]}
        </Button>
      )}
    </div>
  );
}

const nextWords = {
  release: 'release',
  values: 'values',
  start: 'start from',
  plan: 'plan',
  confirm: 'confirm',
} as const;
