/** The desk of a campaign: its memory, the commands of people, and how it shows itself. */
import { ApplicationFailure } from '@temporalio/common';
import {
  CancellationScope,
  patched,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { campaignKinds, campaignStates } from '../../domain/campaign/kinds.ts';
import type { CampaignMemory } from '../../domain/campaign/memory.ts';
import {
  campaignCommands,
  commanded,
  refusalOfCommand,
  type CampaignCommand,
} from '../../domain/campaign/transitions.ts';
import { asksNobody } from '../../domain/campaign/next-step.ts';
import { campaignDigestOf, campaignViewOf, type CampaignDigest } from '../../domain/campaign/view.ts';
import { now } from '../desk/now.ts';
import { CAMPAIGN_MEMO, campaignQuery, campaignUpdates, turnOverSignal, type CampaignCommander } from '../messages.ts';

export interface CampaignDesk {
  memory: CampaignMemory;
  /** Something has happened since the campaign decided last. */
  isNews: boolean;
  /** Another build of the workers is current, or the history has grown long: the next run goes on. */
  isToTurnOver: boolean;
  /** Jobs that are being asked or followed by this run. */
  carried: number;
  /** A defect in the code that carries a job out. The main loop throws it, so that it fails the task. */
  defect: Error | null;
  /** The waits for ends of operations, which a turn-over gives up. */
  readonly following: CancellationScope;
  /** The questions to jobs that have no answer yet. A campaign that asks nobody any more calls them back. */
  readonly asking: Set<CancellationScope>;
}

/** Registers the handlers. Called in a scope that Temporal's own cancel does not reach, of which `following` is a part. */
export function openCampaignDesk(memory: CampaignMemory): CampaignDesk {
  const desk: CampaignDesk = {
    memory,
    isNews: false,
    isToTurnOver: false,
    carried: 0,
    defect: null,
    following: new CancellationScope(),
    asking: new Set(),
  };
  setHandler(turnOverSignal, () => {
    desk.isToTurnOver = true;
    desk.isNews = true;
  });
  for (const command of campaignCommands) {
    setHandler(
      campaignUpdates[command],
      (commander: unknown): CampaignDigest => {
        obey(desk, command, readCommander(commander));
        return campaignDigestOf(desk.memory);
      },
      { validator: (commander: unknown) => refuse(desk, command, commander), description: `${command} the campaign` },
    );
  }
  setHandler(campaignQuery, () => campaignViewOf(desk.memory));
  return desk;
}

/** Changes the memory, and has the campaign decide anew. */
export function change(desk: CampaignDesk, memory: CampaignMemory): void {
  const isToCallBack = asksNobody(memory) && !asksNobody(desk.memory);
  desk.memory = memory;
  desk.isNews = true;
  if (isToCallBack && desk.asking.size > 0 && patched('2026-11-30-questions-called-back'))
    for (const question of desk.asking) question.cancel();
}

export const obey = (desk: CampaignDesk, command: CampaignCommand, commander: CampaignCommander): void =>
  change(desk, commanded(desk.memory, command, commander, now()));

function refuse({ memory }: CampaignDesk, command: CampaignCommand, commander: unknown): void {
  readCommander(commander);
  const why = refusalOfCommand(memory, command);
  if (why !== null) throw ApplicationFailure.create({ type: 'CampaignOver', message: why, nonRetryable: true });
}

/** Reads who commands. A message may have any shape, and one that cannot be read must not fail the task. */
function readCommander(commander: unknown): CampaignCommander {
  const text = (field: string): string | null => {
    const value: unknown = typeof commander === 'object' && commander !== null ? Reflect.get(commander, field) : null;
    return typeof value === 'string' && value.length <= MOST_TEXT ? value : null;
  };
  return { by: text('by') ?? 'unknown', reason: text('reason') };
}

const MOST_TEXT = 300;

/** Shows the campaign in Temporal's Web UI, and in its memo where the list finds it. */
export function showCampaign({ memory }: CampaignDesk): void {
  const digest = campaignDigestOf(memory);
  const { id, kind, state, by, at, counts } = digest;
  const lines = [
    `Campaign **${id}** of ${by} since ${at} is **${state}**: ${campaignStates[state]}`,
    `${kind}: ${campaignKinds[kind].meaning}`,
    `${counts.succeeded} of ${counts.total} succeeded, ${counts.failed} failed, ${counts.skipped} skipped, ${counts.underWay} under way, ${counts.waiting} waiting`,
    ...(memory.gaveUp === null ? [] : [`It asks no further job: ${memory.gaveUp}`]),
  ];
  setCurrentDetails(lines.join('\n\n'));
  const shown: unknown = workflowInfo().memo?.[CAMPAIGN_MEMO];
  if (JSON.stringify(shown) !== JSON.stringify(digest)) upsertMemo({ [CAMPAIGN_MEMO]: digest });
}
