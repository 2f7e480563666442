/** The steps of a launch, each with what is chosen in it. */
import type { Planned } from '../../parts/action/use-plan.ts';
import { steps, type Launch, type Step } from './use-launch.ts';

const titles: Readonly<Record<Step, string>> = {
  release: 'Release',
  values: 'Values',
  start: 'Start from',
  plan: 'Plan',
  confirm: 'Confirm',
};

interface StepListProps {
  readonly launch: Launch;
  readonly planned: Planned;
}

export function StepList({ launch, planned }: StepListProps) {
  const { step, release, isHotfix, goTo } = launch;
  const shown = steps.filter((one) => !(isHotfix && one === 'release'));
  return (
    <nav aria-label="Steps" className="steps">
      <ol>
        {shown.map((one, index) => (
          <li key={one}>
            <button
              type="button"
              aria-current={one === step ? 'step' : undefined}
              disabled={release === '' && one !== 'release'}
              onClick={() => goTo(one)}
            >
              <span className="place-number">{index + 1}</span>
              <span>
                <b>{titles[one]}</b>
                <span className="muted says">{saysOf(one, launch, planned)}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function saysOf(step: Step, { release, draft, isFirst }: Launch, { plan }: Planned): string {
  const { overrides, takenBack, mistakes, start } = draft;
  const changed = [overrides, takenBack].flatMap(({ set, unset }) => [...Object.keys(set), ...unset]).length;
  switch (step) {
    case 'release':
      return release === '' ? 'not chosen' : release;
    case 'values':
      if (mistakes > 0) return mistakes === 1 ? 'one mistake' : `${mistakes} mistakes`;
      return changed === 0 ? 'as released' : `${changed} changed`;
    case 'start':
      return startText(start['from'], isFirst);
    case 'plan':
      return plan ? planText(plan.checks.filter(({ ok }) => !ok).length) : '';
    case 'confirm':
      return '';
  }
}

const startText = (from: unknown, isFirst: boolean): string => {
  if (from === undefined) return isFirst ? 'without state' : 'newest state';
  if (from === 'latest-checkpoint') return 'newest checkpoint';
  return from === 'fresh' ? 'fresh' : 'a restore point';
};

const planText = (refused: number): string => (refused === 0 ? 'would be done' : `${refused} red`);
